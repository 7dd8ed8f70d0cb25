import type { Citation } from '../../citation';
import {
  COLLAPSED_CONCENTRATION,
  COLLAPSED_RANK,
  FEED_FORWARD_WIDTH,
  type SpectraWarning,
  type WarningRule,
  warningsBy,
  worstFirst,
} from '../warningRule';
import type { ActivationReport } from './activationReport';
import { samplingOf } from './finiteSample';
import type { PrePost } from './prePost';
import type { ActivationTrend } from './trends';

const NERVE: Citation = { authors: 'Jha, Reagen', year: 2026, title: 'NerVE', id: '2603.06922' };

/** Gain of rank by the nonlinearity that was seen where it repairs a collapsed input (arXiv 2603.06922); the divergence is an own threshold. */
const REPAIR_GAIN = 200;
const REPAIR_DIVERGENCE = 0.3;
/** Own threshold: part of the neurons of a layer that never vary. */
const DEAD_SHARE = 0.1;

const RULES: readonly WarningRule<ActivationReport>[] = [
  {
    id: 'activations.collapsed',
    severity: 'warning',
    advice:
      'Compare with other layers and earlier steps; normalisation before the layer, a smaller learning rate or a narrower layer are what is tried.',
    source: FEED_FORWARD_WIDTH,
    look: ({ measures, columns }) => {
      if (measures === null || columns === null || columns < 128) return null;
      const used = measures.hardRank.value / columns;
      const { concentration } = measures;
      if (used >= COLLAPSED_RANK && !(concentration !== null && concentration > COLLAPSED_CONCENTRATION)) return null;
      const top = concentration === null ? '' : `, spectral concentration ${concentration.toFixed(3)}`;
      return `hard rank is ${(100 * used).toFixed(2)} % of the width${top}`;
    },
  },
  {
    id: 'activations.dead',
    severity: 'warning',
    advice: 'Another activation function, a smaller learning rate or a smaller bias at the start keep neurons alive.',
    source: null,
    look: ({ dead, columns, where }) => {
      if (dead === null || columns === null || where === 'pre' || dead < DEAD_SHARE * columns) return null;
      return `${dead} of ${columns} neurons never vary`;
    },
  },
  {
    id: 'activations.undersampled',
    severity: 'info',
    advice: 'Log more tokens at a time, or let several steps or ranks be merged.',
    source: FEED_FORWARD_WIDTH,
    look: ({ count, columns, eigenvalues }) => {
      if (eigenvalues === null || samplingOf(count, columns) !== 'severe') return null;
      return `${count} vectors for ${columns} dimensions: ranks rest on the correction for it`;
    },
  },
];

/** What activations warn of: each by itself the latest of its name, layers whose nonlinearity repairs its input, ranks that fall. */
export function activationWarnings(
  reports: readonly ActivationReport[],
  pairs: readonly PrePost[],
  trends: readonly ActivationTrend[],
): SpectraWarning[] {
  const ofReports = latest(reports, ({ name, where, group }) => `${name} ${where} ${group}`).flatMap((report) => {
    const tensor = [report.name, report.where, report.group].filter((part) => part !== null).join(' ');
    return warningsBy(RULES, tensor, report);
  });
  const ofPairs = latest(pairs, ({ post }) => post).flatMap(({ post, rankGain, divergence }): SpectraWarning[] => {
    if (rankGain < REPAIR_GAIN || !(divergence !== null && divergence > REPAIR_DIVERGENCE)) return [];
    const evidence = `the nonlinearity multiplies the hard rank by ${rankGain.toFixed(0)}: its input has collapsed`;
    const advice = 'Look at what the layer before it does: a nonlinearity that repairs is no healthy sign.';
    return [{ id: 'activations.repaired', severity: 'warning', tensor: post, evidence, advice, source: NERVE }];
  });
  const ofTrends = trends.flatMap(({ name, trend }): SpectraWarning[] => {
    if (!trend.collapsing) return [];
    const evidence = `soft rank fell by ${(100 * trend.steepestFall).toFixed(0)} % from step ${trend.from} to ${trend.to}`;
    const advice =
      'Look at the loss and the learning rate there; a rank that falls while the loss falls is worth a look too.';
    return [{ id: 'activations.falling', severity: 'warning', tensor: name, evidence, advice, source: null }];
  });
  return worstFirst([...ofPairs, ...ofTrends, ...ofReports]);
}

/** The last of each name; `all` is in the order of steps. */
function latest<T>(all: readonly T[], nameOf: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [nameOf(one), one])).values()];
}
