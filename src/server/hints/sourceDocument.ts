import type { TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { TextEdit } from '../../core/hints/code/setting';
import type { SourceLanguage } from '../../core/hints/code/source';
import { HintDocument } from '../../core/hints/hintDocument';
import { toPath } from '../uris';
import { moduleConstants } from './moduleConstants';

const LANGUAGES: Readonly<Record<string, SourceLanguage>> = {
  python: 'python',
  yaml: 'yaml',
  dockercompose: 'yaml',
  json: 'json',
  jsonc: 'json',
  toml: 'toml',
  shellscript: 'shell',
};

/** An open file of the editor: its text, and its hyperparameters once somebody asks. */
export class SourceDocument {
  #text: TextDocument;
  #hints: HintDocument | undefined;

  constructor(uri: string, languageId: string, version: number, content: string) {
    this.#text = TextDocument.create(uri, languageId, version, content);
  }

  get uri(): string {
    return this.#text.uri;
  }

  get version(): number {
    return this.#text.version;
  }

  /** The text with its lines. */
  get text(): TextDocument {
    return this.#text;
  }

  /** Path of the file; `undefined` for what is no file on this machine, such as a cell of a notebook. */
  get path(): string | undefined {
    return toPath(this.uri);
  }

  /** Its hyperparameters; `undefined` for languages that are not read. */
  get hints(): HintDocument | undefined {
    const language = LANGUAGES[this.#text.languageId];
    if (language === undefined) return undefined;
    this.#hints ??= new HintDocument(language, this.#text.getText(), moduleConstants(this.path));
    return this.#hints;
  }

  /** Takes over what the editor changed, in its order, so that only what changed is parsed again. */
  change(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    const edits: TextEdit[] = [];
    for (const change of changes) {
      if ('range' in change) {
        const from = this.#text.offsetAt(change.range.start);
        edits.push({ from, to: this.#text.offsetAt(change.range.end), inserted: change.text.length });
      } else edits.push({ from: 0, to: this.#text.getText().length, inserted: change.text.length });
      this.#text = TextDocument.update(this.#text, [change], version);
    }
    this.#hints?.change(this.#text.getText(), edits);
  }
}

/** How the manager of open files makes and changes them. */
export const SOURCE_DOCUMENTS = {
  create: (uri: string, languageId: string, version: number, content: string): SourceDocument =>
    new SourceDocument(uri, languageId, version, content),
  update: (document: SourceDocument, changes: TextDocumentContentChangeEvent[], version: number): SourceDocument => {
    document.change(changes, version);
    return document;
  },
};
