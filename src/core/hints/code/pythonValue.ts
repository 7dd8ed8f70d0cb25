import type { SyntaxNode } from '@lezer/common';
import { FUNCTIONS, numberOf, operate } from './arithmetic';
import type { SettingValue } from './setting';

/** Constants that a name can stand for. */
export type Lookup = (name: string, isMember: boolean, depth: number) => SettingValue | undefined;

/** The source between two places of the tree that is looked at. */
export type Read = (from: number, to: number) => string;

/** Names that are followed one after another, and parentheses in parentheses: more is no constant that anybody wrote. */
const MAX_DEPTH = 16;
/** Entries of a list that are read. */
const MAX_LIST = 64;

/** Value of an expression that is constant, names followed with `lookup`; `undefined` for all others. */
export function constantOf(node: SyntaxNode, read: Read, lookup: Lookup, depth = 0): SettingValue | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const source = (): string => read(node.from, node.to);
  const inner = (child: SyntaxNode | null): SettingValue | undefined =>
    child === null ? undefined : constantOf(child, read, lookup, depth + 1);
  switch (node.name) {
    case 'Number':
      return numberOf(source());
    case 'Boolean':
      return source() === 'True';
    case 'None':
      return null;
    case 'String':
      return stringOf(source());
    case 'VariableName':
      return lookup(source(), false, depth + 1);
    case 'MemberExpression': {
      const property = node.getChild('PropertyName');
      // The grammar takes the point of `1.` for that of a member.
      return property === null ? numberOf(source()) : lookup(read(property.from, property.to), true, depth + 1);
    }
    case 'ParenthesizedExpression':
      return inner(node.firstChild?.nextSibling ?? null);
    case 'UnaryExpression': {
      const value = inner(node.lastChild);
      const sign = read(node.from, node.from + 1);
      return typeof value !== 'number' ? undefined : sign === '-' ? -value : sign === '+' ? value : undefined;
    }
    case 'BinaryExpression': {
      const operator = node.getChild('ArithOp');
      if (operator === null) return undefined;
      return operate(read(operator.from, operator.to), inner(node.firstChild), inner(node.lastChild));
    }
    case 'TupleExpression':
    case 'ArrayExpression':
      return listOf(node, inner);
    case 'CallExpression':
      return callOf(node, read, inner);
    default:
      return undefined;
  }
}

/** The text between the quotes; `undefined` for formatted strings, whose value is not known. */
export function stringOf(source: string): string | undefined {
  const match = /^([rRuUbB]*)("""|'''|"|')([\s\S]*)\2$/.exec(source);
  return match === null ? undefined : match[3]!;
}

function listOf(
  node: SyntaxNode,
  value: (child: SyntaxNode) => SettingValue | undefined,
): readonly number[] | undefined {
  const numbers: number[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (/^[()[\],]$/.test(child.name)) continue;
    const number = value(child);
    if (typeof number !== 'number' || numbers.length === MAX_LIST) return undefined;
    numbers.push(number);
  }
  return numbers;
}

/** `int(2e5)`, `math.sqrt(2)`; also `field(default=0.1)` and `Field(0.1)`, whose value is that of the field. A factory is a `lambda`. */
function callOf(
  node: SyntaxNode,
  read: Read,
  value: (child: SyntaxNode) => SettingValue | undefined,
): SettingValue | undefined {
  const callee = read(node.from, node.firstChild?.to ?? node.from);
  const name = callee.slice(callee.lastIndexOf('.') + 1);
  const args = argumentsOf(node.getChild('ArgList'), read);
  if (DEFAULTS.has(name)) {
    const given = args.find(({ keyword }) => keyword?.startsWith('default')) ?? args[0];
    const isDefault = given !== undefined && (given.keyword === undefined || given.keyword.startsWith('default'));
    if (!isDefault) return undefined;
    const isFactory = given.keyword === 'default_factory';
    const made = isFactory ? (given.value.name === 'LambdaExpression' ? given.value.lastChild : null) : given.value;
    return made === null ? undefined : value(made);
  }
  const call = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (call === undefined || args.length === 0) return undefined;
  const numbers = args.map((argument) => (argument.keyword === undefined ? value(argument.value) : undefined));
  if (!numbers.every((number) => typeof number === 'number')) return undefined;
  const result = call(...(numbers as number[]));
  return Number.isFinite(result) ? result : undefined;
}

/** Calls that stand for their default: dataclass and pydantic fields, typer options. */
const DEFAULTS = new Set(['field', 'Field', 'Option', 'Argument', 'Value']);

/** One argument of a call. */
export interface Argument {
  /** `undefined` when it is given by position. */
  readonly keyword: string | undefined;
  readonly value: SyntaxNode;
}

/** Arguments of a call in order, starred ones left out. Empty for `null`. */
export function argumentsOf(list: SyntaxNode | null, read: Read): Argument[] {
  const found: Argument[] = [];
  let keyword: SyntaxNode | undefined;
  for (let child = list?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (child.name === 'AssignOp') continue;
    if (/^[(),]$/.test(child.name) || child.type.isError || child.name === 'Comment') continue;
    if (child.name === '*' || child.name === '**') {
      child = child.nextSibling ?? child;
      continue;
    }
    if (child.name === 'VariableName' && child.nextSibling?.name === 'AssignOp') keyword = child;
    else {
      const name = keyword === undefined ? undefined : read(keyword.from, keyword.to);
      found.push({ keyword: name, value: child });
      keyword = undefined;
    }
  }
  return found;
}
