import { UNKNOWN } from '../../src/core/report/numbers';
import type { ReportView } from '../../src/protocol/panel';
import { formatInterval, formatLoss, formatPercent, formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';

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
      error === null ? UNKNOWN : signedPercent(error),
      inside80 === null ? UNKNOWN : inside80 ? words.yes : words.no,
    ]),
  };
}

/** A relative error with its sign and two decimals. */
export function signedPercent(error: number): string {
  return `${error < 0 ? '\u2212' : '+'}${(100 * Math.abs(error)).toFixed(2)}\u202f%`;
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
    const sub = `${words.off(signedPercent(said.value / outcome - 1))}\n${inside ? words.isInside : words.isOutside}`;
    return [{ share, value: formatInterval({ value: said.value, interval: said.interval80 }), sub }];
  });
}
