import { byAge, rotationOf } from '../sources/rotated';

const natural = new Intl.Collator('en', { numeric: true });

/**
 * Order of file names as launches follow each other: numbers count as numbers (`slurm-99.out` before `slurm-100.out`), and a name
 * comes before those that go on where it ends (`train.log` before `train_resume.log`), the parts of a rotated log stand by age.
 * For `sort`.
 */
export function compareLaunches(a: string, b: string): number {
  // Event files end in a number of their own, which rises.
  if (!a.includes('tfevents') && rotationOf(a).base === rotationOf(b).base) return byAge(a, b);
  return natural.compare(stem(a), stem(b)) || natural.compare(a, b);
}

/** The name without folders and ending. */
function stem(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? path).replace(/\.\w+$/, '');
}
