import { parseArgs } from 'node:util';
import { UsageError } from './command';

/** Options of a command: those with a value, those that may come several times, and switches. */
export interface ArgumentSpec {
  readonly values: readonly string[];
  /** Each takes the words up to the next option. */
  readonly lists?: readonly string[];
  readonly switches: readonly string[];
}

/** What a command was called with. */
export interface Arguments {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly switches: ReadonlySet<string>;
}

/**
 * Reads the arguments of a command. A list takes every word up to the next option; when that leaves no word for the
 * command itself, its last word is given back: `--history a.csv b.csv` names one earlier run and the run. Throws
 * `UsageError` with the usage for an unknown option or a missing value.
 */
export function readArguments(argv: readonly string[], spec: ArgumentSpec, usage: string): Arguments {
  const { values: valued, lists: listed = [], switches } = spec;
  const words: string[] = [];
  const values: Record<string, string> = {};
  const lists: Record<string, string[]> = Object.fromEntries(listed.map((name) => [name, []]));
  const set = new Set<string>();
  let open = words;
  let lastList = words;
  for (const token of tokensOf(argv, { ...spec, lists: listed }, usage)) {
    if (token.kind === 'positional') open.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    open = lists[name] ?? words;
    if (switches.includes(name)) set.add(name);
    else if (value === undefined || value === '') throw new UsageError(`--${name} takes a value.\n\n${usage}`);
    else if (valued.includes(name)) values[name] = value;
    else {
      open.push(value);
      lastList = open;
    }
  }
  if (words.length === 0 && lastList.length > 1) words.push(lastList.pop()!);
  return { words, values, lists, switches: set };
}

function tokensOf(argv: readonly string[], { values, lists = [], switches }: ArgumentSpec, usage: string) {
  const valued = [...values, ...lists].map((name) => [name, { type: 'string' as const, multiple: true as const }]);
  const options = Object.fromEntries([...valued, ...switches.map((name) => [name, { type: 'boolean' as const }])]);
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options, tokens: true }).tokens;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}
