import { scalarsFolder } from '../formats/text/eventFolder';
import type { RunId } from '../model';
import type { Followed } from '../sources/followed';
import type { RunPlace } from './runFolder';
import { logsOf, partsOf, type RunSource } from './runSources';
import { namesAlike, relationOf } from './sameRun';
import type { TrackedRun } from './trackedRun';

/** Where a log belongs. */
export interface Home {
  /** The run that it joins; `undefined` when it is a run of its own, which is called `id`. */
  readonly run: TrackedRun | undefined;
  readonly id: RunId;
  readonly place: RunPlace;
  readonly part: string;
}

/**
 * Which of `runs` the log in `file` belongs to. Names decide where a program laid the folder out; else the values: a log joins a run of its
 * folder that it repeats or continues, and in a folder of one run also one that it shares no loss with. Two logs that
 * contradict each other are two runs.
 */
export function homeOf(runs: ReadonlyMap<RunId, TrackedRun>, wanted: RunPlace, file: Followed): Home {
  const place = wanted.trust === 'named' ? namedPlace(wanted, file) : wanted;
  const { part } = place;
  const own = runs.get(place.run);
  if (place.trust === 'sure' && own?.isLaidOut) return { run: own, id: place.run, place, part };
  const around = place.folder === '' ? [] : [...runs.values()].filter((run) => run.folder === place.folder);
  const launched = around.find((run) => run.sources.some((source) => source.part === part));
  if (launched !== undefined) return { run: launched, id: launched.id, place, part };
  for (const run of around) {
    const joined = joins(run, place, file);
    if (joined !== undefined) return { run, id: run.id, place, part: joined };
  }
  return { run: undefined, id: own === undefined ? place.run : place.alone, place, part };
}

/** Part of `run` that `file` becomes; `undefined` when it is no log of that run. */
function joins(run: TrackedRun, place: RunPlace, file: Followed): string | undefined {
  let contradicts = false;
  for (const source of run.sources) {
    const relation = relationOf(logsOf(source), file.logs, isAlike(source, file));
    if (relation === 'same') return place.part;
    if (relation === 'continues') return source.part;
    contradicts ||= relation === 'apart';
  }
  return place.trust !== 'maybe' && !contradicts ? place.part : undefined;
}

/** Source: pytorch/pytorch torch/utils/tensorboard/writer.py, add_scalars: one writer per curve, in `<tag>_<curve>`. */
function namedPlace(place: RunPlace, file: Followed): RunPlace {
  const labels = file.logs.flatMap((log) => log.allSeries.filter(({ name }) => name !== 'wall_time'));
  const named = labels.length > 0 && labels.every(({ label }) => scalarsFolder(place.alone, label) !== undefined);
  return named ? { ...place, run: place.folder, trust: 'sure' } : { ...place, folder: '', trust: 'maybe' };
}

function isAlike(source: RunSource, file: Followed): boolean {
  return source.files.some((each) => each.format?.id === file.format?.id && namesAlike(each.path, file.path));
}

/** True when a log holds a loss. */
export function hasLoss(file: Followed): boolean {
  const source = { part: '', files: [file] };
  const names = file.logs.flatMap((log) => log.allSeries.map(({ name }) => name));
  return names.some((name) => isLossName(name) && partsOf(source, name).length > 0);
}

/** True for the name of a series that is a loss of some kind. */
function isLossName(name: string): boolean {
  return /(^|[^a-z])loss($|[^a-z])/.test(name);
}
