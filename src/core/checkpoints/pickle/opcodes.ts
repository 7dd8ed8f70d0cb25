import type { PickleMachine } from './machine';
import { Global, PickleDict, type PickleValue } from './values';

type Instruction = (machine: PickleMachine) => void;

/** What `copyreg` numbers are registered for cannot be known outside the process that wrote them. */
const extension: Instruction = (m) => {
  throw m.fault('The pickle uses the extension registry.');
};

const outOfBand: Instruction = (m) => {
  throw m.fault('The pickle has buffers outside itself.');
};

const newDict = (m: PickleMachine, items: readonly PickleValue[]): void => {
  m.push(new PickleDict());
  m.setItems(items);
};

const stackGlobal: Instruction = (m) => {
  const name = m.pop();
  const module = m.pop();
  if (typeof name !== 'string' || typeof module !== 'string') throw m.fault('A name is no text.');
  m.push(new Global(module, name));
};

const latin1 = new TextDecoder('latin1');

/** `'text'` as Python 2 wrote it; escapes stay as they are. */
const quoted = (m: PickleMachine): string => /^(['"])(.*)\1$/s.exec(m.line())?.[2] ?? '';

const decimal = (m: PickleMachine): number | bigint | boolean => {
  const text = m.line().replace(/L$/, '');
  if (text === '00' || text === '01') return text === '01';
  if (!/^-?\d{1,64}$/.test(text)) throw m.fault('A whole number has no or too many digits.');
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
};

const index = (m: PickleMachine): number => {
  const value = decimal(m);
  if (typeof value !== 'number') throw m.fault('An index is no number.');
  return value;
};

const object: Instruction = (m) => {
  const [made, ...args] = m.popMark();
  m.call(made ?? null, args);
};

const build: Instruction = (m) => m.setState(m.pop());

const reduce: Instruction = (m) => {
  const args = m.popArray();
  m.call(m.pop(), args);
};

/** `cls(*args, **kwargs)`: no call that means something has named arguments, so these are dropped. */
const newObjectEx: Instruction = (m) => {
  m.pop();
  reduce(m);
};

const pairs = (m: PickleMachine): PickleValue[] => {
  const value = m.pop();
  return [m.pop(), value];
};

/** `i`: class by name, arguments since the mark. */
const instance: Instruction = (m) => {
  const made = new Global(m.line(), m.line());
  m.call(made, m.popMark());
};

/**
 * What each instruction of protocols 0 to 5 does here; `.` (stop) is not among them. Source: CPython,
 * Lib/pickletools.py, whose names stand beside them.
 */
const TABLE: readonly (readonly [code: string | number, name: string, run: Instruction])[] = [
  ['(', 'MARK', (m) => m.mark()],
  ['0', 'POP', (m) => m.discard()],
  ['1', 'POP_MARK', (m) => void m.popMark()],
  ['2', 'DUP', (m) => m.again(m.top())],
  ['N', 'NONE', (m) => m.push(null)],
  [0x88, 'NEWTRUE', (m) => m.push(true)],
  [0x89, 'NEWFALSE', (m) => m.push(false)],
  ['I', 'INT', (m) => m.push(decimal(m))],
  ['L', 'LONG', (m) => m.push(decimal(m))],
  ['J', 'BININT', (m) => m.push(m.i32())],
  ['K', 'BININT1', (m) => m.push(m.u8())],
  ['M', 'BININT2', (m) => m.push(m.length(2))],
  [0x8a, 'LONG1', (m) => m.push(m.integer(m.u8()))],
  [0x8b, 'LONG4', (m) => m.push(m.integer(m.length(4)))],
  ['F', 'FLOAT', (m) => m.push(Number(m.line()))],
  ['G', 'BINFLOAT', (m) => m.push(m.f64())],
  ['S', 'STRING', (m) => m.push(quoted(m))],
  ['T', 'BINSTRING', (m) => m.push(latin1.decode(m.take(m.length(4))))],
  ['U', 'SHORT_BINSTRING', (m) => m.push(latin1.decode(m.take(m.u8())))],
  ['V', 'UNICODE', (m) => m.push(m.line())],
  ['X', 'BINUNICODE', (m) => m.push(m.text(m.length(4)))],
  [0x8c, 'SHORT_BINUNICODE', (m) => m.push(m.text(m.u8()))],
  [0x8d, 'BINUNICODE8', (m) => m.push(m.text(m.length(8)))],
  ['B', 'BINBYTES', (m) => m.push(m.take(m.length(4)))],
  ['C', 'SHORT_BINBYTES', (m) => m.push(m.take(m.u8()))],
  [0x8e, 'BINBYTES8', (m) => m.push(m.take(m.length(8)))],
  [0x96, 'BYTEARRAY8', (m) => m.push(m.take(m.length(8)))],
  [']', 'EMPTY_LIST', (m) => m.push([])],
  [')', 'EMPTY_TUPLE', (m) => m.push([])],
  [0x8f, 'EMPTY_SET', (m) => m.push([])],
  ['}', 'EMPTY_DICT', (m) => m.push(new PickleDict())],
  ['l', 'LIST', (m) => m.push(m.popMark())],
  ['t', 'TUPLE', (m) => m.push(m.popMark())],
  [0x91, 'FROZENSET', (m) => m.push(m.popMark())],
  ['d', 'DICT', (m) => newDict(m, m.popMark())],
  [0x85, 'TUPLE1', (m) => m.push(m.popMany(1))],
  [0x86, 'TUPLE2', (m) => m.push(m.popMany(2))],
  [0x87, 'TUPLE3', (m) => m.push(m.popMany(3))],
  ['a', 'APPEND', (m) => m.append([m.pop()])],
  ['e', 'APPENDS', (m) => m.append(m.popMark())],
  [0x90, 'ADDITEMS', (m) => m.append(m.popMark())],
  ['s', 'SETITEM', (m) => m.setItems(pairs(m))],
  ['u', 'SETITEMS', (m) => m.setItems(m.popMark())],
  ['p', 'PUT', (m) => m.keep(index(m))],
  ['q', 'BINPUT', (m) => m.keep(m.u8())],
  ['r', 'LONG_BINPUT', (m) => m.keep(m.length(4))],
  [0x94, 'MEMOIZE', (m) => m.keep()],
  ['g', 'GET', (m) => m.recall(index(m))],
  ['h', 'BINGET', (m) => m.recall(m.u8())],
  ['j', 'LONG_BINGET', (m) => m.recall(m.length(4))],
  ['c', 'GLOBAL', (m) => m.push(new Global(m.line(), m.line()))],
  [0x93, 'STACK_GLOBAL', stackGlobal],
  ['R', 'REDUCE', reduce],
  [0x81, 'NEWOBJ', reduce],
  [0x92, 'NEWOBJ_EX', newObjectEx],
  ['i', 'INST', instance],
  ['o', 'OBJ', object],
  ['b', 'BUILD', build],
  ['P', 'PERSID', (m) => m.outside(m.line())],
  ['Q', 'BINPERSID', (m) => m.outside(m.pop())],
  [0x80, 'PROTO', (m) => void m.u8()],
  [0x95, 'FRAME', (m) => void m.length(8)],
  [0x82, 'EXT1', extension],
  [0x83, 'EXT2', extension],
  [0x84, 'EXT4', extension],
  [0x97, 'NEXT_BUFFER', outOfBand],
  [0x98, 'READONLY_BUFFER', outOfBand],
];

/** Instructions by their byte. */
export const INSTRUCTIONS: readonly (Instruction | undefined)[] = instructions();

function instructions(): (Instruction | undefined)[] {
  const byCode = new Array<Instruction | undefined>(256);
  for (const [code, , run] of TABLE) byCode[typeof code === 'number' ? code : code.charCodeAt(0)] = run;
  return byCode;
}
