import { formatNumber, formatStep } from '../../report/numbers';
import { detector, type Finding } from '../detector';

/** Runs whose greatest attention logit passed this diverged. */
const FATAL = 1e4;
/** From here on growth is looked at. */
const NOTABLE = 100;
/** Values between two looks at the growth: each look spans the doubling of the series. */
const YOUNG = 16;

interface State {
  count: number;
  /** Logarithm and step at the last doubling of the count. */
  log: number;
  step: number;
  next: number;
  handle: number;
}

export const attentionLogits = detector<State>({
  id: 'attentionLogits',
  title: 'Attention logits grow',
  meaning:
    'The greatest attention logit grows exponentially and will pass 10 000 within the plan, or has. Attention collapses onto single tokens then, and runs at high learning rates diverge.',
  advice: 'Normalise queries and keys (qk-norm), or lower the learning rate; the growth is faster in larger models.',
  source: {
    authors: 'Wortsman et al.',
    year: 2023,
    title: 'Small-scale proxies for large-scale Transformer training instabilities',
    id: '2309.14322',
    where: 'section 3, growth of attention logits',
  },
  concerns: ['learningRate', 'warmupSteps'],
  listens:
    /(attn|attention|qk)[_./-]?(weights?[_./-]?)?(logits?|scores?)([_./-]?max)?|max[_./-]?(attn|attention|qk)[_./-]?logits?/i,
  start: () => ({ count: 0, log: 0, step: 0, next: YOUNG, handle: -1 }),
  point: (state, { series, step, value }, around) => {
    if (!(value > 0) || !Number.isFinite(value)) return;
    state.count++;
    if (state.count < state.next && value < FATAL) return;
    const log = Math.log(value);
    const rate = state.step > 0 ? (log - state.log) / (step - state.step) : 0;
    if (state.count >= state.next) Object.assign(state, { log, step, next: 2 * state.count });
    if (state.handle >= 0) return;
    const fatalStep = rate > 0 ? step + (Math.log(FATAL) - log) / rate : null;
    const end = around.facts.totalSteps ?? 2 * step;
    const ahead = value > NOTABLE && fatalStep !== null && fatalStep < end;
    if (value >= FATAL || ahead) state.handle = around.raise(describe({ series, step, value, fatalStep }));
  },
  restarted: (state) => {
    Object.assign(state, { step: 0, next: state.count + YOUNG });
  },
});

interface Seen {
  readonly series: string;
  readonly step: number;
  readonly value: number;
  readonly fatalStep: number | null;
}

function describe({ series, step, value, fatalStep }: Seen): Finding {
  const ahead = value < FATAL && fatalStep !== null;
  const when = ahead
    ? ` At its growth it passes ${formatNumber(FATAL)} at step ${formatStep(Math.round(fatalStep))}.`
    : '';
  return {
    severity: 'warning',
    step,
    text: `${series} is ${formatNumber(value)} at step ${formatStep(step)}.${when}`,
    numbers: { value, limit: FATAL, limitStep: ahead ? fatalStep : null },
  };
}
