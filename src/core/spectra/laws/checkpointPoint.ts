import type { LayerKind } from '../../checkpoints/checkpoint';
import type { CheckpointReport } from '../analyseCheckpoint';

/** What is kept of one matrix of one checkpoint of a run. */
export interface LayerPoint {
  readonly kind: LayerKind;
  /** Null where the matrix has no measures. */
  readonly softRank: number | null;
  readonly spectralNorm: number | null;
  readonly nonFinite: number;
  /** All entries are zero. */
  readonly isZero: boolean;
}

/** What is kept of one checkpoint of a run: enough for trends, some hundred bytes for each matrix. */
export interface CheckpointPoint {
  readonly step: number;
  /** Learning rate at the checkpoint and weight decay of its matrices; null where they are not known. */
  readonly learningRate: number | null;
  readonly weightDecay: number | null;
  readonly layers: ReadonlyMap<string, LayerPoint>;
}

/** A report as a point of a trend. Low-rank updates are left out: they begin at zero and move as a whole. */
export function checkpointPoint(
  { tensors }: Pick<CheckpointReport, 'tensors'>,
  place: Omit<CheckpointPoint, 'layers'>,
): CheckpointPoint {
  const layers = new Map<string, LayerPoint>();
  for (const { name, kind, rank, nonFinite, refused, measures } of tensors) {
    if (rank !== null) continue;
    layers.set(name, {
      kind,
      softRank: measures?.softRank.value ?? null,
      spectralNorm: measures?.spectralNorm.value ?? null,
      nonFinite,
      isZero: refused === 'all entries are zero',
    });
  }
  return { ...place, layers };
}
