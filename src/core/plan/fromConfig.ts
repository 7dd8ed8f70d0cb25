import type { ConfigValue, PlanSource, ScheduleFamily, Sourced, StepUnit } from '../model';
import { Budget, type Steps } from './budget';
import { ConfigReader, numbersOf, quantityOf } from './configReader';
import { familyOfDecayName, familyOfName } from './familyNames';
import type { PlanPart, ScheduleTable } from './plan';

/** Where configuration entries come from. */
export interface ConfigOrigin {
  /** `config` unless given. */
  readonly source?: PlanSource;
  /** For people: where an entry stands (`in config.yaml, line 3`). */
  readonly placeOf?: (key: string) => string;
  /** How sure it is that the entries are those of the run; 1 unless given. */
  readonly confidence?: number;
  /** What the steps of the log count; epochs are a plan only for logs that count epochs. */
  readonly unit?: StepUnit;
}

/** Drop of a step schedule that states none. Source: torch `MultiStepLR`, default `gamma`. */
const DEFAULT_GAMMA = 0.1;

/**
 * What logged hyperparameters tell of the plan. Keys are matched by their last part, whatever `/`, `.` or `--` comes before
 * it; numbers may be text. Ratios, samples and tokens become steps when total steps or batch size are known. Unusable values
 * (`-1`, `None`, `auto`) count as absent. Empty input gives no facts.
 */
export function planFromConfig(entries: ReadonlyMap<string, ConfigValue>, origin: ConfigOrigin = {}): PlanPart {
  const reader = new ConfigReader(entries);
  const budget = new Budget(reader, origin.unit === 'epoch');
  const source = origin.source ?? 'config';
  const sureness = origin.confidence ?? 1;
  const cite: Cite = (value, key, confidence = 1) => {
    const place = origin.placeOf?.(key) ?? 'in the configuration';
    return { value, source, confidence: Math.min(confidence, sureness), where: `${key} ${place}` };
  };
  const total = budget.total();
  const horizon = budget.horizon();
  const warmup = budget.warmup(horizon ?? total);
  const family = readFamily(reader, cite);
  const peak = readPeak(reader, family, cite);
  const decay = readDecay({ reader, budget, total, horizon, warmup, family: family?.value });
  const table = peak === undefined ? undefined : readMilestones(reader, peak.value);
  const final = readFinal(reader, peak?.value, family, cite);
  const power = family?.value === 'polynomial' ? reader.number('power')?.value : undefined;
  return {
    ...(total === undefined ? {} : { totalSteps: cite(total.value, total.key, total.confidence) }),
    ...(warmup === undefined ? {} : { warmupSteps: cite(warmup.value, warmup.key, warmup.confidence) }),
    ...(family === undefined ? {} : { family }),
    ...(peak === undefined ? {} : { peakLr: peak }),
    ...(final === undefined ? {} : { finalLr: final }),
    ...(decay.start === undefined
      ? {}
      : { decayStart: cite(decay.start.value, decay.start.key, decay.start.confidence) }),
    ...(decay.steps === undefined
      ? {}
      : { decaySteps: cite(decay.steps.value, decay.steps.key, decay.steps.confidence) }),
    ...(power === undefined ? {} : { power }),
    ...(table === undefined || family?.value !== 'step' ? {} : { table }),
  };
}

type Cite = <T>(value: T, key: string, confidence?: number) => Sourced<T>;

function readFamily(reader: ConfigReader, cite: Cite): Sourced<ScheduleFamily> | undefined {
  const named = reader.find('family', (value) => typeof value === 'string' && familyOfName(value) !== undefined);
  const decayNamed = reader.find(
    'decayFamily',
    (value) => typeof value === 'string' && familyOfDecayName(value) !== undefined,
  );
  const decayFamily = decayNamed === undefined ? undefined : familyOfDecayName(String(decayNamed.value));
  if (named !== undefined) {
    const family = familyOfName(String(named.value))!;
    if (!family.startsWith('wsd-')) return cite(family, named.key);
    if (decayFamily !== undefined) return cite(decayFamily, `${named.key} and ${decayNamed!.key}`);
    // Megatron's WSD is exponential unless it says otherwise.
    return /decay[_-]style/.test(named.key) ? cite('wsd-exponential', named.key, 0.9) : cite(family, named.key);
  }
  const isDecaying = reader.find(
    'isDecaying',
    (value) => typeof value === 'boolean' || /^(true|false)$/i.test(String(value)),
  );
  if (isDecaying !== undefined && /^false$/i.test(String(isDecaying.value))) return cite('constant', isDecaying.key);
  const ratio = reader.number('decayRatio') ?? reader.number('decaySteps');
  if (ratio !== undefined) return cite(decayFamily ?? 'wsd-linear', ratio.key, 0.8);
  if (decayFamily !== undefined && decayNamed !== undefined) {
    return cite(
      decayFamily === 'wsd-linear' ? 'linear' : decayFamily === 'wsd-cosine' ? 'cosine' : decayFamily,
      decayNamed.key,
      0.7,
    );
  }
  // nanoGPT and its descendants have one schedule and no name for it.
  if (isDecaying !== undefined) return cite('cosine', isDecaying.key, 0.9);
  const horizon = reader.number('horizonSteps') ?? reader.number('finalLr') ?? reader.number('finalRatio');
  if (horizon !== undefined) return cite('cosine', horizon.key, 0.6);
  const milestones = reader.find('milestones', (value) => numbersOf(value).length > 0);
  return milestones === undefined ? undefined : cite('step', milestones.key, 0.8);
}

