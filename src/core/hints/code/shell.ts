import { numberOf } from './arithmetic';
import { NO_FACTS, type Setting, type SettingValue, type SourceFacts, type TextSpan } from './setting';

interface Word extends TextSpan {
  /** The word without its quotes; variables are still in it. */
  readonly text: string;
}

/**
 * What a shell script sets: variables (`LR=3e-4`, `export LR=3e-4`) and options of the commands it starts (`--lr 3e-4`,
 * `--lr=3e-4`, Hydra's `optimizer.lr=3e-4`), continued lines included. `$LR`, `${LR}` and `${LR:-3e-4}` are followed.
 * A long option without a value is true. Nothing is expanded by a shell; here-documents, arrays and substitutions are text without a value.
 */
export function shellFacts(text: string): SourceFacts {
  const variables = new Map<string, string>();
  const settings: Setting[] = [];
  for (const words of commands(text)) {
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      const assigned = ASSIGNED.exec(word.text);
      if (assigned !== null) {
        const { flag, name, value } = assigned.groups as { flag: string; name: string; value: string };
        if (flag === '' && !name.includes('.')) variables.set(name, value);
        const to = word.to - (/["']/.test(text[word.to - 1]!) ? 1 : 0);
        const valueSpan = { from: Math.max(to - value.length, word.from), to };
        settings.push(setting(name, flag !== '', word.from, valueSpan, value, variables));
        continue;
      }
      const flag = /^--?([A-Za-z][\w.-]*)$/.exec(word.text)?.[1];
      const next = words[i + 1];
      if (flag === undefined) continue;
      if (next === undefined || /^-{1,2}[A-Za-z]/.test(next.text)) {
        const end = { from: word.to, to: word.to };
        if (word.text.startsWith('--')) settings.push(setting(flag, true, word.from, end, 'true', variables));
        continue;
      }
      settings.push(setting(flag, true, word.from, next, next.text, variables));
      i++;
    }
  }
  return { ...NO_FACTS, settings };
}

const ASSIGNED = /^(?<flag>\+{0,2}|--?)(?<name>[A-Za-z_][\w.-]*)=(?<value>.*)$/s;

function setting(
  key: string,
  isFlag: boolean,
  from: number,
  valueSpan: TextSpan,
  source: string,
  variables: ReadonlyMap<string, string>,
): Setting {
  const parts = key.replaceAll('-', '_').split('.');
  const name = parts.pop()!;
  return {
    name,
    owners: parts,
    form: isFlag ? 'flag' : 'assignment',
    span: { from, to: valueSpan.to },
    valueSpan,
    value: constantIn(source, variables, 0),
  };
}

function constantIn(source: string, variables: ReadonlyMap<string, string>, depth: number): SettingValue | undefined {
  const variable = /^\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})$/.exec(source);
  if (variable !== null && depth < 8) {
    const known = variables.get(variable[1] ?? variable[2]!);
    const next = known !== undefined && known !== source ? known : variable[3];
    return next === undefined ? undefined : constantIn(next, variables, depth + 1);
  }
  if (/[$`]/.test(source)) return undefined;
  const number = numberOf(source);
  if (number !== undefined) return number;
  return /^(true|false)$/i.test(source) ? /^true$/i.test(source) : source;
}

/** The words of each command: quotes taken off, comments left out, lines joined at a backslash. */
function* commands(text: string): Generator<Word[]> {
  let words: Word[] = [];
  for (let i = 0; i < text.length; ) {
    const char = text[i]!;
    if (char === '\n' || char === ';' || char === '|' || char === '&') {
      if (words.length > 0) yield words;
      words = [];
      i++;
    } else if (char === '\\' && /^\\\r?\n/.test(text.slice(i, i + 3))) i = text.indexOf('\n', i) + 1;
    else if (/\s|[()]/.test(char)) i++;
    else if (char === '#') i = endOfLine(text, i);
    else {
      const word = readWord(text, i);
      words.push(word);
      i = word.to;
    }
  }
  if (words.length > 0) yield words;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function readWord(text: string, from: number): Word {
  let out = '';
  let i = from;
  while (i < text.length && !/[\s;|&()]/.test(text[i]!)) {
    const char = text[i]!;
    if (char === '"' || char === "'") {
      const end = text.indexOf(char, i + 1);
      const close = end < 0 ? text.length : end;
      out += text.slice(i + 1, close);
      i = close + 1;
    } else if (char === '\\' && i + 1 < text.length) {
      if (text[i + 1] === '\n' || text[i + 1] === '\r') break;
      out += text[i + 1];
      i += 2;
    } else if (text.startsWith('$(', i)) {
      const end = text.indexOf(')', i);
      const close = end < 0 ? text.length : end + 1;
      out += text.slice(i, close);
      i = close;
    } else {
      out += char;
      i++;
    }
  }
  return { text: out, from, to: Math.max(Math.min(i, text.length), from + 1) };
}
