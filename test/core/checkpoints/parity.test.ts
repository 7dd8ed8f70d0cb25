import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { CHECKPOINT_FORMATS } from '../../../src/core/checkpoints/registry';

const ids = CHECKPOINT_FORMATS.map(({ id }) => id);
const FIXTURES = 'test/fixtures/checkpoints';
/** Formats whose samples are written by the tests themselves: `test/lib` has their writers. */
const WRITTEN: readonly string[] = ['gguf', 'safetensors'];

function names(folder: string, ending: string): string[] {
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(ending));
  return files.map((name) => name.slice(0, -ending.length)).sort();
}

describe('formats of checkpoints: one of each', () => {
  test('the registry is sorted and knows each file once', () => {
    assert.deepEqual([...ids].sort(), ids);
    assert.deepEqual(names('src/core/checkpoints/formats', '.ts'), ids);
  });
  test('each has a test, and recorded or written samples', () => {
    const tests = names('test/core/checkpoints', '.test.ts');
    for (const id of ids) assert.ok(tests.includes(id), id);
    const folders = fs.readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual([...folders.map(({ name }) => name), ...WRITTEN].sort(), ids);
    for (const id of WRITTEN) assert.ok(fs.existsSync(`test/lib/${id}.ts`), id);
  });
  test('each has a row in the docs, and the generated parts are current', () => {
    const page = fs.readFileSync('docs/checkpoints.md', 'utf8');
    for (const id of ids) assert.match(page, new RegExp(`^\\| \`${id}\` +\\|`, 'm'), id);
    execFileSync(process.execPath, ['tools/docs.mjs', '--check']);
  });
  test('the samples are small, and the notice says where they come from', () => {
    const files = fs.readdirSync(FIXTURES, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, file) => sum + fs.statSync(`${file.parentPath}/${file.name}`).size, 0);
    assert.ok(bytes < 100_000, String(bytes));
    assert.match(fs.readFileSync('test/fixtures/NOTICE.md', 'utf8'), /^## checkpoints$/m);
  });
  test('every kind of layer is described', () => {
    const page = fs.readFileSync('docs/checkpoints.md', 'utf8');
    const source = fs.readFileSync('src/core/checkpoints/checkpoint.ts', 'utf8');
    const kinds = /export type LayerKind =([^;]+);/.exec(source)![1]!.match(/\w+/g)!;
    for (const kind of kinds) assert.match(page, new RegExp(`^\\|.*\`${kind}\``, 'm'), kind);
  });
});
