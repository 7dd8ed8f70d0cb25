import { MAX_LABEL } from '../../limits';
import type { StepUnit } from '../../model';
import type { RecordSink, SeriesHandle } from '../format';
import { canonicalSeries, nameColumns } from '../keys';
import { RepeatedRows, type RowClaim, type RowColumn } from '../rows/repeatedRows';
import { type RowCell, CellKind as RowCellKind } from '../rows/rowTemplate';
import { MAX_SURVEY_ROWS, TableSurvey } from '../table/survey';
import { type EpochSteps, NO_EPOCHS, nextPlace, stepOverEpochs } from '../text/epochSteps';
import { CONFIG_PART, configValue, readConfig } from './config';
import { type Field, fieldOf, Role, WRAPPER } from './field';
import { CellKind, RowReader } from './rowReader';
import { TokenKind, textOf } from './scan';

/** What a row changes; restored after an unfinished row was read ahead. */
interface State {
  axis: { readonly unit: StepUnit; readonly field: number } | undefined;
  rows: number;
  total: number;
  missing: boolean;
  finished: boolean;
  epochs: EpochSteps;
}

/** What to do with rows of one shape, when nothing in them needs a closer look. */
interface RowPlan {
  /** Cell of the x-axis, of the planned steps (-1: none) and of the wall time (-1: none). */
  readonly axis: number;
  readonly total: number;
  readonly wallTime: number;
  /** Cell of the epoch beside the step, -1 without. */
  readonly epoch: number;
  /** Cells of all other series, their fields and scales. */
  readonly cells: Int32Array;
  readonly fields: readonly Field[];
  readonly scales: Float64Array;
}

/** Plans that are kept: more than shapes that are remembered. */
const MAX_PLANS = 32;
/** Series that make a row a row of a log, whatever else is in it. */
const MEASURED = /^(?:train_loss|val_|test_|eval_train_|grad_norm|accuracy|perplexity|bpb|reward)/;
const MS_SINCE_1970 = 1e11;

/**
 * Turns JSON objects, one per row, into points: finds the x-axis, keeps data sets apart, takes totals as plan and rows
 * of hyperparameters as config. Used for JSON lines and for the log history of a trainer state.
 */
export class MetricRows {
  readonly #reader = new RowReader();
  readonly #fields: Field[] = [];
  readonly #plans = new Map<number, RowPlan | undefined>();
  readonly #repeated = new RepeatedRows();
  /** The plan that the last row was read by. */
  #planned: RowPlan | undefined;
  #chunk: Uint8Array | undefined;
  /** Whether epochs are written with their parts. */
  #hasParts = false;
  #state: State = { axis: undefined, rows: 0, total: 0, missing: false, finished: false, epochs: NO_EPOCHS };

