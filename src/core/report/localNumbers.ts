import * as intervals from './interval';
import * as numbers from './numbers';

type Formats = Pick<
  typeof numbers,
  | 'formatLoss'
  | 'formatChange'
  | 'formatStep'
  | 'formatCompact'
  | 'formatBytes'
  | 'formatLr'
  | 'formatPercent'
  | 'formatNumber'
  | 'formatRelative'
  | 'formatFixed'
> &
  Pick<typeof intervals, 'formatInterval' | 'formatRange' | 'intervalParts'>;

/**
 * The number formats with the decimal mark of a language (BCP 47). Digits are grouped by thin spaces in every language (ISO
 * 80000-1), so that no mark can be mistaken for the other. An unknown language is English.
 */
export function localNumbers(language: string): Formats {
  const mark = decimalMark(language);
  const local =
    <A extends unknown[]>(format: (...args: A) => string) =>
    (...args: A): string =>
      marked(format(...args), mark);
  return {
    formatLoss: local(numbers.formatLoss),
    formatChange: local(numbers.formatChange),
    formatStep: local(numbers.formatStep),
    formatCompact: local(numbers.formatCompact),
    formatBytes: local(numbers.formatBytes),
    formatLr: local(numbers.formatLr),
    formatPercent: local(numbers.formatPercent),
    formatNumber: local(numbers.formatNumber),
    formatRelative: local(numbers.formatRelative),
    formatFixed: local(numbers.formatFixed),
    formatInterval: local(intervals.formatInterval),
    formatRange: local(intervals.formatRange),
    intervalParts: (bounded) => {
      const { value, spread } = intervals.intervalParts(bounded);
      return { value: marked(value, mark), spread: marked(spread, mark) };
    },
  };
}

function marked(text: string, mark: string): string {
  return mark === '.' ? text : text.replaceAll('.', mark);
}

function decimalMark(language: string): string {
  try {
    const parts = new Intl.NumberFormat(language).formatToParts(1.5);
    return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
  } catch {
    return '.';
  }
}
