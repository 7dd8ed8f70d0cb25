import { parseCount, parseRate } from '../../src/core/report/parse';
import type { SimpleSchedule, WhatIfReply } from '../../src/protocol/panel';
import {
  formatChange,
  formatInterval,
  formatLoss,
  formatLr,
  formatPercent,
  formatRange,
  formatStep,
} from '../shared/numbers';
import { texts } from '../shared/texts';

/** The fields of the form, as typed. */
export type WhatIfDraft = Record<'totalSteps' | 'rate' | 'decayStart' | 'lowest' | 'shape', string>;

/** The fields that are numbers: they have sliders. The length of the decay says the same as its start. */
export type SliderKey = Exclude<keyof WhatIfDraft, 'shape'> | 'decayLength';

/** What a schedule looks like in the form. */
export function draftOf({
  totalSteps,
  rate,
  decayStart,
  shape,
  lowest,
}: SimpleSchedule): WhatIfDraft & Record<'decayLength', string> {
  return {
    totalSteps: String(Math.round(totalSteps)),
    rate: formatLr(rate, 4),
    decayStart: String(Math.round(decayStart)),
    decayLength: String(Math.round(totalSteps - decayStart)),
    lowest: formatLr(lowest, 4),
    shape,
  };
}

/** Reads the form: a schedule, or what is wrong with a field. `step` is where the run stands. */
export function readDraft(
  draft: WhatIfDraft,
  step: number,
): { schedule: SimpleSchedule } | { field: keyof WhatIfDraft; error: string } {
  const totalSteps = parseCount(draft.totalSteps);
  if (totalSteps === null) return { field: 'totalSteps', error: texts.form.needCount };
  if (totalSteps <= step) return { field: 'totalSteps', error: texts.form.needMore(formatStep(step)) };
  const rate = parseRate(draft.rate);
  if (rate === null || !(rate > 0)) return { field: 'rate', error: texts.form.needPositiveRate };
  const decayStart = draft.decayStart.trim() === '0' ? 0 : parseCount(draft.decayStart);
  if (decayStart === null) return { field: 'decayStart', error: texts.form.needCount };
  const lowest = parseRate(draft.lowest);
  if (lowest === null) return { field: 'lowest', error: texts.form.needRate };
  const shape = draft.shape as SimpleSchedule['shape'];
  return { schedule: { totalSteps, rate, decayStart: clamp(decayStart, step, totalSteps), lowest, shape } };
}

/** Where a run stands, and what is planned for it. */
interface Now {
  readonly step: number;
  readonly plan: SimpleSchedule;
}

/** Places of a slider of rates; a run may be planned this many times as long, and have a rate this many times as high or low. */
const PLACES = 400;
const LONGER = 3;
const RATES = 10;

/** A slider with a place for each step, or `PLACES` for rates: the peak by factors, the lowest evenly from 0 to the peak. */
export function sliderOf(
  key: SliderKey,
  { step, plan }: Now,
  schedule: SimpleSchedule,
): { readonly min: number; readonly max: number; readonly value: number } {
  const { totalSteps, rate, decayStart, lowest } = schedule;
  const now = Math.floor(step);
  switch (key) {
    case 'rate':
      return { min: 0, max: PLACES, value: PLACES * (0.5 + Math.log(rate / plan.rate) / (2 * Math.log(RATES))) };
    case 'totalSteps':
      return { min: now + 1, max: Math.round(LONGER * Math.max(plan.totalSteps, now)), value: totalSteps };
    case 'decayStart':
      return { min: now, max: Math.round(totalSteps), value: decayStart };
    case 'decayLength':
      return { min: 0, max: Math.round(totalSteps) - now, value: totalSteps - decayStart };
    case 'lowest':
      return { min: 0, max: PLACES, value: (PLACES * lowest) / rate };
  }
}

/** What a place of a slider is in its field. */
export function fromSlider(key: SliderKey, place: number, { plan }: Now, { rate }: SimpleSchedule): string {
  if (key === 'rate') return formatLr(plan.rate * RATES ** (2 * (place / PLACES) - 1));
  return key === 'lowest' ? formatLr((place / PLACES) * rate) : String(place);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The answer in words. */
export interface WhatIfWords {
  readonly final: string;
  readonly difference: string;
  /** The difference alone. */
  readonly change: string;
  readonly caution: string;
  readonly stop: string;
}

export function wordsOf({ finalLoss, finalStep, difference, caution, stop }: WhatIfReply): WhatIfWords {
  const final = formatInterval({ value: finalLoss.value, interval: finalLoss.interval80 });
  return {
    final: texts.whatIf.final(final, formatStep(finalStep)),
    difference: isNothing(difference) ? texts.whatIf.same : texts.whatIf.difference(...gainWords(difference)),
    change: isNothing(difference) ? '' : texts.whatIf.change(formatChange(difference.value)),
    caution: caution ?? '',
    stop:
      stop === null
        ? ''
        : [
            texts.whatIf.stop(formatLoss(-stop.rest.value, 3), formatStep(stop.stepsSaved)),
            ...(stop.cooled === null
              ? []
              : [texts.whatIf.cooled(formatStep(stop.cooled.steps), formatLoss(stop.cooled.finalLoss.value))]),
          ].join(' '),
  };
}

function isNothing({ value, interval80 }: WhatIfReply['difference']): boolean {
  return Math.abs(value) < 1e-9 && interval80[1] - interval80[0] < 1e-9;
}

function gainWords({ value, interval80, chanceBetter }: WhatIfReply['difference']): [string, string, string] {
  const range = formatRange(interval80).replace(' – ', ' … ');
  return [formatChange(value), range, formatPercent(chanceBetter)];
}
