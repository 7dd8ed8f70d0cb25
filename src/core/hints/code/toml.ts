import { type AST, parseTOML } from 'toml-eslint-parser';
import { NO_FACTS, type Setting, type SettingValue, type SourceFacts, type TextSpan } from './setting';

/**
 * Entries of a TOML text; tables are their owners. The parser knows no half-typed text: a line that it stops at is
 * blanked and the rest is read, for up to a few such lines.
 */
export function tomlFacts(text: string): SourceFacts {
  const program = parseTolerant(text);
  if (program === undefined) return NO_FACTS;
  const settings: Setting[] = [];
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') entry(node, [], settings);
    else for (const pair of node.body) entry(pair, node.resolvedKey.map(String), settings);
  }
  return { ...NO_FACTS, settings };
}

/** Lines with faults that are left out before a text counts as no TOML. */
const MAX_FAULTS = 5;

function parseTolerant(text: string): AST.TOMLProgram | undefined {
  let source = text;
  for (let fault = 0; fault <= MAX_FAULTS; fault++) {
    try {
      return parseTOML(source);
    } catch (error) {
      const { index } = error as { index?: number };
      const line = typeof index === 'number' ? faultyLine(source, index) : undefined;
      if (line === undefined) return undefined;
      source = source.slice(0, line.from) + ' '.repeat(line.to - line.from) + source.slice(line.to);
    }
  }
  return undefined;
}

/** The line that makes the parser stop at `index`: the one before when that waits for a value. `undefined`: none to blank. */
function faultyLine(source: string, index: number): TextSpan | undefined {
  const before = source.slice(0, index).trimEnd();
  const at = before.endsWith('=') ? before.length - 1 : Math.min(index, source.length - 1);
  const from = source.lastIndexOf('\n', Math.max(at - 1, 0)) + 1;
  const end = source.indexOf('\n', at);
  const to = end < 0 ? source.length : end;
  return source.slice(from, to).trim() === '' ? undefined : { from, to };
}

function entry(node: AST.TOMLKeyValue, owners: readonly string[], settings: Setting[]): void {
  const path = node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
  const name = path.pop()!;
  const inside = [...owners, ...path];
  if (node.value.type === 'TOMLInlineTable') {
    for (const pair of node.value.body) entry(pair, [...inside, name], settings);
    return;
  }
  const [from, to] = node.value.range;
  const span = { from: node.key.range[0], to };
  settings.push({ name, owners: inside, form: 'key', span, valueSpan: { from, to }, value: constantIn(node.value) });
}

function constantIn(node: AST.TOMLContentNode): SettingValue | undefined {
  if (node.type === 'TOMLArray') {
    const numbers = node.elements.map(constantIn);
    return numbers.every((number) => typeof number === 'number') ? (numbers as number[]) : undefined;
  }
  if (node.type !== 'TOMLValue' || node.kind.includes('date') || node.kind.includes('time')) return undefined;
  const value = node.value as SettingValue;
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
}
