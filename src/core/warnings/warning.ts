import type { SeriesName } from '../model';

/** Identifies a kind of warning: the name of its file in `detectors`. */
export type WarningId = string;

/** `error`: the run is lost or stands still. `warning`: something is wrong. `info`: worth a look. */
export type Severity = 'error' | 'warning' | 'info';

/** What a person can check. */
export interface Evidence {
  /** One or two sentences with the numbers in them. */
  readonly text: string;
  /** The numbers by name; `null` where one is not known. */
  readonly numbers: Readonly<Record<string, number | null>>;
  /** Steps the numbers come from, ascending. */
  readonly steps: readonly number[];
}

/** Something wrong with a run, or about to be. Plain data. */
export interface Warning {
  readonly id: WarningId;
  readonly severity: Severity;
  /** Step at which it began. */
  readonly step: number;
  /** Step at which it was over; `null` while it lasts. */
  readonly until: number | null;
  /** The series it was seen in; `null` when it is about the run. */
  readonly series: SeriesName | null;
  readonly evidence: Evidence;
}

/** Severities, the worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** The worst severity among `warnings`; `null` for none. */
export function worstOf(warnings: readonly Pick<Warning, 'severity'>[]): Severity | null {
  return SEVERITIES.find((severity) => warnings.some((each) => each.severity === severity)) ?? null;
}

/** Key by which one warning is muted: its kind, or its kind at one step. */
export function muteKey(id: WarningId, step?: number): string {
  return step === undefined ? id : `${id}@${step}`;
}

/** The warnings that no key of `muted` silences. */
export function unmuted<W extends Pick<Warning, 'id' | 'step'>>(
  warnings: readonly W[],
  muted: ReadonlySet<string>,
): readonly W[] {
  if (muted.size === 0) return warnings;
  return warnings.filter(({ id, step }) => !muted.has(muteKey(id)) && !muted.has(muteKey(id, step)));
}
