import { understandName } from '../../checkpoints/matrices/layerNames';
import { activationMeasures, loggedMeasures } from './activationMeasures';
import type { ActivationPlace, ActivationReport, Where } from './activationReport';

/** What a line of a log takes from the lines before it and from the name of its file. */
export interface RowContext {
  readonly file: string;
  readonly step: number | null;
  readonly layer: number | null;
  readonly group: string | null;
  readonly count: number | null;
}

/** Nesting of a row that is looked into, and lists of eigenvalues that are taken. */
const MAX_DEPTH = 4;
const MAX_EIGENVALUES = 65_536;

/** Names of the released tracker and those of the runs of the papers (arXiv 2603.06922, 2605.21803): `SE` is an entropy, `PR` a hard rank. */
const METRIC = /^(.*?)[./_]?(soft_rank|hard_rank|spectral_entropy|SE|PR|EEE)_(pre|post)$/;

/** A number in a prefix like `layer_3`, where it is not part of a module's path. */
const LAYER = /(?:^|[^a-z])(?:layers?|blocks?|h|l)[_./-]?(\d+)/i;

/**
 * The activations that one row of a log is about: one whose eigenvalues it lists, or one for each prefix and side whose ranks it
 * states (`soft_rank_post`, `layer_3/hard_rank_pre`, …). Empty for any other row.
 */
export function activationsOfRow(row: object, context: RowContext): ActivationReport[] {
  const fields = row as Readonly<Record<string, unknown>>;
  const place = placeOf(fields, context);
  const { eigenvalues } = fields;
  if (Array.isArray(eigenvalues)) return [fromEigenvalues(eigenvalues, place, fields, context)];
  const found = new Map<string, Logged>();
  collect(fields, '', 0, found);
  return [...found.values()].flatMap(({ prefix, where, values }) => {
    const hardRank = values.hard_rank ?? values.PR ?? null;
    const entropy = values.spectral_entropy ?? values.SE;
    const softRank = values.soft_rank ?? (entropy === undefined ? null : Math.exp(entropy));
    const width = positive(fields.width ?? fields.d_ff);
    const measures = loggedMeasures({ hardRank, softRank }, width);
    if (measures === null) return [];
    const withConcentration = { ...measures, concentration: values.EEE ?? null };
    const layer = prefix === '' ? place.layer : (layerIn(prefix) ?? place.layer);
    const name = prefix === '' ? place.name : prefix;
    const count = positive(fields.count) ?? context.count;
    const rest = { count, width, columns: width, dead: null, refused: null, eigenvalues: null };
    return [{ ...place, name, layer, where, ...rest, measures: withConcentration }];
  });
}

/** Ranks that belong together. */
interface Logged {
  readonly prefix: string;
  readonly where: Where;
  readonly values: Partial<Record<string, number>>;
}

function collect(fields: object, path: string, depth: number, found: Map<string, Logged>): void {
  for (const [key, value] of Object.entries(fields)) {
    const full = path === '' ? key : `${path}/${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < MAX_DEPTH) {
      collect(value, full, depth + 1, found);
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    const [, prefix, metric, where] = METRIC.exec(full) ?? [];
    if (prefix === undefined) continue;
    const id = `${prefix} ${where}`;
    const logged = found.get(id) ?? { prefix, where: where as Where, values: {} };
    logged.values[metric!] = value;
    found.set(id, logged);
  }
}

function placeOf(fields: Readonly<Record<string, unknown>>, context: RowContext): ActivationPlace {
  const layer = numberOf(fields.layer) ?? context.layer;
  const named = [fields.module, fields.name].find((value) => typeof value === 'string') as string | undefined;
  const where = fields.where === 'pre' || fields.where === 'post' ? fields.where : null;
  return {
    name: named ?? (layer === null ? 'activations' : `layer ${layer}`),
    file: context.file,
    step: numberOf(fields.step ?? fields.global_step ?? fields.iter) ?? context.step,
    layer: layer ?? layerIn(named ?? ''),
    where,
    group: typeof fields.bucket === 'string' ? fields.bucket : context.group,
  };
}

function layerIn(name: string): number | null {
  const found = understandName(name).layer ?? Number(LAYER.exec(name)?.[1] ?? Number.NaN);
  return Number.isNaN(found) ? null : found;
}

function fromEigenvalues(
  list: readonly unknown[],
  place: ActivationPlace,
  fields: Readonly<Record<string, unknown>>,
  context: RowContext,
): ActivationReport {
  const columns = list.length;
  const count = positive(fields.count) ?? context.count;
  const facts = { ...place, count, width: positive(fields.width) ?? columns, columns, dead: numberOf(fields.dead) };
  const refuse = (refused: string): ActivationReport => ({ ...facts, measures: null, refused, eigenvalues: null });
  if (columns > MAX_EIGENVALUES) return refuse(`${columns} eigenvalues are more than ${MAX_EIGENVALUES}`);
  const bad = list.filter((value) => typeof value !== 'number' || !Number.isFinite(value)).length;
  if (bad > 0) return refuse(`${bad} eigenvalues are not finite`);
  const eigenvalues = Float64Array.from(list as number[])
    .sort()
    .reverse();
  const measures = activationMeasures(eigenvalues, columns, count);
  return measures === null ? refuse('all eigenvalues are zero') : { ...facts, measures, refused: null, eigenvalues };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : null;
}
