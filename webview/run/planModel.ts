import type { PlanFacts, ScheduleFamily } from '../../src/core/model';
import { parseCount, parseRate } from '../../src/core/report/parse';
import type { PlanPartView, RunView } from '../../src/protocol/run';
import { formatLr, formatPercent, formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';

export type PlanKey = PlanPartView['key'];

/** One row of the plan table. */
export interface PlanRow {
  readonly key: PlanKey;
  readonly name: string;
  readonly value: string;
  readonly known: boolean;
  readonly source: { readonly key: string; readonly label: string; readonly title: string } | null;
  /** Said only where it is not certain. */
  readonly confidence: string;
  readonly where: string;
  /** Text that an editor of this part starts with. */
  readonly draft: string;
}

const KIND: Readonly<Record<PlanKey, 'count' | 'rate' | 'family'>> = {
  totalSteps: 'count',
  warmupSteps: 'count',
  family: 'family',
  peakLr: 'rate',
  finalLr: 'rate',
  decayStart: 'count',
  decaySteps: 'count',
};

export function planKind(key: PlanKey): 'count' | 'rate' | 'family' {
  return KIND[key];
}

export function planRows(run: RunView): PlanRow[] {
  return run.plan.map(({ key, value, source, confidence, where }) => ({
    key,
    name: texts.planParts[key],
    value: value === null ? texts.plan.unknown : planValue(key, value),
    known: value !== null,
    source: source === null ? null : { key: source, ...texts.sources[source] },
    confidence: source !== null && confidence < 0.995 ? texts.plan.confidence(formatPercent(confidence)) : '',
    where,
    draft: value === null ? '' : String(value),
  }));
}

function planValue(key: PlanKey, value: string | number): string {
  if (key === 'family') return texts.families[value as ScheduleFamily] ?? String(value);
  if (typeof value === 'string') return value;
  return KIND[key] === 'rate' ? formatLr(value) : formatStep(value);
}

/** One line about the plan, for its heading. */
export function planMeta(run: RunView): string {
  const yours = run.plan.filter(({ source }) => source === 'user').length;
  const unknown = run.plan.filter(({ value }) => value === null).length;
  if (yours > 0) return texts.plan.yours(yours);
  return unknown === 0 ? texts.plan.complete : texts.plan.missing(unknown);
}

/** What the user has set so far. */
export function userFacts(run: RunView): PlanFacts {
  const own = run.plan.filter(({ source, value }) => source === 'user' && value !== null);
  return Object.fromEntries(own.map(({ key, value }) => [key, value]));
}

/** The facts without one part; `null` when nothing is left. */
export function withoutFact(facts: PlanFacts, key: PlanKey): PlanFacts | null {
  const rest = Object.entries(facts).filter(([name]) => name !== key);
  return rest.length === 0 ? null : Object.fromEntries(rest);
}

/** Reads what the user typed for one part: a value, or what is wrong with it. */
export function readPart(key: PlanKey, text: string, run: RunView): { value: string | number } | { error: string } {
  if (KIND[key] === 'family') return { value: text };
  if (KIND[key] === 'rate') {
    const rate = parseRate(text);
    if (key === 'peakLr' && !(rate !== null && rate > 0)) return { error: texts.form.needPositiveRate };
    return rate === null ? { error: texts.form.needRate } : { value: rate };
  }
  const mayBeZero = key !== 'totalSteps' && text.trim() === '0';
  const count = mayBeZero ? 0 : parseCount(text);
  if (count === null) return { error: texts.form.needCount };
  const { step } = run.summary;
  if (key === 'totalSteps' && step !== null && count < step) {
    return { error: texts.form.needMore(`${texts.units[run.summary.stepUnit]} ${formatStep(step)}`) };
  }
  return { value: count };
}

/** Schedules that the form offers, the commonest first. */
export const FORM_FAMILIES: readonly ScheduleFamily[] = [
  'cosine',
  'wsd-linear',
  'wsd-sqrt',
  'wsd-cosine',
  'wsd-exponential',
  'linear',
  'constant',
  'inverse-sqrt',
];

/** Length of the decay of a WSD schedule when the user names none. */
const DEFAULT_DECAY_SHARE = 0.2;

/** A field of the form that asks for what is missing. */
export interface FormField {
  readonly key: PlanKey;
  readonly required: boolean;
  readonly hint: string;
}

/** The fields to ask for, given the chosen schedule: nothing that is already known. */
export function formFields(run: RunView, family: ScheduleFamily): FormField[] {
  const known = (key: PlanKey): boolean => run.plan.some((part) => part.key === key && part.value !== null);
  const fields: FormField[] = [];
  if (run.missing.includes('totalSteps')) {
    fields.push({ key: 'totalSteps', required: true, hint: texts.form.totalStepsHint });
  }
  if (!run.missing.includes('learningRate')) return fields;
  const both = known('family') && known('peakLr');
  if (!known('family') || both) fields.push({ key: 'family', required: true, hint: '' });
  if (!known('peakLr') || both) fields.push({ key: 'peakLr', required: true, hint: texts.form.peakHint });
  if (family !== 'constant' && family !== 'inverse-sqrt' && !known('finalLr')) {
    fields.push({ key: 'finalLr', required: false, hint: texts.form.finalHint });
  }
  if (family.startsWith('wsd') && !known('decaySteps')) {
    fields.push({ key: 'decaySteps', required: false, hint: texts.form.decayHint(formatPercent(DEFAULT_DECAY_SHARE)) });
  }
  if (!known('warmupSteps')) fields.push({ key: 'warmupSteps', required: false, hint: texts.form.warmupHint });
  return fields;
}

/** Reads the whole form. Optional fields that are empty take the default that their hint names. */
export function readForm(
  run: RunView,
  fields: readonly FormField[],
  typed: Readonly<Partial<Record<PlanKey, string>>>,
): { facts: PlanFacts } | { errors: Partial<Record<PlanKey, string>> } {
  const facts: Record<string, string | number> = { ...userFacts(run) };
  const errors: Partial<Record<PlanKey, string>> = {};
  for (const { key, required } of fields) {
    const text = typed[key]?.trim() ?? '';
    if (text === '' && !required) continue;
    const read = readPart(key, text, run);
    if ('error' in read) errors[key] = read.error;
    else facts[key] = read.value;
  }
  const total = Number(facts.totalSteps ?? run.summary.totalSteps ?? Number.NaN);
  for (const key of ['warmupSteps', 'decaySteps'] as const) {
    if (Number(facts[key]) > total) errors[key] = texts.form.tooLong;
  }
  if (Object.keys(errors).length > 0) return { errors };
  const asked = new Set(fields.map(({ key }) => key));
  if (asked.has('finalLr')) facts.finalLr ??= 0;
  if (asked.has('warmupSteps')) facts.warmupSteps ??= 0;
  if (asked.has('decaySteps') && total > 0) facts.decaySteps ??= Math.round(DEFAULT_DECAY_SHARE * total);
  return { facts };
}
