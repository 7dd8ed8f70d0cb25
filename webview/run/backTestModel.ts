import { UNKNOWN } from '../../src/core/report/numbers';
import type { ReportView } from '../../src/protocol/panel';
import { formatInterval, formatLoss, formatPercent, formatRelative, formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';
import { quantile } from './points';

/** What was said of the final loss after a share of the known steps. */
export interface Saying {
  readonly share: number;
  readonly value: number;
  readonly interval80: readonly [number, number];
}

/** The back-test as it is shown. */
export interface BackTestModel {
  readonly sayings: readonly Saying[];
  /** The outcome of a finished run, else what is said now; `null` when neither is known. */
  readonly reference: { readonly value: number; readonly label: string } | null;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The back-test of a report. */
export function backTestModel({ forecast, report }: Pick<ReportView, 'forecast' | 'report'>): BackTestModel {
  const words = texts.backTest;
  const isOver = forecast.refused?.code === 'finished';
  const { finalLoss } = forecast;
  return {
    sayings: report.backTest.flatMap(({ share, finalLoss: said }) =>
      said === null ? [] : [{ share, value: said.value, interval80: said.interval80 }],
    ),
    reference: finalLoss === null ? null : { value: finalLoss.value, label: isOver ? words.came : words.now },
    heads: [words.seen, words.final, words.tenth, words.measured, words.error, words.inside],
    rows: report.backTest.map(({ share, step, finalLoss: said, said: tenth, measured, error, inside80, refused }) => [
      `${formatPercent(share)}, ${texts.warnings.at(formatStep(step))}`,
      said === null ? words.refused(refused ?? '') : formatInterval({ value: said.value, interval: said.interval80 }),
      tenth === null ? UNKNOWN : formatInterval({ value: tenth.value, interval: tenth.interval80 }),
      formatLoss(measured),
      error === null ? UNKNOWN : formatRelative(error),
      inside80 === null ? UNKNOWN : inside80 ? words.yes : words.no,
    ]),
  };
}

/** How far the values and intervals of the plot reach: the axis of the plot, and whether anything lies beyond it. */
export interface SayingsRange {
  readonly low: number;
  readonly high: number;
}

/** Deviations from the reference beyond this many typical ones are not worth an axis. */
const FAR = 4;
/** An axis is cut only where that leaves less than this share of it. */
const WORTH = 0.6;

/**
 * The values that the plot shows: all of them, unless a few early ones are so far off that the others would be one line. `null`
 * when nothing was said.
 */
export function sayingsRange({
  sayings,
  reference,
}: Pick<BackTestModel, 'sayings' | 'reference'>): SayingsRange | null {
  const bounds = [...sayings.flatMap(({ interval80 }) => interval80), ...(reference === null ? [] : [reference.value])];
  if (bounds.length === 0) return null;
  const [low, high] = [Math.min(...bounds), Math.max(...bounds)];
  const middle =
    reference?.value ??
    quantile(
      sayings.map(({ value }) => value),
      0.5,
    );
  const typical = quantile(
    sayings.map(({ value, interval80 }) => Math.max(Math.abs(value - middle), (interval80[1] - interval80[0]) / 2)),
    0.5,
  );
  const cut = { low: Math.max(low, middle - FAR * typical), high: Math.min(high, middle + FAR * typical) };
  return typical > 0 && cut.high - cut.low < WORTH * (high - low) ? cut : { low, high };
}

/** Shares at which a finished run is asked what it had said. */
const ASKED = [0.1, 0.3, 0.5];

/** What a finished run had said after 10, 30 and 50 % of its steps against `outcome`; empty while one of them is not known. */
export function sayingsOfFinished(
  view: ReportView | null,
  outcome: number | null,
): { share: number; value: string; sub: string }[] {
  if (view === null || outcome === null) return [];
  const words = texts.backTest;
  return ASKED.flatMap((share) => {
    const found = view.report.backTest.find((each) => Math.abs(each.share - share) < 1e-9);
    if (found === undefined) return [];
    const said = found.finalLoss;
    if (said === null) return [{ share, value: UNKNOWN, sub: words.refused(found.refused ?? '') }];
    const inside = outcome >= said.interval80[0] && outcome <= said.interval80[1];
    const sub = `${words.off(formatRelative(said.value / outcome - 1))}\n${inside ? words.isInside : words.isOutside}`;
    return [{ share, value: formatInterval({ value: said.value, interval: said.interval80 }), sub }];
  });
}