function readPeak(
  reader: ConfigReader,
  family: Sourced<ScheduleFamily> | undefined,
  cite: Cite,
): Sourced<number> | undefined {
  const peak = reader.number('peakLr');
  if (peak !== undefined) return cite(peak.value, peak.key);
  if (family === undefined) return undefined;
  return { ...cite(1, '', 0.3), where: 'relative to the peak: no single learning rate is configured' };
}

function readFinal(
  reader: ConfigReader,
  peak: number | undefined,
  family: Sourced<ScheduleFamily> | undefined,
  cite: Cite,
): Sourced<number> | undefined {
  if (peak === undefined || family?.value === 'constant') return undefined;
  const isFraction = (value: ConfigValue): boolean => {
    const share = quantityOf(value)?.value;
    return share !== undefined && share >= 0 && share <= 1;
  };
  const ratio = reader.find('finalRatio', isFraction);
  if (ratio !== undefined) return cite(quantityOf(ratio.value)!.value * peak, `${ratio.key} × peak`);
  const final = reader.find('finalLr', (value) => {
    const lr = quantityOf(value)?.value;
    return lr !== undefined && lr >= 0 && lr <= peak;
  });
  if (final !== undefined) return cite(quantityOf(final.value)!.value, final.key);
  if (family === undefined || !/lr_scheduler_type/.test(family.where)) return undefined;
  const isToZero = family.value === 'linear' || family.value === 'cosine';
  return isToZero ? { ...cite(0, '', 0.9), where: 'default of transformers for this schedule' } : undefined;
}

interface DecayInput {
  readonly reader: ConfigReader;
  readonly budget: Budget;
  readonly total: Steps | undefined;
  readonly horizon: Steps | undefined;
  readonly warmup: Steps | undefined;
  readonly family: ScheduleFamily | undefined;
}

function readDecay(input: DecayInput): { start?: Steps; steps?: Steps } {
  const { reader, budget, total, horizon, warmup, family } = input;
  const end = horizon ?? total;
  const stated = reader.number('decayStart');
  const start: Steps | undefined = stated === undefined ? undefined : { ...stated, confidence: 1 };
  if (family?.startsWith('wsd-')) {
    const stable = reader.number('stableSteps');
    const isOpen = stable !== undefined && end !== undefined;
    const steps =
      budget.decay(end) ??
      (isOpen ? derived(end.value - (warmup?.value ?? 0) - stable.value, `${end.key} - ${stable.key}`) : undefined);
    if (steps === undefined) return start === undefined ? {} : { start };
    if (start !== undefined || end === undefined) return start === undefined ? { steps } : { start, steps };
    return { start: derived(end.value - steps.value, `${end.key} - ${steps.key}`), steps };
  }
  if (family === undefined || family === 'constant' || family === 'step') return {};
  if (horizon === undefined) return start === undefined ? {} : { start };
  const from = start?.value ?? warmup?.value ?? 0;
  return { start: derived(from, 'end of the warm-up'), steps: derived(horizon.value - from, horizon.key) };
}

function derived(value: number, key: string): Steps {
  return { value: Math.max(0, Math.round(value)), key, confidence: 0.95 };
}

function readMilestones(reader: ConfigReader, peak: number): ScheduleTable | undefined {
  const hit = reader.find('milestones', (value) => numbersOf(value).length > 0);
  if (hit === undefined) return undefined;
  const gamma = reader.number('gamma')?.value ?? DEFAULT_GAMMA;
  const steps = [...new Set(numbersOf(hit.value).filter((step) => step > 0))].sort((a, b) => a - b);
  return { steps, lrs: steps.map((_, i) => peak * gamma ** (i + 1)) };
}
