import { formatLoss, formatStep } from '../../report/numbers';
import { detector, type Finding, type Reading } from '../detector';

/** Finite values in a row after which a value that is none counts as a new case. */
const APART = 200;
/** Values in a row that are no number before a series that never had one is spoken of: some writers fill gaps with NaN. */
const NEVER_FINITE = 3;

interface State {
  handle: number;
  /** First value of the present case. */
  step: number;
  /** Non-finite values of the case. */
  count: number;
  /** Finite values since the newest of them. */
  calm: number;
  lastStep: number;
  lastValue: number;
  everFinite: boolean;
}

export const nonFinite = detector<State>({
  id: 'nonFinite',
  title: 'Value that is no number',
  meaning:
    'A loss or gradient norm is NaN or infinite. Once the weights hold such a value every later step keeps it: the run is lost from there. In half precision a single infinite gradient norm is a step that the loss scaler skips.',
  advice:
    'Stop the run. Restart from a checkpoint before the step, skip the batches around it, and look at the last finite gradient norms: growth before the step means a learning rate or precision problem, none means a bad batch or a kernel fault.',
  source: {
    authors: 'Chowdhery et al.',
    year: 2022,
    title: 'PaLM: Scaling Language Modeling with Pathways',
    id: '2204.02311',
    where: 'section 5.1, training instability',
  },
  concerns: ['learningRate', 'precision', 'gradClip'],
  listens: /^(train_loss|val_loss|grad_norm)$|^(?!.*grad).*(^|[^a-z])loss($|[^a-z])/,
  start: () => ({ handle: -1, step: 0, count: 0, calm: 0, lastStep: 0, lastValue: 0, everFinite: false }),
  point: (state, reading, around) => {
    const { step, value } = reading;
    if (Number.isFinite(value)) {
      if (state.handle >= 0 && state.calm === 0) around.change(state.handle, recovered(state, reading));
      state.calm++;
      state.lastStep = step;
      state.lastValue = value;
      state.everFinite = true;
      return;
    }
    if (state.count === 0 || state.calm >= APART) Object.assign(state, { handle: -1, step, count: 0 });
    state.calm = 0;
    state.count++;
    if (!state.everFinite && state.count < NEVER_FINITE) return;
    const finding = lost(state, reading);
    if (state.handle < 0) state.handle = around.raise(finding);
    else if (state.count < 1000) around.change(state.handle, finding);
  },
});

function lost(state: State, { series, value }: Reading): Finding {
  const last = state.everFinite
    ? `the last finite value was ${formatLoss(state.lastValue)} at step ${formatStep(state.lastStep)}`
    : 'it never had a finite value';
  const times = state.count > 1 ? ` ${formatStep(state.count)} values in this stretch are none.` : '';
  return {
    severity: series !== 'grad_norm' ? 'error' : state.everFinite ? 'warning' : 'info',
    step: state.step,
    text: `${series} is ${formatLoss(value)} at step ${formatStep(state.step)}; ${last}.${times}`,
    numbers: { count: state.count, lastFinite: state.everFinite ? state.lastValue : null },
    steps: state.everFinite ? [state.lastStep, state.step].sort((a, b) => a - b) : [state.step],
  };
}

function recovered(state: State, { series, step, value }: Reading): Finding {
  return {
    severity: series === 'grad_norm' ? 'info' : 'warning',
    step: state.step,
    until: step,
    text: `${series} was no number at step ${formatStep(state.step)} (${formatStep(state.count)} values) and is ${formatLoss(value)} again at step ${formatStep(step)}.`,
    numbers: { count: state.count, after: value },
    steps: [state.step, step],
  };
}
