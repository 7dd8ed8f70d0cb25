import { MAX_LABEL } from '../../limits';
import type { SeriesName } from '../../model';
import type { SeriesHandle } from '../format';
import { type Axis, axisOf, canonicalSeries, isTotalKey, normalizeLabel } from '../keys';
import { CONFIG_PART } from './config';

const SPLIT_LABELS = new Set([
  'split',
  'mode',
  'phase',
  'stage',
  'set',
  'subset',
  'kind',
  'type',
  'event',
  'dataset_split',
]);

/** Objects that hold all metrics of a row: verl writes `{"step": 1, "data": {...}}`. */
export const WRAPPER = /^(?:data|metrics|values|scalars|logs|log|payload|jsonPayload|fields|extra)\//;

/** What a field of a row is for. */
export enum Role {
  Series,
  /** A number that can be the x-axis; a series too when another field is. */
  Axis,
  Total,
  /** `"12/100"`: step and planned steps in one text. */
  Progress,
  /** A text that says which data set the row is about. */
  Split,
  /** Only in the row that sums up a finished run. */
  Summary,
  Config,
  Ignored,
}

/** A field of the rows of one file: the path of a scalar. */
export interface Field {
  readonly label: string;
  readonly role: Role;
  readonly axis: Axis | undefined;
  name: SeriesName;
  readonly scale: number;
  /** Series by split: none or train, val, test. -2 before the first point. */
  readonly handles: [SeriesHandle, SeriesHandle, SeriesHandle];
  /** Was seen in one row with the chosen axis, so it counts something else. */
  beside: boolean;
}

/** Decides what the scalar at `path` is for. */
export function fieldOf(path: string): Field {
  const label = path.slice(0, MAX_LABEL);
  const plain = label.replace(WRAPPER, '');
  const element = /^(.*)\[(\d+)\]$/.exec(plain);
  const { name, scale } = canonicalSeries(element === null ? plain : element[1]!);
  const field = { label, axis: axisOf(plain), scale, handles: [-2, -2, -2] as Field['handles'], beside: false };
  if (element !== null && !element[1]!.includes('[')) {
    const index = Number(element[2]);
    const rate = name === 'learning_rate';
    return {
      ...field,
      axis: undefined,
      role: rate ? Role.Series : Role.Ignored,
      name: index === 0 ? name : `${name}/group${index}`,
    };
  }
  return { ...field, role: roleOf(label, plain, field.axis), name };
}

function roleOf(label: string, plain: string, axis: Axis | undefined): Role {
  const normal = normalizeLabel(plain);
  if (label.includes('[')) return Role.Ignored;
  if (CONFIG_PART.test(label)) return Role.Config;
  if (isTotalKey(plain)) return Role.Total;
  if (normal === 'global_step/max_steps' || normal === 'step/total' || normal === 'progress') return Role.Progress;
  if (normal === 'train_runtime') return Role.Summary;
  if (SPLIT_LABELS.has(normal)) return Role.Split;
  return axis === undefined ? Role.Series : Role.Axis;
}
