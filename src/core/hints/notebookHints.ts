import { pythonOfCell } from './code/notebook';
import type { ImportedConstant, TextEdit } from './code/setting';
import type { Hint } from './evaluate';
import type { HyperSetting } from './finder';
import { HintDocument, type Hints, type TextPosition } from './hintDocument';
import type { RunFacts } from './inputs';

/** A code cell: what it is called, its place among all cells from 1, and its text. */
export interface CodeCell {
  readonly id: string;
  readonly number: number;
  readonly text: string;
}

interface PlacedCell {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** The code cells of an open notebook, read as one program in their order: what one cell sets is known in the others. */
export class NotebookHints {
  readonly #program: HintDocument;
  #cells: ReadonlyMap<string, PlacedCell> = new Map();
  readonly #views = new Map<string, Hints>();

  constructor(imported?: ImportedConstant) {
    this.#program = new HintDocument('python', '', imported, (offset) => this.#where(offset));
  }

  /** Takes over the cells as they are now; only what changed is read again. */
  update(cells: readonly CodeCell[]): void {
    const placed = new Map<string, PlacedCell>();
    let text = '';
    for (const cell of cells) {
      const from = text.length;
      text += `${pythonOfCell(cell.text)}\n`;
      placed.set(cell.id, { number: cell.number, from, to: text.length });
    }
    this.#cells = placed;
    this.#views.clear();
    const edit = editBetween(this.#program.text, text);
    if (edit !== undefined) this.#program.change(text, [edit]);
  }

  /** What features ask of one cell, offsets from its start; `undefined` for a cell that is not there. Valid until the next update. */
  cell(id: string): Hints | undefined {
    const cell = this.#cells.get(id);
    const view = this.#views.get(id) ?? (cell && new CellHints(this.#program, cell));
    if (view !== undefined) this.#views.set(id, view);
    return view;
  }

  #where(offset: number): string {
    const cell = [...this.#cells.values()].findLast(({ from }) => from <= offset);
    const { line } = this.#program.position(offset);
    const first = cell === undefined ? 0 : this.#program.position(cell.from).line;
    return `cell ${cell?.number ?? 1}, line ${line - first + 1}`;
  }
}

class CellHints implements Hints {
  readonly #origins = new Map<HyperSetting, HyperSetting>();
  readonly program: readonly HyperSetting[];
  readonly hyperparameters: readonly HyperSetting[];

  constructor(
    readonly whole: HintDocument,
    readonly place: PlacedCell,
  ) {
    this.program = whole.hyperparameters.map((hit) => {
      const moved = { ...hit, setting: moveBy(hit.setting, -place.from) };
      this.#origins.set(moved, hit);
      return moved;
    });
    this.hyperparameters = this.program.filter(
      ({ setting: { span } }) => span.from >= 0 && span.to <= place.to - place.from,
    );
  }

  at(offset: number): HyperSetting | undefined {
    const hit = this.whole.at(this.place.from + offset);
    return this.hyperparameters.find((each) => this.#origins.get(each) === hit);
  }

  hint(at: HyperSetting, run?: RunFacts): Hint {
    return { ...this.whole.hint(this.#origins.get(at) ?? at, run), at };
  }

  position(offset: number): TextPosition {
    const { line, character } = this.whole.position(this.place.from + offset);
    return { line: line - this.whole.position(this.place.from).line, character };
  }
}

function moveBy(setting: HyperSetting['setting'], by: number): HyperSetting['setting'] {
  const { name, owners, form, span, valueSpan, value } = setting;
  const move = ({ from, to }: { from: number; to: number }) => ({ from: from + by, to: to + by });
  return { name, owners, form, span: move(span), valueSpan: move(valueSpan), value };
}

/** The one replacement that makes `after` of `before`; `undefined` when they are the same. */
function editBetween(before: string, after: string): TextEdit | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before.charCodeAt(from) === after.charCodeAt(from)) from++;
  let same = 0;
  while (
    same < most - from &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++;
  return { from, to: before.length - same, inserted: after.length - same - from };
}
