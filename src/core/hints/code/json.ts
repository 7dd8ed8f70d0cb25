import { type Node, parseTree } from 'jsonc-parser';
import { NO_FACTS, type Setting, type SettingValue, type SourceFacts } from './setting';

/** Levels of nesting that are followed. */
const MAX_DEPTH = 32;

/**
 * Entries of a JSON text, comments and trailing commas allowed; of half-typed text what can be read. Objects are owners
 * of their entries. `"auto"` and other words of the configuration stay strings.
 */
export function jsonFacts(text: string): SourceFacts {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root === undefined) return NO_FACTS;
  const settings: Setting[] = [];
  collect(root, [], settings);
  return { ...NO_FACTS, settings };
}

function collect(node: Node, owners: readonly string[], settings: Setting[]): void {
  if (owners.length > MAX_DEPTH) return;
  if (node.type === 'array') for (const child of node.children ?? []) collect(child, owners, settings);
  if (node.type !== 'object') return;
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? [];
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    if (value.type === 'object') collect(value, [...owners, name], settings);
    else {
      const valueSpan = { from: value.offset, to: value.offset + value.length };
      const span = { from: key.offset, to: valueSpan.to };
      settings.push({ name, owners, form: 'key', span, valueSpan, value: constantIn(value) });
      if (value.type === 'array') collect(value, [...owners, name], settings);
    }
  }
}

function constantIn({ type, value, children }: Node): SettingValue | undefined {
  if (type === 'array') {
    const numbers = (children ?? []).map((child) => child.value as unknown);
    return numbers.every((number) => typeof number === 'number') ? (numbers as number[]) : undefined;
  }
  return value as SettingValue;
}
