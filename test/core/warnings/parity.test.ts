import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { citationUrl } from '../../../src/core/citation';
import { DETECTORS, detectorById } from '../../../src/core/warnings/registry';

const ids = DETECTORS.map(({ id }) => id);

function names(folder: string, ending: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

describe('warnings: one of each', () => {
  test('the registry is sorted and knows each file once', () => {
    assert.deepEqual([...ids].sort(), ids);
    assert.deepEqual(names('src/core/warnings/detectors', '.ts'), ids);
    for (const id of ids) assert.equal(detectorById(id)?.id, id);
    assert.equal(detectorById('none'), undefined);
  });
  test('each has a test', () => {
    assert.deepEqual(names('test/core/warnings/detectors', '.test.ts'), ids);
  });
  test('each has a row in the docs', () => {
    const page = fs.readFileSync('docs/warnings.md', 'utf8');
    for (const id of ids) assert.match(page, new RegExp(`^\\| \`${id}\` +\\|`, 'm'), id);
  });
  test('each says what it means, what to do, and where that is from', () => {
    for (const { id, title, meaning, advice, source, concerns } of DETECTORS) {
      assert.ok(title.length > 3 && meaning.length > 60 && advice.length > 40, id);
      assert.match(
        citationUrl(source),
        /^https:\/\/(arxiv\.org\/abs\/\d{4}\.\d{4,5}|doi\.org\/10\.|github\.com\/)/,
        id,
      );
      assert.ok(source.year > 1980 && source.authors !== '' && (source.where ?? '') !== '', id);
      assert.equal(new Set(concerns).size, concerns.length, id);
    }
  });
});
