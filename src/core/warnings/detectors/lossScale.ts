import { formatNumber, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** So many halvings within so many steps are too many. */
const HALVINGS = 4;
const WITHIN = 1000;
/** The search for the first scale that works ends when none was halved for so many steps. */
const SETTLED = 100;
/** Scales from here on down no longer lift small gradients. */
const LEAST = 1;

interface State {
  previous: number;
  /** Steps of the newest halvings. */
  halvings: number[];
  settled: boolean;
  changedStep: number;
  handle: number;
}

export const lossScale = detector<State>({
  id: 'lossScale',
  title: 'Loss scale halved again and again',
  meaning:
    'The loss scale of mixed precision is halved several times in a short while: gradients overflow in 16 bits and the steps are skipped. A scale of 1 or less means that nothing is left to halve; the run often ends in NaN.',
  advice:
    'Use bfloat16 where the hardware has it. Else look for the layer that overflows, clip, or lower the learning rate; restart before the halvings began.',
  source: {
    authors: 'Micikevicius et al.',
    year: 2017,
    title: 'Mixed Precision Training',
    id: '1710.03740',
    where: 'section 3.2, loss scaling',
  },
  concerns: ['precision', 'learningRate', 'gradClip'],
  listens: /^loss_scale$/,
  start: () => ({ previous: 0, halvings: [], settled: false, changedStep: 0, handle: -1 }),
  point: (state, { step, value }, around) => {
    if (!(value > 0) || !Number.isFinite(value)) return;
    const { previous } = state;
    state.previous = value;
    if (previous === 0) state.changedStep = step;
    if (step - state.changedStep >= SETTLED || value > previous) state.settled ||= previous > 0;
    if (previous === 0 || value === previous) return;
    state.changedStep = step;
    if (value > previous || !state.settled) return;
    for (let scale = previous; scale > value * 1.5; scale /= 2) state.halvings.push(step);
    state.halvings = state.halvings.filter((at) => at > step - WITHIN).slice(-2 * HALVINGS);
    const many = state.halvings.length >= HALVINGS;
    if (state.handle >= 0 || !(many || value <= LEAST)) return;
    const first = state.halvings[0]!;
    state.handle = around.raise({
      severity: 'warning',
      step: first,
      text: `The loss scale was halved ${state.halvings.length} times between steps ${formatStep(first)} and ${formatStep(step)} and is ${formatNumber(value)} now.`,
      numbers: { halvings: state.halvings.length, scale: value },
      steps: first === step ? [step] : [first, step],
    });
  },
  restarted: (state) => {
    Object.assign(state, { previous: 0, halvings: [], settled: false, handle: -1 });
  },
});
