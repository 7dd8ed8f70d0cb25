import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { FORMATS, formatById } from '../../../src/core/formats/registry';
import { fixture, fixtureNames, sampleOf } from './check';

/** Files of the folder that are no format. */
const COMMON = ['detect', 'format', 'keys', 'registry'];

const ids = FORMATS.map(({ id }) => id);

function names(folder: string, ending: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => entry.name.slice(0, -ending.length))
    .sort();
}

describe('formats: one of each', () => {
  test('the registry is sorted and knows each file once', () => {
    assert.deepEqual([...ids].sort(), ids);
    assert.deepEqual(
      names('src/core/formats', '.ts').filter((name) => !COMMON.includes(name)),
      ids,
    );
    for (const id of ids) assert.equal(formatById(id)?.id, id);
    assert.equal(formatById('none'), undefined);
  });
  test('each has a test and fixtures', () => {
    const tests = names('test/core/formats', '.test.ts').filter((name) => ![...COMMON, 'parity'].includes(name));
    assert.deepEqual(tests, ids);
    const folders = fs
      .readdirSync('test/fixtures/formats', { withFileTypes: true })
      .filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), ids);
    for (const id of ids) assert.ok(fixtureNames(id).length > 0, id);
  });
  test('each has a row in the docs, and the generated parts are current', () => {
    const page = fs.readFileSync('docs/formats.md', 'utf8');
    for (const id of ids) assert.match(page, new RegExp(`^\\| \`${id}\` +\\|`, 'm'), id);
    execFileSync(process.execPath, ['tools/docs.mjs', '--check']);
  });
  test('a refined format exists', () => {
    for (const { id, refines } of FORMATS) assert.ok(refines === undefined || ids.includes(refines), id);
  });
  test('every fixture is small and has a row in the notice', () => {
    const notice = fs.readFileSync('test/fixtures/NOTICE.md', 'utf8');
    for (const id of ids) {
      for (const name of fixtureNames(id)) {
        assert.ok(fixture(id, name).length <= 150_000, `${id}/${name}`);
        assert.ok(notice.includes(`${id}/${name}`), `NOTICE.md has no row for ${id}/${name}`);
      }
    }
  });
});

describe('formats: none mistakes another', () => {
  for (const id of ids) {
    test(id, () => {
      for (const name of fixtureNames(id)) {
        const sample = sampleOf(name, fixture(id, name));
        for (const other of FORMATS) {
          if (other.id === id || other.refines === id || formatById(id)!.refines === other.id) continue;
          assert.notEqual(other.probe(sample), 'yes', `${other.id} claims ${id}/${name}`);
        }
        assert.notEqual(formatById(id)!.probe(sample), 'no', `${id} does not know ${name}`);
      }
    });
  }
  test('generic formats only guess', () => {
    for (const id of ['csv', 'jsonl']) {
      for (const name of fixtureNames(id))
        assert.equal(formatById(id)!.probe(sampleOf(name, fixture(id, name))), 'maybe');
    }
  });
});
