import { dvcliveMetric } from '../formats/text/dvclivePath';
import { mlflowPart } from '../formats/text/mlflowPath';
import type { FileSystem, FolderEntry } from '../sources/fileSystem';

/** How sure it is, by names alone, that a file belongs to the run of its folder. */
export type Trust =
  /** The program that made the folder writes it there. */
  | 'sure'
  /** The folder is one run's, the file is somebody's: it belongs there unless its values contradict. */
  | 'likely'
  /** The folder is named after the series in the file, as a writer of several curves in one chart does. */
  | 'named'
  /** A folder of any kind: a file belongs to another one's run only when their values agree. */
  | 'maybe';

/** The run that a file belongs to, as far as names tell. */
export interface RunPlace {
  /** Id of the run: its folder, or the file where the folder is no run's. */
  readonly run: string;
  /** Id when the file turns out to be a run of its own. */
  readonly alone: string;
  /** The folder in which other logs of the run may lie. */
  readonly folder: string;
  /** Files with one part are one log: launches that continue each other, one file per metric. */
  readonly part: string;
  readonly trust: Trust;
  /** True when the folder holds files whose names begin with that of the file, as the older parts of a rotated log. */
  readonly hasParts: boolean;
}

/** A folder of one run, as a program lays it out. */
interface Layout {
  /** Name of the folder. */
  readonly folder?: RegExp;
  /** What the folder holds: each pattern fits one of its names. */
  readonly holds?: readonly RegExp[];
  /** Files of the run, by their path below the folder. */
  readonly files: RegExp;
  readonly trust: Trust;
  /** Start of that path which files that continue each other share; the folder of event files, else the file itself. */
  readonly part?: RegExp;
}

const EVENTS = 'events\\.out\\.tfevents[^/]*';
const TEXT = '[^/]+\\.(?:log|out|txt|csv|tsv|jsonl|ndjson|json)';
const ALONGSIDE = new RegExp(`^${TEXT}$`, 'i');
const below = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const TRAINER =
  /^(?:checkpoint-\d+|trainer_state\.json|trainer_log\.jsonl|logging\.jsonl|training_args\.(?:bin|json))$/;
const STATE = '(?:checkpoint-\\d+/)?trainer_state\\.json';

/**
 * Run folders of the programs that write more than one log, the most telling first. Sources: the writers of these folders
 * (wandb sdk/wandb_settings.py, hydra core/utils.py, transformers trainer.py and training_args.py, LLaMA-Factory, ms-swift,
 * Lightning loggers, NeMo exp_manager.py, detectron2 engine/defaults.py, MMEngine runner.py, Keras callbacks TensorBoard,
 * tf.estimator, torch.utils.tensorboard add_scalars, torchtitan metrics.py, LitGPT utils.py, llm.c llmc/logger.h).
 */
const LAYOUTS: readonly Layout[] = [
  { folder: /^(?:offline-)?run-/, files: below('[^/]+\\.wandb|files/output\\.log'), trust: 'sure' },
  { files: below(STATE), trust: 'sure', part: /^(?=.)/ },
  { holds: [TRAINER], files: below('(?:trainer_log|logging)\\.jsonl|running_log\\.txt'), trust: 'sure' },
  {
    holds: [TRAINER],
    files: below(`(?:runs|logs|tensorboard)/(?:[^/]+/){0,2}${EVENTS}`),
    trust: 'sure',
    part: /^[^/]+/,
  },
  { holds: [TRAINER], files: ALONGSIDE, trust: 'likely' },
  {
    holds: [/^\.hydra$/],
    files: below(`(?:[^/]+/){0,3}(?:${TEXT}|${EVENTS}|[^/]+\\.wandb|files/output\\.log)`),
    trust: 'likely',
  },
  {
    holds: [/^logs$/, /^(?:final|step-\d+|hyperparameters\.yaml|lit_model\.pth)$/],
    files: below(`logs/(?:csv|tensorboard)/version_\\d+/(?:metrics\\.csv|${EVENTS})`),
    trust: 'sure',
    part: /^logs\/[^/]+/,
  },
  { folder: /^version_\d+$/, files: below(`metrics\\.csv|${EVENTS}`), trust: 'sure' },
  {
    holds: [/^nemo_log_globalrank-\d/],
    files: below(`(?:run_\\d+/)?(?:nemo_log_globalrank-[^/]*\\.txt|${EVENTS})`),
    trust: 'sure',
  },
  { folder: /^\d{8}_\d{6}$/, holds: [/^vis_data$/], files: below('vis_data/[^/]+\\.json|[^/]+\\.log'), trust: 'sure' },
  {
    holds: [/^metrics\.json$/, /^(?:log\.txt|last_checkpoint)$/],
    files: below(`metrics\\.json|${EVENTS}`),
    trust: 'sure',
  },
  { holds: [/^metrics\.json$/], files: below('log\\.txt(?:\\.rank\\d+)?'), trust: 'likely' },
  {
    holds: [/^train$/, /^(?:validation|valid|val|test|eval|dev)$/],
    files: below(`(?:train|validation|valid|val|test|eval|dev)/${EVENTS}`),
    trust: 'sure',
  },
  {
    holds: [/^events\.out\.tfevents/],
    files: below(`(?:validation|valid|val|test|eval|dev)(?:_[^/]+)?/${EVENTS}`),
    trust: 'sure',
  },
  { holds: [/^events\.out\.tfevents/], files: below(`[^/]+_[^/]+/${EVENTS}`), trust: 'named' },
  { holds: [/^tb$/], files: below(`tb/(?:[^/]+/){0,2}${EVENTS}`), trust: 'sure', part: /^tb(?=\/)/ },
  { holds: [/^tb$/], files: ALONGSIDE, trust: 'likely' },
  { files: below(EVENTS), trust: 'sure' },
  {
    holds: [/^(?:hparams\.yaml|args\.(?:json|yaml|yml)|hyperparameters\.yaml|events\.out\.tfevents.*)$/],
    files: ALONGSIDE,
    trust: 'likely',
  },
  { files: ALONGSIDE, trust: 'maybe' },
];

