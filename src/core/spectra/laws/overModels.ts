import { median } from '../../fit/robust';
import type { ActivationsReport } from '../activations/analyseActivations';
import type { CheckpointReport } from '../analyseCheckpoint';
import { matchTopValues, type TopValueMatch } from './matchTopValues';
import { fitWidthLaw, type WidthLaw } from './widthLaw';

/** One layer of one model, as far as laws over models need it. */
export interface ModelLayer {
  readonly name: string;
  /** Kind of the matrix, or `pre` and `post` of an activation. */
  readonly kind: string;
  /** Shorter side of the matrix, or width of the activation. */
  readonly width: number;
  readonly softRank: number;
  readonly hardRank: number;
  /** Null for activations. */
  readonly spectralNorm: number | null;
}

/** How a rank of one kind of layer depends on its width; `law` is null with fewer than 4 widths. */
export interface RankLaw {
  readonly kind: string;
  readonly rank: 'softRank' | 'hardRank';
  readonly widths: readonly number[];
  readonly law: WidthLaw | null;
}

/** What several models say together. */
export interface ModelLaws {
  readonly ranks: readonly RankLaw[];
  /** Largest singular values of each further model beside those of the first, by kind of layer. */
  readonly topValues: readonly { readonly model: number; readonly kinds: readonly TopValueMatch[] }[];
}

/** The layers of a checkpoint that have measures; low-rank updates are left out. */
export function layersOfCheckpoint({ tensors }: Pick<CheckpointReport, 'tensors'>): ModelLayer[] {
  return tensors.flatMap(({ name, kind, shape, rank, measures }) => {
    if (rank !== null || measures === null) return [];
    const [softRank, hardRank] = [measures.softRank.value, measures.hardRank.value];
    return [{ name, kind, width: Math.min(...shape), softRank, hardRank, spectralNorm: measures.spectralNorm.value }];
  });
}

/** The activations of the latest step whose width is known. */
export function layersOfActivations({ activations }: Pick<ActivationsReport, 'activations'>): ModelLayer[] {
  const last = activations.at(-1)?.step ?? null;
  return activations.flatMap(({ name, where, group, step, columns, measures }) => {
    if (step !== last || group !== null || columns === null || measures === null) return [];
    const [softRank, hardRank] = [measures.softRank.value, measures.hardRank.value];
    return [{ name, kind: where ?? 'other', width: columns, softRank, hardRank, spectralNorm: null }];
  });
}

/**
 * Laws over models of several widths: ranks by kind of layer, the median over the layers of each model (arXiv 2605.21803), and
 * whether the largest singular values of the same layers agree with those of the first model (arXiv 2510.15262).
 */
export function lawsOver(models: readonly (readonly ModelLayer[])[]): ModelLaws {
  const kinds = [...new Set(models.flat().map(({ kind }) => kind))].filter((kind) => kind !== 'other').sort();
  const ranks = kinds.flatMap((kind) =>
    (['softRank', 'hardRank'] as const).map((rank): RankLaw => {
      const points = models.flatMap((layers) => medianPoint(layers, kind, rank));
      return { kind, rank, widths: points.map(({ width }) => width), law: fitWidthLaw(points) };
    }),
  );
  const topValues = models.slice(1).flatMap((layers, i) => {
    const found = matchTopValues(pairsOf(models[0]!, layers));
    return found.length === 0 ? [] : [{ model: i + 1, kinds: found }];
  });
  return { ranks, topValues };
}

function medianPoint(
  layers: readonly ModelLayer[],
  kind: string,
  rank: 'softRank' | 'hardRank',
): { width: number; rank: number }[] {
  const ofKind = layers.filter((layer) => layer.kind === kind);
  if (ofKind.length === 0) return [];
  return [{ width: median(ofKind.map(({ width }) => width)), rank: median(ofKind.map((layer) => layer[rank])) }];
}

function pairsOf(first: readonly ModelLayer[], other: readonly ModelLayer[]) {
  const byName = new Map(other.map((layer) => [layer.name, layer]));
  return first.flatMap((layer) => {
    const twin = byName.get(layer.name);
    if (!(layer.spectralNorm && twin?.spectralNorm)) return [];
    const { kind, width, spectralNorm } = layer;
    return [{ kind, width, otherWidth: twin.width, spectralNorm, otherSpectralNorm: twin.spectralNorm }];
  });
}
