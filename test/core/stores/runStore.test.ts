import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import { LosslineError } from '../../../src/core/errors';
import { RunStore } from '../../../src/core/stores/runStore';
import { columnsOf } from '../../../src/core/stores/sqlite/database';
import { readRecord, readVarint } from '../../../src/core/stores/sqlite/record';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { expectSeries, seeded } from '../formats/check';
import { planOf, pointsOf } from '../formats/console';

const bytesOf = (name: string) => new Uint8Array(fs.readFileSync(`test/fixtures/stores/${name}`));
const MLFLOW = bytesOf('mlflow.db');
const TRACKIO = bytesOf('trackio.db');
const TRACKIO_WAL = bytesOf('trackio.db-wal');

async function open(
  files: Readonly<Record<string, Uint8Array>>,
): Promise<{ store: RunStore; files: MemoryFileSystem }> {
  const memory = new MemoryFileSystem();
  for (const [name, bytes] of Object.entries(files)) memory.write(`/s/${name}`, bytes);
  return { store: await RunStore.open(memory, `/s/${Object.keys(files)[0]}`), files: memory };
}

const run = (store: RunStore, name: string) => [...store.runs.values()].find((each) => each.name === name)!;

test('an MLflow database holds its runs with points, parameters and states, deleted ones left out', async () => {
  const { store } = await open({ 'mlflow.db': MLFLOW });
  assert.deepEqual(
    [...store.runs.values()].map(({ name, group }) => [name, group]),
    [
      ['sad-dog-2', 'pretrain'],
      ['bold-cat-1', 'pretrain'],
    ],
  );
  const { log } = run(store, 'bold-cat-1');
  expectSeries(log, 'train_loss', { points: 120, first: [0, 5.5], last: [119, 2.773861] });
  expectSeries(log, 'val_loss', { points: 12, first: [9, 3.548683], last: [119, 2.873861] });
  expectSeries(log, 'wall_time', { points: 120, first: [0, 1_700_000_000], last: [119, 1_700_000_119] });
  assert.deepEqual(Object.fromEntries([...log.configEntries].filter(([key]) => key !== 'notes')), {
    max_steps: 120,
    learning_rate: 0.0003,
    bf16: true,
  });
  // A row of 5 kB on pages of 512 bytes.
  assert.equal(log.configEntries.get('notes'), 'long text '.repeat(500).slice(0, 2000));
  assert.deepEqual(planOf(log), { totalSteps: 120 });
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
  const failed = run(store, 'sad-dog-2').log;
  assert.deepEqual(
    failed.statuses.map(({ kind }) => kind),
    ['failed'],
  );
  assert.deepEqual(pointsOf(failed, 'train_loss').slice(-2), [
    [120, Number.NaN],
    [121, Number.POSITIVE_INFINITY],
  ]);
});

test('a Trackio project is read with what its write-ahead log holds, and without it', async () => {
  const { store } = await open({ 'trackio.db': TRACKIO, 'trackio.db-wal': TRACKIO_WAL });
  const { log } = run(store, 'first');
  expectSeries(log, 'train_loss', { points: 60, first: [0, 5.5], last: [59, 2.887298] });
  expectSeries(log, 'val_loss', { points: 1, first: [60, 2.75], last: [60, 2.75] });
  assert.deepEqual(Object.fromEntries(log.configEntries), {
    learning_rate: 0.0003,
    max_steps: 60,
    'optimizer/name': 'adamw',
  });
  expectSeries(run(store, 'second').log, 'train_loss', {
    points: 30,
    first: [30, 4.038816],
    last: [59, Number.NaN],
    nonFinite: 1,
  });
  const old = (await open({ 'trackio.db': TRACKIO })).store;
  assert.deepEqual([...old.runs.keys()], ['first']);
  expectSeries(run(old, 'first').log, 'train_loss', { points: 30, first: [0, 5.5], last: [29, 3.047723] });
});

test('a transaction counts from its last byte on, and its rows come once', async () => {
  const { store, files } = await open({ 'trackio.db': TRACKIO });
  const { log } = run(store, 'first');
  for (let cut = 0; cut < TRACKIO_WAL.length; cut += 997) {
    files.write('/s/trackio.db-wal', TRACKIO_WAL.slice(0, cut));
    await store.refresh();
    assert.equal(log.find('train_loss')!.length, 30, `after ${cut} bytes`);
  }
  files.write('/s/trackio.db-wal', TRACKIO_WAL);
  await store.refresh();
  await store.refresh();
  assert.deepEqual(
    pointsOf(log, 'train_loss').map(([step]) => step),
    Array.from({ length: 60 }, (_, i) => i),
  );
});

