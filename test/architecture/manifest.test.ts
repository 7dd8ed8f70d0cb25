import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
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

test('dependencies are pinned, bundled, and the editor typings match the oldest supported editor', () => {
  for (const [name, version] of Object.entries(manifest.devDependencies))
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  assert.ok(!('dependencies' in manifest));
  assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
});