/** Folders above a file that may be its run's. */
const MAX_ABOVE = 5;
/** Logs in one folder beyond which it is a collection and no run. */
const MAX_LOGS_OF_A_RUN = 16;

/** Names of the entries of folders, each listed once. A folder that cannot be read has none. */
export class FolderNames {
  readonly #known = new Map<string, Promise<readonly string[]>>();

  constructor(readonly fs: FileSystem) {}

  /** Takes note of a folder that was listed for another reason. */
  put(folder: string, entries: readonly FolderEntry[]): void {
    this.#known.set(folder, Promise.resolve(entries.map(({ name }) => name)));
  }

  of(folder: string): Promise<readonly string[]> {
    let names = this.#known.get(folder);
    if (names === undefined) {
      names = this.fs.list(folder).then(
        (entries) => entries.map(({ name }) => name),
        () => [],
      );
      this.#known.set(folder, names);
    }
    return names;
  }
}

/**
 * The run that `path` belongs to. Looks at the names in at most five folders above it, none above `top`; of several layouts that fit,
 * the one of the outermost folder counts: a run of one program may contain the logs of another.
 */
export async function placeOf(names: FolderNames, path: string, top: string): Promise<RunPlace> {
  const kept = mlflowPart(path) ?? dvcliveMetric(path);
  if (kept !== undefined) return placeIn(kept.run, kept.run, kept.run, 'sure');
  const { fs } = names;
  let place: RunPlace | undefined;
  let folder = fs.dirname(path);
  let inside = fs.basename(path);
  for (let above = 0; above < MAX_ABOVE; above++) {
    const layout = await layoutOf(names, folder, inside);
    if (layout !== undefined) place = placed(fs, layout, folder, inside, path);
    const next = fs.dirname(folder);
    if (folder === top || next === folder) break;
    inside = `${fs.basename(folder)}/${inside}`;
    folder = next;
  }
  const own = fs.basename(path);
  const beside = await names.of(fs.dirname(path));
  const hasParts = beside.some((name) => name.length > own.length && name.startsWith(own));
  if (place === undefined) return { ...placeIn('', path, path, 'maybe'), hasParts };
  const isCollection =
    place.trust === 'maybe' && beside.filter((name) => ALONGSIDE.test(name)).length > MAX_LOGS_OF_A_RUN;
  return { ...place, hasParts, ...(isCollection ? { folder: '' } : {}) };
}

async function layoutOf(names: FolderNames, folder: string, inside: string): Promise<Layout | undefined> {
  for (const layout of LAYOUTS) {
    if (!layout.files.test(inside)) continue;
    if (layout.folder !== undefined && !layout.folder.test(names.fs.basename(folder))) continue;
    if (layout.holds === undefined) return layout;
    const entries = await names.of(folder);
    if (layout.holds.every((pattern) => entries.some((name) => pattern.test(name)))) return layout;
  }
  return undefined;
}

function placed(fs: FileSystem, layout: Layout, folder: string, inside: string, path: string): RunPlace {
  const start = layout.part?.exec(inside)?.[0];
  const alone = /^events\.out\.tfevents/.test(fs.basename(path)) ? fs.dirname(path) : path;
  const part = start === undefined ? alone : fs.join(folder, start === '' ? fs.basename(path) : start);
  return placeIn(folder, part, alone, layout.trust);
}

function placeIn(folder: string, part: string, alone: string, trust: Trust): RunPlace {
  return { run: trust === 'maybe' || trust === 'named' ? alone : folder, alone, folder, part, trust, hasParts: false };
}

/** A file that the user named is a run of its own unless its program says whose it is. */
export function alone(place: RunPlace): RunPlace {
  return place.trust === 'sure' ? place : { ...place, run: place.alone, folder: '', trust: 'maybe' };
}
