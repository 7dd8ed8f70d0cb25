import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

type Texts = Readonly<Record<string, string>>;

interface Tool {
  textsIn(source: string): string[];
  usedTexts(): string[];
  translations(): Readonly<Record<string, Texts>>;
}

const tool = (): Promise<Tool> => import(pathToFileURL(path.resolve('tools/l10n.mjs')).href);

const read = (file: string): Texts => JSON.parse(fs.readFileSync(file, 'utf8'));

/** What a translation must keep: places, icons, commands behind links, code. */
function fixedParts(text: string): string[] {
  return (text.match(/\{\d+\}|\$\([\w-]+\)|\]\([^)]+\)|`[^`]+`|\n/g) ?? []).sort();
}

function assertFaithful(language: string, original: Texts, translated: Texts): void {
  for (const [key, text] of Object.entries(translated)) {
    const from = original[key.replace(/ \[\w+\]$/, '')]!;
    const note = `${language}: ${key}`;
    assert.notEqual(text.trim(), '', note);
    assert.deepEqual(fixedParts(text), fixedParts(from), note);
    assert.equal(/^\s/.test(text), /^\s/.test(from), note);
  }
}

test('every text of the host and of the panels is listed, and every language has each of them', async () => {
  const { usedTexts, translations } = await tool();
  const used = usedTexts();
  assert.ok(used.length > 300);
  const listed = read('l10n/bundle.l10n.json');
  assert.deepEqual(Object.keys(listed), used, 'node tools/l10n.mjs writes the list');
  const languages = Object.entries(translations());
  assert.ok(languages.length > 0);
  for (const [language, bundle] of languages) {
    const whole = Object.keys(bundle).filter((key) => used.includes(key));
    assert.deepEqual(whole, used, language);
    assertFaithful(language, listed, bundle);
  }
});

test('the manifest has each of its texts in every language', async () => {
  const { translations } = await tool();
  const original = read('package.nls.json');
  const asked = [...fs.readFileSync('package.json', 'utf8').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!);
  assert.deepEqual([...new Set(asked)].sort(), Object.keys(original).sort());
  for (const language of Object.keys(translations())) {
    const translated = read(`package.nls.${language}.json`);
    assert.deepEqual(Object.keys(translated), Object.keys(original), language);
    assertFaithful(language, original, translated);
  }
});

test('texts are found in code as they are called', async () => {
  const { textsIn } = await tool();
  const found: [source: string, texts: string[]][] = [
    ["vscode.l10n.t('Open {0}', name)", ['Open {0}']],
    ["t(\"it's\", t('inner'))", ["it's", 'inner']],
    ["plural(count, '{0} run', '{0} runs')", ['{0} run', '{0} runs']],
    ["plural(\n  warnings.length,\n  'one',\n  'many',\n)", ['one', 'many']],
    ["t('a\\u2212b\\'c')", ["a−b'c"]],
    ["// t('in a comment')\n/** t('in another') */", []],
    ["at('no text'); x.t('nor this'); format(value)", []],
  ];
  for (const [source, texts] of found) assert.deepEqual(textsIn(source), texts, source);
  for (const source of ['t(name)', 't(`a $' + '{b}`)', "plural(count, one, 'many')"]) {
    assert.throws(() => textsIn(source), /not a literal text/, source);
  }
});
