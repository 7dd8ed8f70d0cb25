import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { MEASURES } from '../../../src/core/spectra/registry';
import { tensorJson } from '../../../src/core/spectra/report';

const names = (folder: string, end: string): string[] =>
  fs
    .readdirSync(folder)
    .map((name) => name.replace(end, ''))
    .sort();

test('every measure has a file, a row and a test, and nothing else has', () => {
  const rows = MEASURES.map(({ file }) => file).sort();
  assert.deepEqual(names('src/core/spectra/measures', '.ts'), rows);
  assert.deepEqual(names('test/core/spectra/measures', '.test.ts'), rows);
});

test('every key of the JSON belongs to one measure', () => {
  const report = {
    name: 'w',
    file: 'f',
    shape: [1, 1] as const,
    dtype: 'F32',
    kind: 'other' as const,
    layer: null,
    expert: null,
    aliases: [],
    rank: null,
    nonFinite: 0,
    measures: null,
    refused: 'no',
  };
  const identity = [
    'name',
    'file',
    'shape',
    'dtype',
    'kind',
    'layer',
    'expert',
    'aliases',
    'nonFinite',
    'refused',
    'method',
    'errors',
  ];
  const printed = Object.keys(tensorJson(report)).filter((key) => !identity.includes(key));
  const described = MEASURES.flatMap(({ keys }) => keys).filter((key) => key !== 'attention');
  assert.deepEqual(printed.sort(), described.sort());
});

test('the laws of the page are exported under these names', () => {
  const page = fs.readFileSync('docs/spectra.md', 'utf8');
  const laws = fs
    .readdirSync('src/core/spectra/laws')
    .map((file) => fs.readFileSync(`src/core/spectra/laws/${file}`, 'utf8'));
  for (const [, name] of page.matchAll(/^\|[^|]+\| `(\w+)` +\| (?:arXiv|own)/gm)) {
    assert.ok(
      laws.some((text) => text.includes(`export function ${name}(`)),
      `${name} is not there`,
    );
  }
});
