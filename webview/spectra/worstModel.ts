import type { SpectraWarning, TensorView } from '../../src/protocol/spectra';
import { type MeasureId, measured, measureOf } from './measures';
import { placeOf } from './overviewModel';
import { texts } from './texts';

/** Measures with a column of their own. */
export const COLUMNS: readonly MeasureId[] = [
  'utilization',
  'hardRank',
  'concentration',
  'sigma1',
  'alphaFarms',
  'spikes',
];

/** What a table can be sorted by: the finding, the name, or a measure. */
export type SortKey = 'finding' | 'matrix' | MeasureId;

/** A row of the table. */
export interface WorstRow {
  readonly tensor: TensorView;
  readonly place: string;
  /** The gravest finding. */
  readonly finding: SpectraWarning | null;
}

const GRAVITY: Readonly<Record<SpectraWarning['severity'], number>> = { error: 0, warning: 1, info: 2 };

/** Matrices whose name or place has `filter`, sorted; what has no value comes last in both directions. */
export function worstRows(
  tensors: readonly TensorView[],
  { sort, descending, filter }: { readonly sort: string; readonly descending: boolean; readonly filter: string },
): WorstRow[] {
  const wanted = filter.trim().toLowerCase();
  const rows = tensors
    .map((tensor) => ({ tensor, place: placeOf(tensor), finding: tensor.findings[0] ?? null }))
    .filter(({ tensor, place }) => wanted === '' || `${tensor.name} ${place}`.toLowerCase().includes(wanted));
  const sign = descending ? -1 : 1;
  if (sort === 'matrix') return descending ? rows.reverse() : rows;
  if (sort === 'finding') return rows.sort((a, b) => sign * (badness(a) - badness(b)));
  const measure = measureOf(sort);
  const value = ({ tensor }: WorstRow): number | null => measured(measure, tensor)?.value ?? null;
  return rows.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/** Findings by gravity first, then the least used width; what has no measures and no finding comes last. */
function badness({ tensor, finding }: WorstRow): number {
  const used = tensor.measures?.utilization.value ?? 1;
  return (finding === null ? 3 : GRAVITY[finding.severity]) + Math.min(0.999, Math.max(0, used));
}

/** Title of a column. */
export function columnTitle(key: SortKey): string {
  if (key === 'finding') return texts.worst.finding;
  return key === 'matrix' ? texts.worst.matrix : measureOf(key).short;
}
