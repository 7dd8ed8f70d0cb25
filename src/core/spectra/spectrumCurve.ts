import { valuesOfList } from './eigenvalueList';
import type { Spectrum } from './spectrum';

/** All singular values of a matrix, thinned out for drawing on logarithmic axes. */
export interface SpectrumCurve {
  /** Places in the descending list, from 1, evenly apart on a logarithmic axis. */
  readonly ranks: readonly number[];
  readonly sigma: readonly number[];
  /** Half of the 95 % interval of each value. */
  readonly errors: readonly number[];
}

/** Points of a curve: more cannot be told apart on a screen. */
const POINTS = 72;

/**
 * The singular values at up to 72 ranks. Values that are known carry the bound of `topValues`; the rest are quantiles of the
 * distribution that the probes show, with the spread over groups of probes and half the distance to the next nodes of the rule.
 */
export function spectrumCurve(spectrum: Spectrum): SpectrumCurve {
  const ranks = spacedRanks(spectrum.size);
  const values = valuesOfList(
    spectrum,
    ranks.map((rank) => rank - 1),
  );
  const rounding = spectrum.relativeRounding * (spectrum.values[0] ?? 0);
  const points = values.map(({ value, error }, i) => {
    const place = ranks[i]! - 1;
    const known = place < spectrum.settled;
    const square = known ? spectrum.errors[place]! : error + resolution(spectrum, value) + rounding;
    const sigma = Math.sqrt(value);
    return { sigma, error: sigma > 0 ? Math.min(square / sigma, Math.sqrt(square)) : Math.sqrt(square) };
  });
  return { ranks, sigma: points.map(({ sigma }) => sigma), errors: points.map(({ error }) => error) };
}

/** Whole numbers from 1 to `size`, as many as fit, the ratio of neighbours about constant. */
export function spacedRanks(size: number): number[] {
  const ranks = new Set<number>();
  for (let i = 0; i < POINTS; i++) ranks.add(Math.round(size ** (i / (POINTS - 1))));
  return [...ranks].filter((rank) => rank >= 1 && rank <= size);
}

/** Half the distance of the nodes around a value, squared values both: below it a rule cannot tell. */
function resolution({ values, settled }: Spectrum, value: number): number {
  let above = values.length - 1;
  while (above > settled && values[above]! < value) above--;
  const [high, low] = [values[above] ?? value, values[above + 1] ?? 0];
  return Math.abs(high - low) / 2;
}
