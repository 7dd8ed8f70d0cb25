import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly when?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly walkthroughs: readonly { readonly steps: readonly WalkthroughStep[] }[];
  };
}

interface Setting {
  readonly order: number;
  readonly scope: string;
  readonly markdownDescription: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
}

interface WalkthroughStep {
  readonly media: { readonly image: Readonly<Record<string, string>>; readonly altText: string };
  readonly completionEvents: readonly string[];
}

const read = (file: string): string => fs.readFileSync(file, 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const extension = fs
  .readdirSync('src/extension', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => read(`src/extension/${file}`))
  .join('\n');

test('every command of the manifest is registered, and the other way round', () => {
  const declared = manifest.contributes.commands.map(({ command }) => command).sort();
  const registered = [...extension.matchAll(/register\('([\w.]+)'/g)].map(([, name]) => `lossline.${name}`).sort();
  assert.deepEqual(registered, declared);
});

test('every setting of the manifest is read, and the other way round', () => {
  const declared = manifest.contributes.configuration.flatMap(({ properties }) => Object.keys(properties)).sort();
  const section = /getConfiguration\('lossline'\)\s*\.get(?:<[^>]+>)?\('([\w.]+)'/g;
  const inHost = [...extension.matchAll(section)].map(([, name]) => `lossline.${name}`);
  const inServer = [...read('src/server/editor.ts').matchAll(/_SETTING = '(lossline\.[\w.]+)'/g)].map(
    ([, name]) => name!,
  );
  const used = [...inHost, ...inServer].sort();
  assert.deepEqual([...new Set(used)], declared);
});

test('every %key% of the manifest has a text, and no text is left over', () => {
  const used = [...new Set([...read('package.json').matchAll(/%([\w.]+)%/g)].map(([, key]) => key!))].sort();
  assert.deepEqual(Object.keys(JSON.parse(read('package.nls.json')) as object).sort(), used);
});

/** First cells of the rows of the tables of a page, without marks. */
const rowsOf = (page: string): string[] => [...read(page).matchAll(/^\| ([^|]+?) +\|/gm)].map(([, cell]) => cell!);

test('every command has a title in one category, and is explained', () => {
  const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
  const explained = rowsOf('docs/editor.md');
  for (const { command, title, category } of manifest.contributes.commands) {
    assert.equal(category, 'Lossline', command);
    const text = texts[title.replaceAll('%', '')];
    assert.ok(text !== undefined, `${command} has no title`);
    assert.ok(explained.includes(`*${text}*`), `${text} is not in docs/editor.md`);
  }
});

test('every setting has its place, scope and description, and is explained', () => {
  const explained = rowsOf('docs/editor.md');
  const orders = new Set<number>();
  for (const [name, setting] of Object.entries(manifest.contributes.configuration[0]!.properties)) {
    assert.ok(['machine', 'resource', 'window'].includes(setting.scope), name);
    assert.ok(!orders.has(setting.order), `two settings have the place ${setting.order}`);
    orders.add(setting.order);
    assert.match(setting.markdownDescription, /^%.+%$/, name);
    assert.equal(setting.enumDescriptions?.length, setting.enum?.length, name);
    assert.ok(explained.includes(`\`${name}\``), `${name} is not in docs/editor.md`);
  }
});

test('menus and keys name commands that there are, and keys work in views of Lossline alone', () => {
  const { commands, menus, keybindings } = manifest.contributes;
  const known = new Set(commands.map(({ command }) => command));
  const named = [...Object.values(menus).flat(), ...keybindings].map(({ command }) => command);
  assert.deepEqual(
    named.filter((command) => command.startsWith('lossline.') && !known.has(command)),
    [],
  );
  for (const { key, when } of keybindings) assert.match(when ?? '', /^focusedView == lossline\./, key);
});

test('every context of a `when` clause is told by the extension', () => {
  const used = [...read('package.json').matchAll(/"when": "([^"]+)"/g)].flatMap(([, when]) => [
    ...when!.matchAll(/(?<!view == |focusedView == )\b(lossline\.\w+)\b/g),
  ]);
  const told = new Set([...extension.matchAll(/'setContext', '(lossline\.\w+)'/g)].map(([, name]) => name!));
  const completed = [...read('package.json').matchAll(/onContext:(lossline\.\w+)/g)];
  const unknown = [...used, ...completed].map(([, name]) => name!).filter((name) => !told.has(name));
  assert.deepEqual([...new Set(unknown)], []);
});

test('every step of the walkthrough has pictures for each kind of theme', () => {
  for (const { media } of manifest.contributes.walkthroughs.flatMap(({ steps }) => steps)) {
    assert.deepEqual(Object.keys(media.image).sort(), ['dark', 'hc', 'hcLight', 'light']);
    for (const file of Object.values(media.image)) assert.ok(fs.existsSync(file), `${file} is not there`);
  }
});

test('dependencies are pinned, bundled, and the editor typings match the oldest supported editor', () => {
  for (const [name, version] of Object.entries(manifest.devDependencies))
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  assert.ok(!('dependencies' in manifest));
  assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
});