test('a page of the write-ahead log with a wrong checksum ends it', async () => {
  const damaged = TRACKIO_WAL.slice();
  damaged[32 + 24 + 500]! ^= 1;
  const { store } = await open({ 'trackio.db': TRACKIO, 'trackio.db-wal': damaged });
  assert.equal(run(store, 'first').log.find('train_loss')!.length, 30);
});

test('the runs of a store are runs of the engine, new ones too; a replaced store is read anew', async () => {
  const files = new MemoryFileSystem();
  const clock = new ManualClock();
  const log = { info: () => undefined, warn: () => undefined };
  const engine = new Engine({ fs: files, pool: new InlinePool(), clock, log });
  files.write('/w/runs/project.db', TRACKIO);
  files.write('/w/other.db', new TextEncoder().encode('no database at all'));
  await engine.scan([{ path: '/w', name: 'w' }], []);
  const names = () => engine.runs().map(({ name, points }) => [name, points]);
  assert.deepEqual(names(), [['first', 90]]);
  files.write('/w/runs/project.db-wal', TRACKIO_WAL);
  await clock.pass(5_000);
  assert.deepEqual(names(), [
    ['first', 182],
    ['second', 60],
  ]);
  files.remove('/w/runs/project.db-wal');
  files.files.delete('/w/runs/project.db');
  files.write('/w/runs/project.db', TRACKIO);
  await clock.pass(20_000);
  assert.deepEqual(names()[0], ['first', 90]);
  engine.dispose();
});

test('a database of another program is named as one', async () => {
  const schema = MLFLOW.slice();
  const text = Buffer.from(schema.buffer);
  for (let at = text.indexOf('metrics'); at >= 0; at = text.indexOf('metrics', at)) text.write('metrixx', at);
  await assert.rejects(open({ 'x.db': schema }), { code: 'file.unknownFormat' });
});

test('damaged pages end in an error with its place, in bounded time, or are not noticed', async () => {
  const random = seeded(3);
  let faults = 0;
  for (let round = 0; round < 300; round++) {
    const bytes = (round % 2 === 0 ? MLFLOW : TRACKIO).slice();
    const flips = 1 + Math.floor(random() * 30);
    for (let i = 0; i < flips; i++)
      bytes[100 + Math.floor(random() * (bytes.length - 100))] = Math.floor(random() * 256);
    try {
      const { store } = await open({ 'x.db': bytes });
      for (const { log } of store.runs.values()) assert.ok(log.points < 2_000);
    } catch (error) {
      faults++;
      assert.ok(error instanceof LosslineError, String(error));
      assert.ok(error.offset !== null && error.offset >= 0);
    }
  }
  assert.ok(faults > 20 && faults < 300, `${faults} faults`);
});

test('a tree that points at itself is no endless walk', async () => {
  const pageSize = 1024;
  const bytes = TRACKIO.slice();
  const view = new DataView(bytes.buffer);
  for (let page = 2; page * pageSize <= bytes.length; page++) {
    const start = (page - 1) * pageSize;
    bytes.fill(0, start, start + pageSize);
    bytes[start] = 0x05;
    view.setUint32(start + 8, page);
  }
  await assert.rejects(open({ 'x.db': bytes }), /runs in a circle/);
});

test('numbers and records are read as SQLite writes them', () => {
  const varint = (...bytes: number[]) => readVarint(Uint8Array.from(bytes), 0);
  assert.deepEqual(varint(0x7f), { value: 127, end: 1 });
  assert.deepEqual(varint(0x81, 0x00), { value: 128, end: 2 });
  assert.deepEqual(varint(...new Array<number>(9).fill(0xff)), { value: -1, end: 9 });
  assert.throws(() => varint(0x80));
  const record = Uint8Array.from([7, 0, 1, 2, 8, 9, 17, 0xff, 0x01, 0x00, 0x68, 0x69]);
  const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.deepEqual(readRecord(record, 10, textOf), [null, -1, 256, 0, 1, 'hi']);
  assert.throws(() => readRecord(record.subarray(0, 9), 10, textOf));
});

test('columns are found in definitions however they are written', () => {
  const sql = `CREATE TABLE "t x" ("a ""b""" INTEGER PRIMARY KEY AUTOINCREMENT, -- the key, (not the name)
    [c d] TEXT CHECK (x IN (1, 2)), \`e\` DECIMAL(10, 2) DEFAULT 'a,b)', f, CONSTRAINT p PRIMARY KEY (f), UNIQUE (e))`;
  const { columns, keyColumn } = columnsOf(sql);
  assert.deepEqual([...columns.keys()], ['a ""b""', 'c d', 'e', 'f']);
  assert.equal(keyColumn, 'a ""b""');
});
