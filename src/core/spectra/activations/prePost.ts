import type { ActivationReport } from './activationReport';

/** What the nonlinearity of one feed-forward layer makes of its input. */
export interface PrePost {
  readonly layer: number;
  readonly step: number | null;
  /** Names of the two activations. */
  readonly pre: string;
  readonly post: string;
  /** Jensen–Shannon divergence of the two spectra in nats, 0 to ln 2; null where one of them is not known. */
  readonly divergence: number | null;
  /** Hard rank behind over hard rank before: above 1 the nonlinearity spreads variance over more directions. */
  readonly rankGain: number;
}

/**
 * Pairs of `pre` and `post` of the same layer, step and group, and what lies between them (arXiv 2603.06922). Layers of which only one
 * side is known have no pair; of several with one name the first counts.
 */
export function prePostPairs(reports: readonly ActivationReport[]): PrePost[] {
  const keyOf = ({ layer, step, group }: ActivationReport): string => `${step} ${layer} ${group ?? ''}`;
  const before = new Map<string, ActivationReport>();
  for (const report of reports) {
    if (report.where === 'pre' && report.measures !== null && !before.has(keyOf(report)))
      before.set(keyOf(report), report);
  }
  return reports.flatMap((post): PrePost[] => {
    const pre = post.where === 'post' ? before.get(keyOf(post)) : undefined;
    if (pre === undefined || post.layer === null || post.measures === null) return [];
    before.delete(keyOf(post));
    const both = pre.eigenvalues !== null && post.eigenvalues !== null;
    return [
      {
        layer: post.layer,
        step: post.step,
        pre: pre.name,
        post: post.name,
        divergence: both ? jensenShannon(pre.eigenvalues!, post.eigenvalues!) : null,
        rankGain: post.measures.hardRank.value / pre.measures!.hardRank.value,
      },
    ];
  });
}

/**
 * Jensen–Shannon divergence of two lists of eigenvalues, descending, each normalised to the sum 1 and filled up with zeros:
 * ½ KL(P‖M) + ½ KL(Q‖M) with M their mean, in nats, 0 to ln 2. NaN when a list has no positive sum.
 */
export function jensenShannon(a: Float64Array, b: Float64Array): number {
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const [ofA, ofB] = [total(a), total(b)];
  let sum = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [p, q] = [(a[i] ?? 0) / ofA, (b[i] ?? 0) / ofB];
    const mean = (p + q) / 2;
    if (p > 0) sum += (p * Math.log(p / mean)) / 2;
    if (q > 0) sum += (q * Math.log(q / mean)) / 2;
  }
  return Math.max(0, sum);
}
