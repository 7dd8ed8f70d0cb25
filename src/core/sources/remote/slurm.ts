/** Tasks of one array job that are followed. */
const MAX_TASKS = 100;

/** One job as `scontrol` shows it. */
export interface SlurmJob {
  /** `12345` or `12345_7`. */
  readonly id: string;
  readonly name: string;
  /** `RUNNING`, `PENDING`, `COMPLETED`, … */
  readonly state: string;
  /** Absolute path of standard output; `null` when the job writes none to a file. */
  readonly stdout: string | null;
}

/**
 * The jobs in the output of `scontrol show job ID`; an array job shows one record per task. Records of tasks that wait
 * as a range (`7-99`) are left out: their files have no names yet. Empty for anything else. Source: scontrol(1), sbatch(1).
 */
export function parseScontrol(output: string): SlurmJob[] {
  const records = output.split(/\r?\n\s*\r?\n/).filter((record) => /(?:^|\s)JobId=\d+/.test(record));
  return records.flatMap(jobOf).slice(0, MAX_TASKS);
}

function jobOf(record: string): SlurmJob[] {
  const field = (name: string): string | undefined => new RegExp(`(?:^|\\s)${name}=(\\S*)`).exec(record)?.[1];
  // Paths stand alone on their line and may hold blanks.
  const stdout = /^\s*StdOut=(.*)$/m.exec(record)?.[1]?.trim() ?? '';
  const job = field('JobId')!;
  const array = field('ArrayJobId');
  const task = field('ArrayTaskId');
  if (task !== undefined && !/^\d+$/.test(task)) return [];
  const id = array !== undefined && task !== undefined ? `${array}_${task}` : job;
  const values = {
    j: job,
    J: job,
    A: array ?? job,
    a: task ?? '',
    x: field('JobName') ?? '',
    u: userOf(field('UserId')),
    '%': '%',
  };
  const path = stdout.replace(/%(\d*)([jJAaxu%])/g, (_, width: string, letter: keyof typeof values) =>
    values[letter].padStart(Number(width), '0'),
  );
  const hasFile = path.startsWith('/') && path !== '/dev/null';
  return [{ id, name: values.x || id, state: field('JobState') ?? '', stdout: hasFile ? path : null }];
}

/** `alice(1001)` is how the user is shown. */
function userOf(field: string | undefined): string {
  return field?.replace(/\(.*$/, '') ?? '';
}
