import type { Citation } from '../../citation';
import type { SpectraWarning } from '../warnings';
import type { ActivationReport } from './activationReport';
import { samplingOf } from './finiteSample';
import type { PrePost } from './prePost';
import type { ActivationTrend } from './trends';

const NERVE: Citation = { authors: 'Jha, Reagen', year: 2026, title: 'NerVE', id: '2603.06922' };
const WIDTH: Citation = {
  authors: 'Jha, Reagen',
  year: 2025,
  title: 'Spectral scaling laws of feed-forward width',
  id: '2510.00537',
};

/** Own thresholds: part of the width that the hard rank uses, and spectral concentration, beyond which a layer has collapsed. */
const COLLAPSED_RANK = 0.01;
const COLLAPSED_CONCENTRATION = 0.95;
/** Gain of rank by the nonlinearity that was seen where it repairs a collapsed input (arXiv 2603.06922); the divergence is an own threshold. */
const REPAIR_GAIN = 200;
const REPAIR_DIVERGENCE = 0.3;
/** Own threshold: part of the neurons of a layer that never vary. */
const DEAD_SHARE = 0.1;

interface Rule {
  readonly id: string;
  readonly severity: SpectraWarning['severity'];
  readonly advice: string;
  readonly source: Citation | null;
  /** Evidence, or null when all is well. */
  readonly look: (report: ActivationReport) => string | null;
}

const RULES: readonly Rule[] = [
  {
    id: 'activations.collapsed',
    severity: 'warning',
    advice:
      'Compare with other layers and earlier steps; normalisation before the layer, a smaller learning rate or a narrower layer are what is tried.',
    source: WIDTH,
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
    source: WIDTH,
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
  const ofReports = latest(reports, ({ name, where, group }) => `${name} ${where} ${group}`).flatMap((report) =>
    RULES.flatMap(({ id, severity, advice, source, look }): SpectraWarning[] => {
      const evidence = look(report);
      const tensor = [report.name, report.where, report.group].filter((part) => part !== null).join(' ');
      return evidence === null ? [] : [{ id, severity, tensor, evidence, advice, source }];
    }),
  );
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
  const order = ['error', 'warning', 'info'];
  return [...ofPairs, ...ofTrends, ...ofReports].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** The last of each name; `all` is in the order of steps. */
function latest<T>(all: readonly T[], nameOf: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [nameOf(one), one])).values()];
}
