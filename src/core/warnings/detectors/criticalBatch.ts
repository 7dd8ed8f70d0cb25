import { formatNumber, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** Values the noise scale is averaged over: single ones say nothing. */
const MEMORY = 50;
/** The batch is this many times the noise scale. */
const ABOVE = 2;
const PATIENCE = 50;

interface State {
  count: number;
  scale: number;
  below: number;
  since: number;
  handle: number;
}

export const criticalBatch = detector<State>({
  id: 'criticalBatch',
  title: 'Batch above the critical size',
  meaning:
    'The logged gradient noise scale, averaged, lies well below the batch size: larger batches no longer save steps in proportion, and much of the data of each batch is averaged away.',
  advice:
    'Train with a smaller batch, or begin with a small one and let it grow with the noise scale, which rises as the loss falls.',
  source: {
    authors: 'McCandlish, Kaplan, Amodei et al.',
    year: 2018,
    title: 'An Empirical Model of Large-Batch Training',
    id: '1812.06162',
    where: 'section 2, simple noise scale',
  },
  concerns: ['batchSize'],
  listens: /(^|[^a-z])(grad(ient)?[_./-]?)?noise[_./-]?scale($|[^a-z])|(^|[^a-z])(gns|b[_./-]?simple)($|[^a-z])/i,
  start: () => ({ count: 0, scale: 0, below: 0, since: 0, handle: -1 }),
  point: (state, { series, step, value }, around) => {
    const { batch } = around.facts;
    if (batch === null || !Number.isFinite(value)) return;
    state.count++;
    state.scale += (value - state.scale) / Math.min(state.count, MEMORY);
    // A negative mean says that the estimate is all noise.
    const isBelow = state.count >= MEMORY && state.scale > 0 && batch > ABOVE * state.scale;
    if (isBelow && state.below === 0) state.since = step;
    state.below = isBelow ? state.below + 1 : 0;
    if (state.below < PATIENCE || state.handle >= 0) return;
    state.handle = around.raise({
      severity: 'info',
      step: state.since,
      text: `${series} is ${formatNumber(state.scale)} on average up to step ${formatStep(step)}, the batch is ${formatNumber(batch)}.`,
      numbers: { noiseScale: state.scale, batch },
      steps: [state.since, step],
    });
  },
});
