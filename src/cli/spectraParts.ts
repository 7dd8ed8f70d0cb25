import * as fs from 'node:fs/promises';
import { LosslineError, messageOf } from '../core/errors';

/** Largest output of one part that is read: a million matrices have 2 GB, which nobody merges in one process. */
const MAX_PART = 256 * 1024 * 1024;

/** Lists that the parts have each for themselves; those of `skipped` and `issues` are the same in all. */
const LISTS = ['tensors', 'activations', 'pairs', 'warnings', 'skipped', 'issues'] as const;

const SEVERITIES = ['error', 'warning', 'info'];

type Part = Readonly<Record<string, unknown>> & { readonly shard: { readonly index: number; readonly of: number } };

/**
 * The outputs of `--shard` as that of the whole: lists one after the other, in the order of the parts, each entry once. Throws
 * `argument.invalid` for a file that is no such output, for parts of different jobs, and when one is missing or comes twice.
 */
export async function mergedParts(files: readonly string[]): Promise<Record<string, unknown>> {
  const parts = await Promise.all(files.map(readPart));
  parts.sort((a, b) => a.shard.index - b.shard.index);
  const { of } = parts[0]!.shard;
  const have = parts.map(({ shard }) => shard.index);
  if (parts.some(({ shard }) => shard.of !== of) || String(have) !== String([...Array(of).keys()])) {
    const message = `These are parts ${have.join(', ')} of ${of}; each of 0 to ${of - 1} is needed once.`;
    throw new LosslineError('argument.invalid', message);
  }
  const { schema: _, shard: __, ...merged }: Record<string, unknown> = { ...parts[0]! };
  for (const key of LISTS) {
    if (parts.some((part) => Array.isArray(part[key]))) merged[key] = united(parts.map((part) => part[key]));
  }
  const attention = parts.flatMap(({ attention: found }) => (isObject(found) ? [found] : []));
  if (attention.length > 0) {
    merged.attention = { ...attention[0]!, layers: united(attention.map(({ layers }) => layers)) };
  }
  const comparisons = parts.flatMap(({ comparison }) => (isObject(comparison) ? [comparison] : []));
  if (comparisons.length > 0) {
    const list = (key: string): unknown[] => united(comparisons.map((comparison) => comparison[key]));
    merged.comparison = { matrices: list('matrices'), unmatched: list('unmatched') };
  }
  if (Array.isArray(merged.warnings)) merged.warnings.sort(bySeverity);
  return merged;
}

async function readPart(file: string): Promise<Part> {
  const invalid = (reason: string): LosslineError => new LosslineError('argument.invalid', reason, file);
  const stat = await fs.stat(file).catch(() => undefined);
  if (stat === undefined) throw new LosslineError('file.notFound', `Nothing at ${file}.`, file);
  if (stat.size > MAX_PART) throw invalid(`${stat.size} bytes are more than ${MAX_PART}.`);
  let part: unknown;
  try {
    part = JSON.parse(await fs.readFile(file, 'utf8'));
  } catch (error) {
    throw invalid(messageOf(error));
  }
  const shard = isObject(part) ? part.shard : undefined;
  if (!isObject(shard) || !Number.isInteger(shard.index) || !Number.isInteger(shard.of)) {
    throw invalid('This is no JSON output of lossline spectra --shard.');
  }
  return part as Part;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Entries of all lists, those that are the same once. */
function united(lists: readonly unknown[]): unknown[] {
  const all = lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return [...new Map(all.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function bySeverity(a: unknown, b: unknown): number {
  const place = (entry: unknown): number => (isObject(entry) ? SEVERITIES.indexOf(String(entry.severity)) : -1);
  return place(a) - place(b);
}
