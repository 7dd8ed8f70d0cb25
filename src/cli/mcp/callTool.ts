import { JSON_SCHEMA } from '../../core/report/predictionJson';
import type { Answer, Call } from '../command';
import type { Roots } from './roots';
import { checkedInputs, type InputValue } from './schema';
import { DEFAULT_LIMIT, inputSchemaOf, type Tool, type ToolInput } from './tools';

/** What a tool answers: text for a model to read, and the same as data. */
export interface ToolAnswer {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Characters of text that are given to a model at most. */
const MAX_TEXT = 20_000;

/** Calls a tool: checks its inputs, keeps its paths within `roots`, and asks the command behind it. Throws as that does. */
export async function callTool(
  tool: Tool,
  input: unknown,
  { roots, call }: { roots: Roots; call: Call },
): Promise<ToolAnswer> {
  const inputs = checkedInputs(input, inputSchemaOf(tool));
  const answer = await tool.command.answer(await argumentsOf(tool, inputs, roots), call);
  return { text: cut(answer.lines), data: { schema: JSON_SCHEMA, ...shaped(answer, tool, inputs) } };
}

/** The words first: a list takes everything that follows it. */
async function argumentsOf({ inputs }: Tool, given: ReadonlyMap<string, InputValue>, roots: Roots): Promise<string[]> {
  const words: string[] = [];
  const options: string[] = [];
  for (const [name, value] of given) {
    const input = inputs[name]!;
    if (input.option === undefined || value === false) continue;
    if (value === true) options.push(`--${input.option}`);
    else {
      const texts = await Promise.all([value].flat().map((each) => textOf(each, input, roots)));
      if (input.option === null) words.push(...texts);
      else options.push(...texts.map((each) => `--${input.option}=${each}`));
    }
  }
  return [...words, ...options];
}

async function textOf(value: InputValue, { isPath, except }: ToolInput, roots: Roots): Promise<string> {
  const text = String(value);
  return isPath !== true || except?.includes(text) ? text : roots.resolve(text);
}

/** The data of an answer as long as asked for. */
function shaped(
  { json }: Answer,
  { list, full }: Tool,
  given: ReadonlyMap<string, InputValue>,
): Record<string, unknown> {
  const unasked = full === undefined || given.get(full.input) === true ? [] : full.entries;
  if (list === undefined) return without(json, unasked);
  const items = json[list] as readonly Record<string, unknown>[];
  const limit = (given.get('limit') as number | undefined) ?? DEFAULT_LIMIT;
  return {
    ...json,
    [list]: items.slice(0, limit).map((item) => without(item, unasked)),
    leftOut: Math.max(0, items.length - limit),
  };
}

function without(entries: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)));
}

function cut(lines: readonly string[]): string {
  let length = 0;
  const shown = lines.findIndex((line) => {
    length += line.length + 1;
    return length > MAX_TEXT;
  });
  if (shown < 0) return lines.join('\n');
  return [...lines.slice(0, shown), `… ${lines.length - shown} more lines`].join('\n').slice(0, MAX_TEXT + 100);
}
