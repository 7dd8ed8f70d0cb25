import type { Citation } from '../citation';
import type { AttentionReport } from './analyseAttention';
import type { TensorReport } from './analyseTensors';
import { DIVERGING_LOGIT } from './laws/logitGrowth';
import {
  COLLAPSED_CONCENTRATION,
  COLLAPSED_RANK,
  FEED_FORWARD_WIDTH,
  type SpectraWarning,
  type WarningRule,
  warningsBy,
  worstFirst,
} from './warningRule';

const SUPER_WEIGHT: Citation = {
  authors: 'Yu, Wang, Shan, Wan',
  year: 2024,
  title: 'The Super Weight in Large Language Models',
  id: '2411.07191',
};

/** Kinds whose rows differ in scale by their nature: tokens are rare or frequent. */
const BY_TOKEN = new Set(['embedding', 'position', 'head']);

const RULES: readonly WarningRule<TensorReport>[] = [
  {
    id: 'spectra.nonFinite',
    severity: 'error',
    advice:
      'Go back to the last checkpoint without them; look at the loss scale, the learning rate and the data of the steps between.',
    source: null,
    look: ({ nonFinite }) => (nonFinite > 0 ? `${nonFinite} entries are NaN or infinite` : null),
  },
  {
    id: 'spectra.zero',
    severity: 'warning',
    advice:
      'Check that the layer is initialised and takes part in the loss; factors that start at zero are meant to be so.',
    source: null,
    look: ({ refused, rank }) => (refused === 'all entries are zero' && rank === null ? refused : null),
  },
  {
    id: 'spectra.collapsed',
    severity: 'warning',
    advice:
      'Compare with earlier checkpoints: if the rank fell, look at the learning rate and weight decay of this layer and at the gradient that reaches it; a narrower layer would do the same work.',
    source: FEED_FORWARD_WIDTH,
    look: ({ shape, kind, rank, measures }) => {
      if (measures === null || BY_TOKEN.has(kind) || rank !== null || Math.min(...shape) < 128) return null;
      const { hardRank, hardRankWithoutLargest, concentration } = measures;
      const used = (hardRankWithoutLargest ?? hardRank).value / Math.min(...shape);
      if (used >= COLLAPSED_RANK && concentration.value <= COLLAPSED_CONCENTRATION) return null;
      return `hard rank is ${(100 * used).toFixed(2)} % of the width, spectral concentration ${concentration.value.toFixed(3)}`;
    },
  },
  {
    id: 'spectra.untouched',
    severity: 'info',
    advice:
      'Check that the optimizer has this layer in one of its groups, that it is not frozen by mistake, and that its learning rate is not 0.',
    source: null,
    look: ({ measures }) => {
      if (!measures?.untouched) return null;
      const { hardRank, random } = measures;
      return `hard rank ${hardRank.value.toFixed(1)} is that of a random matrix (${random.hardRank.toFixed(1)}), and so is σ₁`;
    },
  },
  {
    id: 'spectra.superWeight',
    severity: 'info',
    advice: 'Leave this entry out of pruning, clipping and low-bit quantisation; it is no fault of the training.',
    source: SUPER_WEIGHT,
    look: ({ kind, measures }) => {
      const entry = measures?.largestEntry;
      if (!entry?.candidate || kind !== 'down') return null;
      return `entry [${entry.row}, ${entry.column}] is ${entry.ratio.toFixed(0)} times the root mean square: do not prune or quantise it`;
    },
  },
];

const PROXIES: Citation = {
  authors: 'Wortsman et al.',
  year: 2023,
  title: 'Small-scale proxies for large-scale Transformer training instabilities',
  id: '2309.14322',
};

/** What the reports of a checkpoint warn of, errors first. */
export function warningsOf(
  reports: readonly TensorReport[],
  attention: readonly AttentionReport[] = [],
): SpectraWarning[] {
  return worstFirst([
    ...reports.flatMap((report) => warningsBy(RULES, report.name, report)),
    ...attention.flatMap(logitWarning),
  ]);
}

function logitWarning({ query, bounds }: AttentionReport): SpectraWarning[] {
  const worst = bounds.reduce((a, b) => (b.plain > a.plain ? b : a));
  if (worst.plain < DIVERGING_LOGIT) return [];
  const evidence = `the weights of head ${worst.head} allow attention logits up to ${worst.plain.toExponential(1)}`;
  const advice =
    'Watch the largest attention logit of the run; normalised queries and keys, or a lower learning rate, bound it.';
  return [{ id: 'spectra.attentionLogit', severity: 'info', tensor: query, evidence, advice, source: PROXIES }];
}
