import type { CheckpointPoint, LayerPoint } from '../../../../src/core/spectra/laws/checkpointPoint';

const HEALTHY: LayerPoint = { kind: 'down', softRank: 100, spectralNorm: 2, nonFinite: 0, isZero: false };

/** A checkpoint of a model of three layers; `changed` says what differs from healthy ones. */
export function pointAt(
  step: number,
  changed: Readonly<Record<string, Partial<LayerPoint>>> = {},
  setting: Partial<Pick<CheckpointPoint, 'learningRate' | 'weightDecay'>> = {},
): CheckpointPoint {
  const names = ['layers.0.down', 'layers.1.down', 'layers.2.down'];
  const layers = new Map(names.map((name) => [name, { ...HEALTHY, ...changed[name] }]));
  return { step, learningRate: 1e-3, weightDecay: 0.1, ...setting, layers };
}
