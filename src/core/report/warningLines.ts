import type { ExplainedWarning } from '../warnings/explain';
import { formatStep } from './numbers';

/** The warnings of a run in words, as `lossline check` prints them: evidence, advice and paper of each. */
export function warningLines(
  run: { readonly name: string; lastStep(): number | null },
  found: readonly ExplainedWarning[],
): string[] {
  const step = run.lastStep();
  const head = `${run.name}: ${found.length === 0 ? 'nothing wrong' : count(found)}${step === null ? '' : `, up to step ${formatStep(step)}`}`;
  return [head, ...found.flatMap(linesOf)];
}

function count(found: readonly ExplainedWarning[]): string {
  return found.length === 1 ? '1 warning' : `${found.length} warnings`;
}

function linesOf({ id, severity, step, title, evidence, advice, source }: ExplainedWarning): string[] {
  return [
    `  ${severity.padEnd(7)} ${title}, step ${formatStep(step)} (${id})`,
    `          ${evidence.text}`,
    `          ${advice}`,
    `          ${source.authors} (${source.year}), ${source.title}. ${source.url}`,
  ];
}
