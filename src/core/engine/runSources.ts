import type { SeriesName, StepUnit } from '../model';
import type { FileLog } from '../series/fileLog';
import type { Series } from '../series/series';
import type { Followed } from '../sources/followed';
import { agreementOf } from './sameRun';

/** One log of a run: a file, or files that continue each other. */
export interface RunSource {
  /** What its files have in common: see `RunPlace`. */
  readonly part: string;
  /** In launch order. */
  readonly files: readonly Followed[];
}

/**
 * Formats by how exactly they tell a run, the most exact first: full precision with every step, then 32-bit floats, then
 * snapshots of full precision, then what consoles print. Formats that are not named come before the consoles' guess.
 */
const EXACTNESS: readonly string[] = [
  'wandb',
  'mlflowMetric',
  'dvclive',
  'mmengine',
  'jsonl',
  'csv',
  'tensorboard',
  'hfTrainerState',
];
const LAST = ['hfConsole', 'keras', 'nemo', 'levanter', 'keyValue'];

/** Steps of the longest source that another must cover to stand for it: writers flush late, by minutes. */
const COVERED = 0.9;
/** Two sources whose last steps differ by this factor while their losses differ count different things. */
const OTHER_CLOCK = 1.5;

/** The files of a run as sources, the most exact first; equal ones in order of their paths. */
export function sourcesOf(files: readonly Followed[], partOf: (file: Followed) => string): RunSource[] {
  const byPart = new Map<string, Followed[]>();
  for (const file of files) {
    const part = partOf(file);
    const known = byPart.get(part);
    if (known === undefined) byPart.set(part, [file]);
    else known.push(file);
  }
  const sources = [...byPart].map(([part, own]) => ({ part, files: own }));
  return sources.sort((a, b) => exactness(a) - exactness(b));
}

/** All logs of a source, oldest first. */
export function logsOf({ files }: RunSource): FileLog[] {
  return files.flatMap((file) => file.logs);
}

/**
 * Which of the `comparable` sources gives the series `name`: each series comes from one source, so that no point counts twice. It is
 * the most exact one that covers the steps which any source has of it; a snapshot must cover them all. `undefined` when no
 * source has the series.
 */
export function giverOf(sources: readonly RunSource[], name: SeriesName): RunSource | undefined {
  const having = sources.flatMap((source) => {
    const extent = extentOf(source, name);
    return extent === undefined ? [] : [{ source, extent }];
  });
  const from = Math.min(...having.map(({ extent }) => extent.first));
  const to = Math.max(...having.map(({ extent }) => extent.last));
  const covers = ({ source, extent }: { source: RunSource; extent: Extent }): boolean =>
    extent.last - extent.first >= (isSnapshot(source) ? 1 : COVERED) * (to - from);
  const longest = having.toSorted((a, b) => b.extent.last - b.extent.first - (a.extent.last - a.extent.first))[0];
  return (having.find(covers) ?? longest)?.source;
}

/** Sources whose steps count the same: optimizer steps where any source has them. The others stay viewable apart. */
export function comparable(sources: readonly RunSource[]): readonly RunSource[] {
  const leaders = sources.filter((source) => extentOf(source, 'train_loss') ?? extentOf(source, 'val_loss'));
  if (leaders.length === 0) return sources;
  const unit = leaders.map(unitOf).toSorted((a, b) => UNITS.indexOf(a) - UNITS.indexOf(b))[0]!;
  const same = sources.filter((source) => unitOf(source) === unit);
  const optimizer = slowest(same);
  return same.filter((source) => optimizer === undefined || !isOtherClock(optimizer, source));
}

const UNITS: readonly StepUnit[] = ['step', 'samples', 'tokens', 'epoch', 'row'];

/** What the steps of a source count. */
export function unitOf(source: RunSource): StepUnit {
  return logsOf(source).find((log) => log.points > 0)?.unit ?? 'step';
}

interface Extent {
  readonly first: number;
  readonly last: number;
}

function extentOf(source: RunSource, name: SeriesName): Extent | undefined {
  const parts = partsOf(source, name);
  if (parts.length === 0) return undefined;
  const first = Math.min(...parts.map((part) => part.first()!.step));
  return { first, last: Math.max(...parts.map((part) => part.last()!.step)) };
}

/** The series called `name` in each log of a source that has points of it. */
export function partsOf(source: RunSource, name: SeriesName): Series[] {
  return logsOf(source).flatMap((log) => {
    const series = log.find(name);
    return series !== undefined && series.length > 0 ? [series] : [];
  });
}

function exactness({ files }: RunSource): number {
  const id = files.find((file) => file.format !== undefined)?.format?.id ?? '';
  const rank = EXACTNESS.indexOf(id);
  if (rank >= 0) return rank;
  return EXACTNESS.length + 1 + LAST.indexOf(id);
}

function isSnapshot({ files }: RunSource): boolean {
  return files.some((file) => file.format?.id === 'hfTrainerState');
}

/** The source with the fewest steps of the training loss: micro-batches are never fewer than optimizer steps. */
function slowest(sources: readonly RunSource[]): RunSource | undefined {
  const withLoss = sources.flatMap((source) => {
    const extent = extentOf(source, 'train_loss');
    return extent === undefined ? [] : [{ source, last: extent.last }];
  });
  return withLoss.toSorted((a, b) => a.last - b.last)[0]?.source;
}

/** A source that is merely ahead has the same losses at the same steps. */
function isOtherClock(one: RunSource, other: RunSource): boolean {
  const a = extentOf(one, 'train_loss');
  const b = extentOf(other, 'train_loss');
  if (one === other || a === undefined || b === undefined || b.last <= OTHER_CLOCK * a.last) return false;
  return agreementOf(logsOf(one), logsOf(other), 'train_loss') === 'differs';
}
