import { type Connection, NotebookCellKind, NotebookDocuments, type TextDocuments } from 'vscode-languageserver';
import type { Hints } from '../../core/hints/hintDocument';
import { type CodeCell, NotebookHints } from '../../core/hints/notebookHints';
import { toPath } from '../uris';
import { moduleConstants } from './moduleConstants';
import type { CellHome, SourceDocument } from './sourceDocument';

/** The notebooks that the editor has open, and what their cells set together. */
export class Notebooks {
  readonly #documents: TextDocuments<SourceDocument>;
  readonly #notebooks: NotebookDocuments<SourceDocument>;
  readonly #kept = new Map<string, { readonly hints: NotebookHints; versions: string }>();

  constructor(documents: TextDocuments<SourceDocument>) {
    this.#documents = documents;
    this.#notebooks = new NotebookDocuments(documents);
    this.#notebooks.onDidClose(({ uri }) => void this.#kept.delete(uri));
  }

  listen(connection: Connection): void {
    this.#notebooks.listen(connection);
  }

  /** The notebook of a cell and what the cell sets in it; `undefined` for what is no cell of an open notebook. */
  readonly homeOf = (cell: string): CellHome | undefined => {
    const notebook = this.#notebooks.findNotebookDocumentForCell(cell);
    if (notebook === undefined) return undefined;
    const path = toPath(notebook.uri);
    return { path, hints: () => this.#hintsOf(notebook.uri, path, cell) };
  };

  #hintsOf(uri: string, path: string | undefined, cell: string): Hints | undefined {
    const documents = (this.#notebooks.getNotebookDocument(uri)?.cells ?? []).flatMap(({ kind, document }, index) => {
      const open = kind === NotebookCellKind.Code ? this.#documents.get(document) : undefined;
      return open?.text.languageId === 'python' ? [{ open, number: index + 1 }] : [];
    });
    let kept = this.#kept.get(uri);
    if (kept === undefined) {
      kept = { hints: new NotebookHints(moduleConstants(path)), versions: '' };
      this.#kept.set(uri, kept);
    }
    const versions = documents.map(({ open, number }) => `${number} ${open.uri} ${open.version}`).join('\n');
    if (versions !== kept.versions) {
      kept.versions = versions;
      kept.hints.update(
        documents.map(({ open, number }): CodeCell => ({ id: open.uri, number, text: open.text.getText() })),
      );
    }
    return kept.hints.cell(cell);
  }
}
