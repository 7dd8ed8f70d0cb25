import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';

const read = (file: string): string => fs.readFileSync(file, 'utf8');

test('every message is described, and nothing else is', () => {
  const server = [...read('src/protocol/server.ts').matchAll(/^export const [A-Z_]+ = '([^']+)'/gm)];
  const panels = ['panel', 'compare', 'spectra'].map((file) => read(`src/protocol/${file}.ts`)).join('\n');
  const panel = [...panels.matchAll(/^ {4}'([^']+)':/gm)];
  const messages = [...new Set([...server, ...panel].map(([, name]) => name!))].sort();
  const described = [
    ...new Set([...read('docs/protocol.md').matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name]) => name!)),
  ].sort();
  assert.deepEqual(described, messages);
});

test('every folder of the code map exists, and every layer is on it', () => {
  const map = read('docs/architecture.md');
  for (const layer of fs.readdirSync('src', { withFileTypes: true })) {
    if (layer.isDirectory()) assert.ok(map.includes(`\`src/${layer.name}`), `src/${layer.name} is not on the map`);
  }
  for (const [, file] of map.matchAll(/`(src\/[\w/]+\.ts|test\/[\w/.]+\.ts|webview\/[\w/]+\.ts)`/g)) {
    assert.ok(fs.existsSync(file!), `${file} does not exist`);
  }
});
