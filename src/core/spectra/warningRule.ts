import type { Citation } from '../citation';

/** Something that spectra show to be wrong, or worth a look. */
export interface SpectraWarning {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly tensor: string;
  /** What a person can check. */
  readonly evidence: string;
  /** What people do about it. */
  readonly advice: string;
  readonly source: Citation | null;
}

/** What one sign looks for in what was measured. */
export interface WarningRule<Measured> {
  readonly id: string;
  readonly severity: SpectraWarning['severity'];
  readonly advice: string;
  readonly source: Citation | null;
  /** Evidence, or null when all is well. */
  readonly look: (measured: Measured) => string | null;
}

export const FEED_FORWARD_WIDTH: Citation = {
  authors: 'Jha, Reagen',
  year: 2025,
  title: 'Spectral scaling laws of feed-forward width',
  id: '2510.00537',
};

/** Own thresholds: part of the width that the hard rank uses, and spectral concentration, beyond which a layer has collapsed. */
export const COLLAPSED_RANK = 0.01;
export const COLLAPSED_CONCENTRATION = 0.95;

/** What `rules` find in what was measured of `tensor`. */
export function warningsBy<M>(rules: readonly WarningRule<M>[], tensor: string, measured: M): SpectraWarning[] {
  return rules.flatMap(({ look, ...rule }) => {
    const evidence = look(measured);
    return evidence === null ? [] : [{ ...rule, tensor, evidence }];
  });
}

/** The warnings, errors first; else in their order. */
export function worstFirst(warnings: readonly SpectraWarning[]): SpectraWarning[] {
  const order = ['error', 'warning', 'info'];
  return [...warnings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}
