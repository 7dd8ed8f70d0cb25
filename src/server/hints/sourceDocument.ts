import type { TextDocumentContentChangeEvent, TextDocumentsConfiguration } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { TextEdit } from '../../core/hints/code/setting';
import type { SourceLanguage } from '../../core/hints/code/source';
import { HintDocument, type Hints } from '../../core/hints/hintDocument';
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

/** The notebook that a cell belongs to: its file, and what the cell sets in it. */
export interface CellHome {
  readonly path: string | undefined;
  hints(): Hints | undefined;
}

/** An open file of the editor or a cell of a notebook: its text, and its hyperparameters once somebody asks. */
export class SourceDocument {
  #text: TextDocument;
  #hints: HintDocument | undefined;

  constructor(
    uri: string,
    languageId: string,
    version: number,
    content: string,
    readonly homeOf: (cell: string) => CellHome | undefined = () => undefined,
  ) {
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

  /** Path of the file, of a cell that of its notebook; `undefined` for what is no file on this machine. */
  get path(): string | undefined {
    return toPath(this.uri) ?? this.homeOf(this.uri)?.path;
  }

  /** Its hyperparameters; `undefined` for languages that are not read. */
  get hints(): Hints | undefined {
    const language = LANGUAGES[this.#text.languageId];
    if (language === undefined) return undefined;
    const cell = language === 'python' ? this.homeOf(this.uri)?.hints() : undefined;
    if (cell !== undefined) return cell;
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

/** How the manager of open files makes and changes them. `homeOf` finds the notebook of a cell. */
export function sourceDocuments(
  homeOf: (cell: string) => CellHome | undefined,
): TextDocumentsConfiguration<SourceDocument> {
  return {
    create: (uri, languageId, version, content) => new SourceDocument(uri, languageId, version, content, homeOf),
    update: (document, changes, version) => {
      document.change(changes, version);
      return document;
    },
  };
}
