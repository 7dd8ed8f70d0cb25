import type { Heads, LayerKind } from '../checkpoint';
import { type RowRanges, selectRows, transposed } from './pieces';
import type { View } from './views';

/** A part of a fused matrix: what it is and which rows it has. */
interface Part {
  readonly kind: LayerKind;
  readonly ranges: RowRanges;
}

/** What is known of the other matrices of the same layer. */
export interface Siblings {
  /** Inputs of the attention's output projection: the rows of all queries. */
  readonly attentionWidth: number | undefined;
  /** Inputs of the down projection: the rows of gate or up. */
  readonly hiddenWidth: number | undefined;
}

/** Modules that GPT-2 keeps as `Conv1D`, in × out. */
const CONV1D = /(?:^|\.)(?:c_attn|c_fc|c_proj|q_attn)\.weight$/;

/**
 * True when the checkpoint keeps projections as GPT-2's `Conv1D`: its fused ones are three times as wide as they are
 * high.
 */
export function usesConv1d(views: readonly View[]): boolean {
  return views.some(({ tensor, shape }) => /(?:^|\.)c_attn\.weight$/.test(tensor.name) && shape[1] === 3 * shape[0]);
}

/** The matrix out × in. */
export function asApplied(view: View): View {
  if (!CONV1D.test(view.tensor.name) || view.dtype.blockEntries > 1) return view;
  return { ...view, shape: [view.shape[1], view.shape[0]], pieces: transposed(view.pieces) };
}

/**
 * The parts of a fused matrix as matrices of their own; the matrix itself when it is none or its parts cannot be told
 * apart.
 */
export function splitView(view: View, siblings: Siblings, heads: Heads | undefined): View[] {
  const parts = partsOf(view, siblings, heads);
  if (parts === null) return [view];
  return parts.map(({ kind, ranges }) => ({
    ...view,
    suffix: `${view.suffix}[${kind}]`,
    name: { ...view.name, kind },
    shape: [ranges.reduce((sum, [from, to]) => sum + to - from, 0), view.shape[1]],
    pieces: selectRows(view.pieces, ranges, view.dtype),
  }));
}

function partsOf({ name, shape }: View, siblings: Siblings, heads: Heads | undefined): Part[] | null {
  const [rows, columns] = shape;
  if (name.lora !== null) return null;
  // Feed-forward blocks with a gate often keep it in the rows above the up projection, under the name of that.
  if (name.kind === 'up' && siblings.hiddenWidth !== undefined && rows === 2 * siblings.hiddenWidth) {
    return oneBelowTheOther(['gate', 'up'], [rows / 2, rows / 2]);
  }
  if (name.fused === 'gateUp' || name.fused === 'upGate') {
    if (rows % 2 === 1) return null;
    return oneBelowTheOther(name.fused === 'gateUp' ? ['gate', 'up'] : ['up', 'gate'], [rows / 2, rows / 2]);
  }
  if (name.fused === 'qkvHeads') return heads === undefined ? null : headByHead(rows, heads);
  if (name.fused !== 'qkv') return null;
  const queries = heads === undefined ? siblings.attentionWidth : (rows / (heads.query + 2 * heads.key)) * heads.query;
  const queryRows = queries ?? (rows === 3 * columns ? columns : 0);
  const keyRows = (rows - queryRows) / 2;
  const fits = queryRows > 0 && keyRows > 0 && Number.isInteger(queryRows) && Number.isInteger(keyRows);
  return fits ? oneBelowTheOther(['q', 'k', 'v'], [queryRows, keyRows, keyRows]) : null;
}

function oneBelowTheOther(kinds: readonly LayerKind[], sizes: readonly number[]): Part[] {
  let at = 0;
  return kinds.map((kind, i) => {
    at += sizes[i]!;
    return { kind, ranges: [[at - sizes[i]!, at]] };
  });
}

/** Rows of the queries of a group, its key, its value; then the next group. */
function headByHead(rows: number, { query, key }: Heads): Part[] | null {
  const size = rows / (query + 2 * key);
  const perGroup = query / key;
  if (!Number.isInteger(size) || !Number.isInteger(perGroup) || size === 0) return null;
  const group = (perGroup + 2) * size;
  const part = (kind: LayerKind, from: number, to: number): Part => ({
    kind,
    ranges: Array.from({ length: key }, (_, g) => [g * group + from * size, g * group + to * size] as const),
  });
  return [part('q', 0, perGroup), part('k', perGroup, perGroup + 1), part('v', perGroup + 1, perGroup + 2)];
}