  /** Looks at the first rows: chooses the x-axis and resolves names that clash. Returns why they are not one run. */
  survey(lines: Iterable<readonly [start: number, end: number]>, bytes: Uint8Array): string | undefined {
    const survey = new TableSurvey();
    for (const [start, end] of lines) {
      if (survey.rows === MAX_SURVEY_ROWS) break;
      if (!this.#reader.read(bytes, start, end)) continue;
      this.#meetFields();
      this.#surveyRow(survey, bytes);
    }
    const axis = survey.axis();
    if (axis !== undefined) this.#state.axis = { unit: axis.unit, field: axis.column };
    const names = nameColumns(this.#fields.map((field) => field.label.replace(WRAPPER, '')));
    for (const [f, field] of this.#fields.entries()) if (names[f] === 'eval_train_loss') field.name = names[f];
    return survey.notOneRun();
  }

  /**
   * Reads the object that fills [start, end), whose first byte is at `offset` of the file. With `ahead` its end was
   * not seen: a fault in it is no issue and it leaves no trace here.
   */
  row(bytes: Uint8Array, start: number, end: number, offset: number, sink: RecordSink, ahead = false): void {
    const saved = ahead ? { ...this.#state } : undefined;
    this.#planned = undefined;
    if (this.#reader.read(bytes, start, end)) {
      this.#meetFields();
      if (!this.#emitPlanned(sink)) this.#emit(bytes, start, end, offset, sink);
    } else if (!ahead) {
      const place = this.#reader.faultAt - start;
      sink.issue(
        'json.malformed',
        `Not a JSON object: reading stopped at byte ${place} of ${end - start}.`,
        offset + place,
      );
    }
    if (saved !== undefined) this.#state = saved;
  }

  /** Takes the chunk that holds the rows to come, for `claim` and `repeats`. */
  take(bytes: Uint8Array): void {
    this.#chunk = bytes;
    this.#repeated.take(bytes);
  }

  /** Lets go of the chunk. */
  release(): void {
    this.#chunk = undefined;
    this.#repeated.release();
  }

  /** After `row`: if it lies in the chunk, with a line end at `end`, further lines may repeat it. */
  claim(bytes: Uint8Array, start: number, end: number): void {
    const plan = this.#planned;
    if (plan === undefined || bytes !== this.#chunk) this.#repeated.disclaim();
    else if (this.#repeated.listens) {
      const { epochs } = this.#state;
      const place = plan.epoch < 0 ? {} : { epoch: epochs.epoch, base: stepOverEpochs(epochs) - epochs.step };
      this.#repeated.claim(start, afterLine(bytes, end), () => this.#claimOf(plan), place);
    }
  }

  /** Reads the lines at `at` of the chunk that repeat the last row; returns where to go on. */
  repeats(at: number, sink: RecordSink): number {
    const next = this.#repeated.read(at, sink);
    const { count, lastStep } = this.#repeated;
    this.#state.rows += count;
    if (count > 0) this.#state.epochs = { ...this.#state.epochs, step: lastStep };
    return next;
  }

  #claimOf(plan: RowPlan): RowClaim | undefined {
    const { count, kinds, from, to } = this.#reader;
    const cells: RowCell[] = [];
    const index: number[] = [];
    for (let i = 0; i < count; i++) {
      const isFixed = i === plan.total || kinds[i] === CellKind.Empty;
      const kind = kinds[i] === CellKind.Text ? RowCellKind.Text : RowCellKind.Number;
      index.push(isFixed ? -1 : cells.push({ kind, from: from[i]!, to: to[i]! }) - 1);
    }
    const columns: RowColumn[] = [];
    const add = (cell: number, { handles, scale }: Field, isClock: boolean): boolean => {
      if (kinds[cell] !== CellKind.Number) return true;
      const clock = isClock && scale === 1 && { mostSeconds: MS_SINCE_1970 };
      columns.push({ cell: index[cell]!, handle: handles[0], scale, ...clock });
      return handles[0] !== -2;
    };
    const known =
      plan.fields.every((field, i) => add(plan.cells[i]!, field, false)) &&
      (plan.wallTime < 0 || add(plan.wallTime, this.#fields[this.#reader.fields[plan.wallTime]!]!, true));
    const place = plan.epoch >= 0 && { epoch: index[plan.epoch]! };
    return known ? { cells, step: index[plan.axis]!, columns, ...place } : undefined;
  }

  #surveyRow(survey: TableSurvey, bytes: Uint8Array): void {
    const { count, fields, kinds, values, from, to } = this.#reader;
    let any = false;
    for (let i = 0; i < count; i++) {
      const f = fields[i]!;
      const field = this.#fields[f];
      if (field === undefined || field.role === Role.Config) continue;
      if (kinds[i] === CellKind.Number) survey.number(f, field.label, values[i]!);
      if (kinds[i] === CellKind.Text)
        survey.text(f, field.label, textOf(bytes, from[i]!, Math.min(to[i]!, from[i]! + MAX_LABEL)));
      any ||= kinds[i] === CellKind.Number && MEASURED.test(field.name);
    }
    if (any) survey.endRow();
  }

  /** Emits a row by the plan of its shape. False, and nothing is emitted, when it has none or does not keep to it. */
  #emitPlanned(sink: RecordSink): boolean {
    this.#planned = undefined;
    const { shape, kinds, values } = this.#reader;
    const state = this.#state;
    if (shape < 0 || state.rows === 0 || state.finished) return false;
    if (!this.#plans.has(shape)) {
      if (this.#plans.size >= MAX_PLANS) this.#plans.clear();
      this.#plans.set(shape, this.#planRow());
    }
    const plan = this.#plans.get(shape);
    if (plan === undefined || kinds[plan.axis] !== CellKind.Number) return false;
    const logged = values[plan.axis]!;
    // Infinity - Infinity and NaN - NaN are not 0.
    if (logged - logged !== 0 || (plan.total >= 0 && values[plan.total] !== state.total)) return false;
    if (plan.epoch >= 0 && !this.#isWholeEpoch(plan.epoch)) return false;
    const x = plan.epoch < 0 ? logged : this.#overEpochs(logged, values[plan.epoch]!);
    state.rows++;
    this.#planned = plan;
    const { cells, fields, scales } = plan;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      if (kinds[cell] !== CellKind.Number) continue;
      const handle = fields[i]!.handles[0];
      sink.point(handle === -2 ? this.#open(fields[i]!, 0, sink) : handle, x, values[cell]! * scales[i]!);
    }
    if (plan.wallTime >= 0 && kinds[plan.wallTime] === CellKind.Number) {
      const field = this.#fields[this.#reader.fields[plan.wallTime]!]!;
      const handle = field.handles[0];
      sink.point(handle === -2 ? this.#open(field, 0, sink) : handle, x, this.#scaled(field, values[plan.wallTime]!));
    }
    return true;
  }

  /** The plan for rows like the one just read, if they are plain: the chosen x-axis, at most one total, series. */
  #planRow(): RowPlan | undefined {
    const { count, fields: ids } = this.#reader;
    const fields: Field[] = [];
    const cells: number[] = [];
    let axis = -1;
    let total = -1;
    let wallTime = -1;
    const epoch = this.#epochCell();
    for (let i = 0; i < count; i++) {
      const field = this.#fields[ids[i]!];
      if (field === undefined || field.role === Role.Ignored) continue;
      if (ids[i] === this.#state.axis?.field) axis = i;
      else if (field.role === Role.Total && total < 0) total = i;
      else if (field.role > Role.Axis) return undefined;
      else if (field.name === 'wall_time' && wallTime < 0) wallTime = i;
      else {
        cells.push(i);
        fields.push(field);
      }
    }
    if (axis < 0 || this.#fields[ids[axis]!]!.role !== Role.Axis) return undefined;
    const scales = Float64Array.from(fields, (field) => field.scale);
    return { axis, total, wallTime, epoch, cells: Int32Array.from(cells), fields, scales };
  }

  #emit(bytes: Uint8Array, start: number, end: number, offset: number, sink: RecordSink): void {
    const { count, fields, kinds, values } = this.#reader;
    const state = this.#state;
    let split = 0;
    let best = -1;
    let x = Number.NaN;
    let finished = false;
    for (let i = 0; i < count; i++) {
      const field = this.#fields[fields[i]!];
      if (field === undefined || field.role === Role.Series) continue;
      if (field.role === Role.Axis) {
        if (kinds[i] === CellKind.Number && this.#betterAxis(fields[i]!, best)) {
          best = fields[i]!;
          x = values[i]!;
        }
      } else if (field.role === Role.Summary) finished ||= kinds[i] === CellKind.Number;
      else if (field.role === Role.Split) split = this.#splitOf(bytes, i);
      else if (field.role === Role.Total && kinds[i] === CellKind.Number) this.#total(values[i]!, field.label, sink);
      else if (field.role === Role.Progress) {
        const step = this.#progress(bytes, i, field.label, sink);
        if (step >= 0) {
          best = fields[i]!;
          x = step;
        }
      } else if (field.role === Role.Config) this.#config(bytes, i, sink);
    }
    if (finished) {
      state.finished = true;
      sink.status({ kind: 'finished' });
      return;
    }
    const unit = best < 0 ? undefined : (this.#fields[best]!.axis?.unit ?? 'step');
    if (unit !== undefined && Number.isFinite(x)) {
      if (state.axis === undefined) state.axis = { unit, field: best };
      if (state.axis.unit === unit) {
        const cell = this.#epochCell();
        this.#points(cell < 0 ? x : this.#overEpochs(x, values[cell]!), best, split, sink);
        return;
      }
    }
    this.#rowWithoutStep(bytes, start, end, offset, split, sink);
  }

  /** Cell of a whole epoch beside the step, with which steps may begin anew; -1 without. */
  #epochCell(): number {
    const { count, fields, kinds, values } = this.#reader;
    if (this.#state.axis?.unit !== 'step' || this.#hasParts) return -1;
    for (let i = 0; i < count; i++) {
      const isEpoch = this.#fields[fields[i]!]?.axis?.unit === 'epoch' && kinds[i] === CellKind.Number;
      if (isEpoch && Number.isInteger(values[i])) return i;
    }
    return -1;
  }

  /** Whether the epoch in `cell` is whole; a log in which one is not has steps over all epochs. */
  #isWholeEpoch(cell: number): boolean {
    const { kinds, values } = this.#reader;
    if (kinds[cell] !== CellKind.Number) return false;
    if (Number.isInteger(values[cell])) return true;
    this.#hasParts = true;
    this.#plans.clear();
    return false;
  }

  /** The step over all epochs. */
  #overEpochs(step: number, epoch: number): number {
    const state = this.#state;
    state.epochs = nextPlace(state.epochs, { epoch, step, total: 0, epochs: 0, isWithin: false });
    return stepOverEpochs(state.epochs);
  }

  /** Whether field `f` is a better x-axis than `best` (-1: none) in this file. */
  #betterAxis(f: number, best: number): boolean {
    const chosen = this.#state.axis;
    const field = this.#fields[f]!;
    if (chosen?.field === f) return true;
    if (best >= 0 && chosen?.field === best) {
      field.beside = true;
      return false;
    }
    if (chosen !== undefined && (field.axis!.unit !== chosen.unit || field.beside)) return false;
    return best < 0 || this.#fields[best]!.axis === undefined || field.axis!.rank < this.#fields[best]!.axis!.rank;
  }

  #points(x: number, axisField: number, split: number, sink: RecordSink): void {
    const { count, fields, kinds, values } = this.#reader;
    if (this.#state.finished) {
      this.#state.finished = false;
      sink.status({ kind: 'resumed', step: x });
    }
    if (this.#state.rows++ === 0 && this.#state.axis!.unit !== 'step') sink.stepUnit(this.#state.axis!.unit);
    for (let i = 0; i < count; i++) {
      const f = fields[i]!;
      if (kinds[i] !== CellKind.Number || f < 0 || f === axisField) continue;
      const field = this.#fields[f]!;
      if (field.role > Role.Axis) continue;
      const value = values[i]!;
      const handle = field.handles[split]!;
      sink.point(handle === -2 ? this.#open(field, split, sink) : handle, x, this.#scaled(field, value));
    }
  }

  #scaled(field: Field, value: number): number {
    if (field.scale !== 1) return value * field.scale;
    return field.name === 'wall_time' && value > MS_SINCE_1970 ? value / 1000 : value;
  }

  #open(field: Field, split: number, sink: RecordSink): SeriesHandle {
    const plain = field.label.replace(WRAPPER, '');
    const marked = split === 0 || canonicalSeries(plain).name !== field.name || /^(?:val_|test_)/.test(field.name);
    const handle = marked
      ? sink.series(field.label, field.name)
      : sink.series(`${SPLIT_NAMES[split]}/${field.label}`, canonicalSeries(`${SPLIT_NAMES[split]}/${plain}`).name);
    field.handles[split] = handle;
    return handle;
  }

  /** A row without a place on the x-axis: hyperparameters, a remark, or a log that counts nothing. */
  #rowWithoutStep(
    bytes: Uint8Array,
    start: number,
    end: number,
    offset: number,
    split: number,
    sink: RecordSink,
  ): void {
    const state = this.#state;
    if (!this.#measures()) {
      if (state.rows === 0) readConfig(bytes, start, end, (key, value) => sink.config(key, value));
      return;
    }
    if (state.axis === undefined) {
      state.axis = { unit: 'row', field: -1 };
      sink.issue('step.missing', 'No step, token or epoch count in the rows: the row number stands for it.', null);
    }
    if (state.axis.unit === 'row') this.#points(state.rows + 1, -1, split, sink);
    else if (!state.missing) {
      state.missing = true;
      sink.issue('step.missing', 'A row without a step was left out; further ones are not reported.', offset);
    }
  }

  #measures(): boolean {
    const { count, fields, kinds } = this.#reader;
    for (let i = 0; i < count; i++) {
      const field = this.#fields[fields[i]!];
      if (
        kinds[i] === CellKind.Number &&
        field !== undefined &&
        field.role === Role.Series &&
        MEASURED.test(field.name)
      )
        return true;
    }
    return false;
  }

  #total(total: number, label: string, sink: RecordSink): void {
    if (total === this.#state.total || !(total > 0) || !Number.isFinite(total)) return;
    this.#state.total = total;
    sink.plan({ totalSteps: total }, `${label} beside each step`);
  }

  /** The step of a text like `12/100`; -1 when it is none. */
  #progress(bytes: Uint8Array, cell: number, label: string, sink: RecordSink): number {
    const text = textOf(
      bytes,
      this.#reader.from[cell]!,
      Math.min(this.#reader.to[cell]!, this.#reader.from[cell]! + 40),
    );
    const parts = /^(\d+)\s*\/\s*(\d+)$/.exec(text);
    if (parts === null) return -1;
    this.#total(Number(parts[2]), label, sink);
    return Number(parts[1]);
  }

  #splitOf(bytes: Uint8Array, cell: number): number {
    if (this.#reader.kinds[cell] !== CellKind.Text) return 0;
    const text = textOf(
      bytes,
      this.#reader.from[cell]!,
      Math.min(this.#reader.to[cell]!, this.#reader.from[cell]! + 20),
    );
    if (/^(?:val|valid|validation|eval|evaluation|dev)$/i.test(text)) return 1;
    return /^test$/i.test(text) ? 2 : 0;
  }

  #config(bytes: Uint8Array, cell: number, sink: RecordSink): void {
    const { kinds, from, to, fields } = this.#reader;
    const kind = kinds[cell] === CellKind.Number ? TokenKind.Number : TokenKind.Text;
    if (kinds[cell] === CellKind.Empty) return;
    sink.config(
      this.#fields[fields[cell]!]!.label.replace(CONFIG_PART, ''),
      configValue(bytes, kind, from[cell]!, to[cell]!),
    );
  }

  /** Decides once what each path that the reader has met is for. */
  #meetFields(): void {
    for (let f = this.#fields.length; f < this.#reader.paths.length; f++)
      this.#fields.push(fieldOf(this.#reader.paths[f]!));
  }
}

/** Position after the line end at `end`. */
function afterLine(bytes: Uint8Array, end: number): number {
  return bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? end + 2 : end + 1;
}

const SPLIT_NAMES = ['train', 'val', 'test'];
