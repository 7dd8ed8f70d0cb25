// The texts that are shown in the language of the editor. Writes `l10n/bundle.l10n.json`, which lists every text of the extension host
// and of the panels, and puts the translations beside it in the same order, without those of texts that are gone. Says what
// is not translated yet, and fails then. `--check` changes nothing and fails on a difference too.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const FOLDER = path.join(ROOT, 'l10n');
const SOURCES = ['src/extension', 'webview'];

/** Files that translate import one of these. */
const IMPORT = /from '(vscode|(\.\.?\/)+(shared\/)?l10n)'/;
const TEXT = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y;
const CALL = /(?<![\w.])(?:(?:vscode\.)?l10n\.)?(t|plural)\(\s*/g;

/** Every text that `source` gives to `t` and `plural`. Throws where one is no literal: it could not be found and translated. */
export function textsIn(source, name = '') {
  const code = source.replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, '');
  const texts = [];
  for (const { index, 0: call, 1: kind } of code.matchAll(CALL)) {
    let at = index + call.length;
    if (kind === 'plural') at = skip(code, /[^,'"]*,\s*/y, at);
    for (let rest = kind === 'plural' ? 2 : 1; rest > 0; rest--) {
      TEXT.lastIndex = at;
      const literal = TEXT.exec(code)?.[0];
      if (literal === undefined) throw new Error(`${name}: ${code.slice(index, index + 60)}: not a literal text`);
      texts.push(unquoted(literal));
      at = skip(code, /\s*,?\s*/y, at + literal.length);
    }
  }
  return texts;
}

function skip(code, pattern, at) {
  pattern.lastIndex = at;
  return at + (pattern.exec(code)?.[0].length ?? 0);
}

function unquoted(literal) {
  return literal.slice(1, -1).replace(/\\u\{?([0-9a-f]{4})\}?|\\n|\\(.)/gi, (text, code, other) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return text === '\\n' ? '\n' : other;
  });
}

/** Every text of the product, sorted. */
export function usedTexts() {
  const files = SOURCES.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true })
      .filter((file) => file.endsWith('.ts') && file !== path.join('shared', 'l10n.ts'))
      .map((file) => path.join(folder, file)),
  );
  const texts = files.flatMap((file) => {
    const source = fs.readFileSync(path.join(ROOT, file), 'utf8');
    return IMPORT.test(source) ? textsIn(source, file) : [];
  });
  return [...new Set(texts)].sort();
}

/** Translations by language: the ends of the file names in `l10n`. */
export function translations() {
  const names = fs.readdirSync(FOLDER).flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);
  return Object.fromEntries(names.map((name) => [name, readJson(path.join(FOLDER, `bundle.l10n.${name}.json`))]));
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** `{0} runs [few]` is a form of `{0} runs`. */
const baseOf = (key) => key.replace(/ \[(zero|two|few|many)\]$/, '');

function main() {
  const check = process.argv.includes('--check');
  const used = usedTexts();
  const files = { 'bundle.l10n.json': Object.fromEntries(used.map((text) => [text, text])) };
  let missing = 0;
  for (const [language, bundle] of Object.entries(translations())) {
    const keys = Object.keys(bundle)
      .filter((key) => used.includes(baseOf(key)))
      .sort();
    files[`bundle.l10n.${language}.json`] = Object.fromEntries(keys.map((key) => [key, bundle[key]]));
    for (const text of used.filter((each) => bundle[each] === undefined)) {
      missing++;
      console.error(`${language}: ${text}`);
    }
  }
  let stale = 0;
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(FOLDER, name);
    const text = `${JSON.stringify(content, null, 2)}\n`;
    if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) continue;
    stale++;
    if (check) console.error(`${name} is not up to date: node tools/l10n.mjs`);
    else fs.writeFileSync(file, text);
  }
  process.exitCode = missing > 0 || (check && stale > 0) ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
