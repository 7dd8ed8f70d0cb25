import { formatLoss, formatStep } from '../../report/numbers';
import { detector, type Finding, type Reading, type Surroundings } from '../detector';
import { heightOf, newTail, observeTail, type Tail } from '../tail';

/** Lengths of the stretches whose mean deviation is looked at. */
const LENGTHS = [1, 2, 3, 5] as const;
const LONGEST = 5;
/**
 * A mean deviation is a spike when noise of this run would show one in so many values, and at least so many sigma. The
 * second rarity is for noise with a heavy tail, whose far end is known less well.
 */
const RARITY = 6_000;
const HEAVY_RARITY = 20_000;
const LEAST = 4;
/** One value counts at most this many sigma in a stretch of several: a single outlier is one bad batch. */
const CLIP = 6;
/**
 * Single values count only where the noise is near normal, whose mean excess is 0.42: a log of one rank or of small
 * batches shows odd batches all the time, as far out as one likes.
 */
const HEAVY_EXCESS = 0.7;
/** Values of a series before its noise is known at all, and before the far end of it is: until then it must be rarer. */
const YOUNG = 48;
const GROWN = 384;
const YOUTH = 4;
/** A spike is over when the last five values lie on average less than this many sigma above what was before it. */
const BACK = 1;
/** Values that it may take: so many, or this share of the run so far. */
const PATIENCE = 24;
const PATIENCE_SHARE = 0.02;
/** Another spike within so many values belongs to the same case. */
const APART = 200;

interface State {
  recent: { z: number; value: number; step: number }[];
  tails: Tail[];
  /** The case at hand: `pending` until the loss is back or known to stay. */
  handle: number;
  pending: boolean;
  step: number;
  before: number;
  sigma: number;
  peak: number;
  peakStep: number;
  spikes: number;
  /** Values since the newest spike began. */
  age: number;
  /** Values of the series since its start or the last restart. */
  seen: number;
}

export const lossSpike = detector<State>({
  id: 'lossSpike',
  title: 'Loss spike',
  meaning:
    'The loss jumps above its course by more than the noise of this run explains. Most spikes are over within some tens of steps and cost little; one that stays up has damaged the weights or the optimizer state. The threshold follows the tail of the noise: single bad batches of a run that logs one rank are no spikes.',
  advice:
    'When the loss comes back by itself, do nothing. When it stays up, go back about 100 steps and skip 200 to 500 batches. Frequent spikes ask for a lower peak learning rate, a longer warm-up, a lower beta2 or tighter clipping.',
  source: {
    authors: 'Chowdhery et al.',
    year: 2022,
    title: 'PaLM: Scaling Language Modeling with Pathways',
    id: '2204.02311',
    where: 'section 5.1, training instability',
  },
  concerns: ['learningRate', 'beta2', 'gradClip', 'warmupSteps'],
  listens: /^train_loss$/,
  baseline: 'linear',
  start: () => ({
    recent: [],
    tails: LENGTHS.map(newTail),
    handle: -1,
    pending: false,
    step: 0,
    before: 0,
    sigma: 0,
    peak: 0,
    peakStep: 0,
    spikes: 0,
    age: 0,
    seen: 0,
  }),
  point: (state, reading, around) => {
    const { step, value, z, sigma } = reading;
    if (!Number.isFinite(value)) return;
    state.seen++;
    state.age++;
    const slot = (state.recent.length < LONGEST ? undefined : state.recent.shift()) ?? { z, value, step };
    state.recent.push(Object.assign(slot, { z, value, step }));
    if (state.pending) follow(state, reading, around);
    else if (sigma > 0 && state.seen > YOUNG && isSpike(state)) open(state, reading, around);
  },
  restarted: (state) => {
    Object.assign(state, { recent: [], pending: false, handle: -1, seen: 0 });
  },
});

/** Tests the mean deviation of the newest values over each length, and learns how large it usually is. */
function isSpike({ recent, tails, seen }: State): boolean {
  const isHeavy = tails[0]!.excess > HEAVY_EXCESS;
  const rarity = (isHeavy ? HEAVY_RARITY : RARITY) * (seen < GROWN ? YOUTH : 1);
  let found = false;
  let sum = 0;
  let next = 0;
  for (let back = 1; back <= recent.length; back++) {
    const { z } = recent[recent.length - back]!;
    sum += Math.max(-CLIP, Math.min(CLIP, z));
    if (LENGTHS[next] !== back) continue;
    const deviation = back === 1 ? z : sum / Math.sqrt(back);
    const tail = tails[next++]!;
    const height = Math.max(LEAST, heightOf(tail, rarity));
    observeTail(tail, deviation, height);
    found ||= deviation > height && (back > 1 || !isHeavy);
  }
  return found;
}

function open(state: State, reading: Reading, around: Surroundings): void {
  const first = state.recent.find(({ z }) => z > 2) ?? { step: reading.step };
  const highest = state.recent.reduce((a, b) => (b.value > a.value ? b : a));
  const again = state.handle >= 0 && state.age < APART;
  state.pending = true;
  state.age = 0;
  state.before = reading.level;
  state.sigma = reading.sigma;
  state.spikes = again ? state.spikes + 1 : 1;
  if (!again || highest.value > state.peak) Object.assign(state, { peak: highest.value, peakStep: highest.step });
  if (!again) state.step = first.step;
  const finding = describe(state, 'warning', null, 'It has not come back yet.');
  if (again) around.change(state.handle, finding);
  else state.handle = around.raise(finding);
}

/** Waits until the loss is back, or long enough to say that it stays. */
function follow(state: State, { step, value, count }: Reading, around: Surroundings): void {
  if (value > state.peak) Object.assign(state, { peak: value, peakStep: step });
  const mean = state.recent.reduce((sum, each) => sum + each.value, 0) / state.recent.length;
  if (state.age >= LONGEST && mean < state.before + BACK * state.sigma) {
    state.pending = false;
    around.change(state.handle, describe(state, 'info', step, `It was back at step ${formatStep(step)}.`));
  } else if (state.age > Math.max(PATIENCE, PATIENCE_SHARE * count)) {
    state.pending = false;
    const text = `It has not come back: the last values are ${formatLoss(mean)} on average.`;
    around.change(state.handle, describe(state, 'warning', null, text));
  }
}

function describe(state: State, severity: 'warning' | 'info', until: number | null, end: string): Finding {
  const { step, before, sigma, peak, peakStep, spikes } = state;
  const height = (peak - before) / sigma;
  const times = spikes > 1 ? `${spikes} spikes close together; the highest: t` : 'T';
  return {
    severity,
    step,
    until,
    text: `${times}he loss rose from ${formatLoss(before)} to ${formatLoss(peak)} at step ${formatStep(peakStep)}, ${height.toFixed(1)} times its noise. ${end}`,
    numbers: { before, peak, sigma, height, spikes },
    steps: until === null ? [step, peakStep] : [step, peakStep, until],
  };
}
