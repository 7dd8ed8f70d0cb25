import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { detectFormat } from '../../../../src/core/formats/detect';
import type { FileLog } from '../../../../src/core/series/fileLog';
import { checkFlush, expectSame, readLog, sampleOf, seeded } from '../check';
import { planOf } from '../console';

const FOLDER = 'test/fixtures/consoles';

/** What a person says of a log: per series the number of points, first step and value, last step and value. */
interface Facts {
  readonly source: string;
  readonly format: string;
  readonly unit?: string;
  readonly total?: number;
  readonly series: Readonly<Record<string, readonly [number, number, number, number, number]>>;
}

const FACTS = JSON.parse(fs.readFileSync(`${FOLDER}/facts.json`, 'utf8')) as Record<string, Facts>;
const bytesOf = (name: string) => new Uint8Array(fs.readFileSync(`${FOLDER}/${name}`));
const formatOf = (name: string) => detectFormat(sampleOf(name, bytesOf(name)))?.format;

function expectFacts(log: FileLog, { series, unit, total }: Facts): void {
  for (const [name, [points, firstStep, first, lastStep, last]] of Object.entries(series)) {
    const found = log.find(name);
    assert.ok(found, `no ${name} among ${log.allSeries.map((each) => each.name).join(', ')}`);
    const close = (value: number, wanted: number) => Math.abs(value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
    const [from, to] = [found.first()!, found.last()!];
    assert.deepEqual([found.length, from.step, to.step], [points, firstStep, lastStep], name);
    assert.ok(close(from.value, first) && close(to.value, last), `${name}: ${from.value} … ${to.value}`);
  }
  assert.equal(log.unit, unit ?? 'step');
  if (total !== undefined) assert.equal(planOf(log).totalSteps, total);
}

test('each sample has its facts, and the other way round', () => {
  const names = fs.readdirSync(FOLDER).filter((name) => name !== 'facts.json');
  assert.deepEqual(names.sort(), Object.keys(FACTS).sort());
});

for (const [name, facts] of Object.entries(FACTS)) {
  test(`${name}: ${facts.source}`, () => {
    const bytes = bytesOf(name);
    const format = formatOf(name);
    assert.equal(format?.id, facts.format);
    const log = readLog(format!, name, bytes);
    expectFacts(log, facts);
    const random = seeded(bytes.length);
    const cuts = Array.from({ length: 60 }, () => Math.floor(random() * bytes.length)).sort((a, b) => a - b);
    expectSame(readLog(format!, name, bytes, cuts), log, `${name} in pieces`);
    checkFlush(format!, name, bytes.subarray(0, 16 * 1024));
  });
}
