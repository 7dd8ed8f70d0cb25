import type { SeriesName } from '../../model';
import type { RowReader } from '../json/rowReader';
import { canonicalSeries } from '../keys';
import type { BarLine } from './barLine';
import { FieldReader, type FieldRule } from './fields';
import type { PythonScanner } from './python';

const MAX_LAYOUTS = 256;
/** Losses that the criteria divide by log 2: the perplexity beside them is 2 to their power. */
const IN_BITS = /^(?:nll_)?loss$/;
const SKIPPED = /^(?:epoch|num_updates|wall|train_wall)$/;

/** A measured field of the JSON records of one shape and tag. */
interface Cell {
  readonly index: number;
  readonly label: string;
  readonly name: SeriesName;
  handle: number;
}

/** Where the fields of records of one shape and tag are. */
export interface Layout {
  /** Cell of the number of updates, -1 without. */
  readonly updates: number;
  readonly cells: readonly Cell[];
}

/** What of the configuration makes a plan. */
export interface FairseqPlan {
  readonly maxUpdate?: number;
  readonly lr?: number;
  readonly schedule?: string;
  readonly warmup?: number;
  readonly finalLr?: number;
  readonly power?: number;
  readonly totalUpdates?: number;
}

/** State of one file. */
export interface FairseqState {
  readonly rows: RowReader;
  readonly names: FairseqNames;
  readonly bar: BarLine;
  readonly python: PythonScanner;
  /** Layouts by tag and shape. */
  readonly layouts: Map<string, Map<number, Layout>>;
  /** Updates at the last record, -1 before the first. */
  step: number;
  plan: FairseqPlan;
  told: boolean;
}

/** The fields of fairseq's plain records, and what they are called. */
export class FairseqNames {
  static readonly UPDATES = 'num_updates';
  /** Fields of records within an epoch. */
  readonly commas = new FieldReader((key) => fieldRule(key, 'train_inner'), ',');
  readonly #pipes = new Map<string, FieldReader>();

  /** Reader of the record at the end of an epoch, or of the evaluation of `subset`. */
  pipes(subset: string): FieldReader {
    const known = this.#pipes.get(subset);
    if (known !== undefined) return known;
    const fields = new FieldReader((key) => fieldRule(key, subset === '' ? 'train' : subset), '|');
    if (this.#pipes.size < MAX_LAYOUTS) this.#pipes.set(subset, fields);
    return fields;
  }
}

function fieldRule(key: string, tag: string): FieldRule {
  const label = tag === 'train_inner' ? labelled(key) : `${tag === 'train' ? 'epoch' : tag}/${labelled(key)}`;
  if (SKIPPED.test(key) || (tag === 'train' && !/loss|ppl|acc/.test(key)))
    return { skip: true, label: tag === 'train_inner' || tag === 'train' ? key : `${tag}/${key}` };
  return { label, name: nameOf(key, tag) };
}

function labelled(key: string): string {
  return IN_BITS.test(key) ? `${key} (bits)` : key;
}

/** Canonical name of `key` under the logger `tag`: training, mean over an epoch, or an evaluated set. */
function nameOf(key: string, tag: string): SeriesName {
  const base = key === 'nll_loss' ? 'nll' : key;
  if (tag === 'train_inner') {
    if (key === 'update') return 'epoch';
    return key === 'nll_loss' ? 'train_loss/nll' : canonicalSeries(key).name;
  }
  if (tag === 'train') return key === 'nll_loss' ? 'train_loss/nll_epoch' : `${canonicalSeries(key).name}/epoch`;
  const set = /^test/.test(tag) ? 'test' : 'val';
  const group = tag === 'valid' || tag === 'test' ? '' : `/${tag.replace(/^(?:valid|test)\/?/, '') || tag}`;
  if (key === 'loss') return `${set}_loss${group}`;
  if (key === 'nll_loss') return `${set}_loss/nll${group === '' ? '' : `_${group.slice(1)}`}`;
  if (key === 'ppl') return `${set}_perplexity${group}`;
  return `${canonicalSeries(`${set}/${base}`).name}${group}`;
}

/** The layout of the JSON record read last, which the logger `tag` wrote. */
export function layoutOf(state: FairseqState, tag: string): Layout {
  const { rows, layouts } = state;
  const ofTag = layouts.get(tag);
  const known = ofTag?.get(rows.shape);
  if (known !== undefined) return known;
  const prefix = tag === 'train_inner' || tag === '' ? '' : `${tag}_`;
  let updates = -1;
  const cells: Cell[] = [];
  const role = tag === '' ? guessTag(rows) : tag;
  const cut = tag === '' && role !== 'train_inner' ? `${role}_` : prefix;
  for (let i = 0; i < rows.count; i++) {
    const path = rows.paths[rows.fields[i]!] ?? '';
    const key = path.startsWith(cut) ? path.slice(cut.length) : path;
    if (key === FairseqNames.UPDATES) updates = i;
    const rule = fieldRule(key, role);
    if (rule.skip !== true) cells.push({ index: i, label: rule.label!, name: rule.name!, handle: -2 });
  }
  const layout = { updates, cells };
  if (rows.shape < 0) return layout;
  if (ofTag === undefined && layouts.size < MAX_LAYOUTS) layouts.set(tag, new Map([[rows.shape, layout]]));
  else if (ofTag !== undefined && ofTag.size < MAX_LAYOUTS) ofTag.set(rows.shape, layout);
  return layout;
}

/** The oldest releases print records without a logger: keys of other sets than the training carry its name. */
function guessTag(rows: RowReader): string {
  for (let i = 0; i < rows.count; i++) {
    const path = rows.paths[rows.fields[i]!] ?? '';
    const found = /^(.+)_num_updates$/.exec(path);
    if (found !== null) return found[1]!;
  }
  return 'train_inner';
}
