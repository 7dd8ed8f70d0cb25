import { detectFormat } from '../formats/detect';
import type { FormatId, LogFormat, LogSample } from '../formats/format';
import { FORMATS, formatById } from '../formats/registry';
import type { SeriesName, StepUnit } from '../model';
import { RoledLog, type SeriesRoles } from '../series/roledLog';

/** What the user said of one log: its format (`null`: as it is recognised), and which of its keys is the loss and the step. */
export interface LogChoice extends SeriesRoles {
  readonly format: FormatId | null;
}

/** What a format would make of a log. */
export interface FormatPreview {
  readonly format: FormatId;
  readonly title: string;
  /** True when the format recognises the log; the others could read something nonetheless. */
  readonly recognised: boolean;
  /** What the steps count. */
  readonly unit: StepUnit;
  /** Series in the first 256 kB, in order of their appearance. */
  readonly series: readonly { readonly name: SeriesName; readonly label: string; readonly points: number }[];
}

/** Formats that read what any program may write: offered also when they do not recognise a log. */
const GENERIC: readonly FormatId[] = ['keyValue', 'jsonl', 'csv'];

/**
 * What each format that could read `sample` makes of its beginning, the one it is recognised as first, then by the points of losses.
 * Empty for binary content that none knows. `breathe` is awaited between two formats: each takes a few milliseconds.
 */
export async function previewFormats(sample: LogSample, breathe: () => Promise<void>): Promise<FormatPreview[]> {
  const previews: FormatPreview[] = [];
  for (const format of FORMATS) {
    const verdict = format.probe(sample);
    if (verdict === 'no' && !GENERIC.includes(format.id)) continue;
    const preview = previewOf(format, sample, verdict !== 'no');
    if (preview.series.length > 0) previews.push(preview);
    await breathe();
  }
  const best = detectFormat(sample)?.format.id;
  const rank = ({ format, recognised }: FormatPreview): number => (format === best ? 0 : recognised ? 1 : 2);
  return previews.sort((a, b) => rank(a) - rank(b) || losses(b) - losses(a));
}

function previewOf(format: LogFormat, sample: LogSample, recognised: boolean): FormatPreview {
  const log = new RoledLog(sample.name, {});
  const parser = format.open(sample);
  parser.push(sample.head, log);
  parser.flush(log);
  const series = log.allSeries.filter(({ length }) => length > 0);
  return {
    format: format.id,
    title: format.title,
    recognised,
    unit: log.unit,
    series: series.map(({ name, label, length }) => ({ name, label, points: length })),
  };
}

function losses({ series }: FormatPreview): number {
  return series.reduce((sum, { name, points }) => sum + (/loss/.test(name) ? points : 0), 0);
}

/** The format and the roles of a choice, as a followed file takes them; an unknown format counts as none. */
export function readingOf(choice: LogChoice | undefined): {
  format: LogFormat | undefined;
  roles: SeriesRoles | undefined;
} {
  if (choice === undefined) return { format: undefined, roles: undefined };
  const { format, loss, step } = choice;
  const roles = { ...(loss === undefined ? {} : { loss }), ...(step === undefined ? {} : { step }) };
  return {
    format: format === null ? undefined : formatById(format),
    roles: loss === undefined && step === undefined ? undefined : roles,
  };
}
