import type { ConfigValue } from '../../model';

/** Nesting of a printed configuration that is followed; deeper parts are left out. */
const MAX_DEPTH = 32;
/** Lines of one printed configuration: beyond this it is something else. */
const MAX_LINES = 10_000;
const TOKEN = /\s*(?:(["'])((?:\\.|(?!\1).)*)\1\s*(:)?|([{}[\](),])|([^"'{}[\](),\s:][^,{}[\]()]*))/y;

/** Where a printed configuration is being read; replaced line by line, never changed. */
export interface NestedState {
  /** Keys of the open objects, outermost first. */
  readonly path: readonly string[];
  /** Key that waits for its value. */
  readonly key: string | null;
  /** Open lists and calls: what stands in them is no setting. */
  readonly lists: number;
  readonly lines: number;
}

/** Before the first brace. */
export const NESTED_START: NestedState = { path: [], key: null, lists: 0, lines: 0 };

/** Receives one setting; the keys of nested objects are joined with points. */
export type OnSetting = (key: string, value: ConfigValue) => void;

/**
 * Reads one line of a dict or object that is printed over several lines, as Python's `pprint` and `json.dumps(indent)`
 * do. Returns the state after it, or `null` when the configuration ends or this is none.
 */
export function readNested(text: string, state: NestedState, onSetting: OnSetting): NestedState | null {
  const path = [...state.path];
  let { key, lists } = state;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [, , quoted, colon, mark, bare] = token;
    if (quoted !== undefined && colon === undefined) {
      if (key !== null && lists === 0) emit(path, key, quoted, onSetting);
    } else if (quoted !== undefined) {
      if (lists === 0) key = quoted;
    } else if (bare !== undefined) {
      if (key === null && path.length === 0) return null;
      if (key !== null && lists === 0) emit(path, key, literal(bare.replace(/^:/, '').trim()), onSetting);
    } else if (mark === '{' && lists === 0) {
      if (path.length >= MAX_DEPTH) return null;
      path.push(key ?? '');
      key = null;
    } else if (mark === '}' && lists === 0) {
      path.pop();
      key = null;
      if (path.length === 0) return null;
    } else if (mark === '[' || mark === '(' || mark === '{') lists++;
    else if (mark === ']' || mark === ')' || mark === '}') lists = Math.max(0, lists - 1);
    else if (lists === 0) key = null;
  }
  if (path.length === 0 || state.lines >= MAX_LINES) return null;
  return { path, key, lists, lines: state.lines + 1 };
}

function emit(path: readonly string[], key: string, value: ConfigValue, onSetting: OnSetting): void {
  onSetting([...path.slice(1), key].join('.'), value);
}

/** Indented YAML: where its parents stand; replaced line by line, never changed. */
export interface YamlState {
  readonly parents: readonly { readonly indent: number; readonly key: string }[];
  readonly lines: number;
}

/** Before the first line. */
export const YAML_START: YamlState = { parents: [], lines: 0 };

/** Reads one line of a printed YAML mapping. Returns the state after it, or `null` when this is no such line. */
export function readYaml(text: string, state: YamlState, onSetting: OnSetting): YamlState | null {
  if (state.lines >= MAX_LINES) return null;
  const lines = state.lines + 1;
  if (/^\s*(?:#.*)?$/.test(text) || /^\s*- /.test(text)) return { ...state, lines };
  const found = /^(\s*)([\w./-]+):(?:\s+(.*?))?\s*$/.exec(text);
  if (found === null) return null;
  const [, blanks, key, value = ''] = found;
  const indent = blanks!.length;
  const parents = state.parents.filter((parent) => parent.indent < indent);
  const name = [...parents.map((parent) => parent.key), key!].join('.');
  if (value !== '') onSetting(name, literal(value.replace(/\s#.*$/, '').replace(/^(["'])(.*)\1$/, '$2')));
  return { parents: value === '' ? [...parents, { indent, key: key! }].slice(0, MAX_DEPTH) : parents, lines };
}

/** A value as written: numbers and the words for true, false and nothing become plain data, all else text. */
export function literal(text: string): ConfigValue {
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (text === '' || /^(?:none|null|~)$/i.test(text)) return null;
  const number = Number(text.replace(/_/g, ''));
  return Number.isFinite(number) ? number : text;
}

/**
 * Settings in the arguments of a command line: `--learning_rate 9.65e-6`, `--training.steps=10`, `--deepspeed`. Text
 * without such arguments has none.
 */
export function readFlags(text: string, onSetting: OnSetting): void {
  const flags = /(?:^|\s)--([\w.-]+)(?:=(\S*)|\s+(?!--)(\S+))?/g;
  for (let flag = flags.exec(text); flag !== null; flag = flags.exec(text)) {
    const value = flag[2] ?? flag[3];
    onSetting(flag[1]!, value === undefined ? true : literal(value.replace(/^(["'])(.*)\1$/, '$2')));
  }
}
