import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import type { JobPool } from '../../../src/core/engine/jobs';
import { runJob } from '../../../src/core/engine/runJob';
import { analyseCheckpoint, type CheckpointReport } from '../../../src/core/spectra/analyseCheckpoint';
import type { AnalysisTask } from '../../../src/core/spectra/analyseTensors';
import { SpectraCache, type TextStore } from '../../../src/core/spectra/spectraCache';
import { DiskStore } from '../../../src/node/diskStore';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { f32, type Raw, safetensors } from '../../lib/safetensors';
import { gaussian } from './matrices';

const FILE = '/run/a.safetensors';
const raw = (name: string, seed: number): Raw => ({
  name,
  dtype: 'F32',
  shape: [70, 60],
  bytes: f32(gaussian(70, 60, seed)),
});
const model = (second = 2): Uint8Array => safetensors([raw('h.0.w', 1), raw('h.1.w', second), raw('h.2.w', 3)]);

class MapStore extends Map<string, string> implements TextStore {
  async read(key: string): Promise<string | null> {
    return this.get(key) ?? null;
  }
  async write(key: string, text: string): Promise<void> {
    this.set(key, text);
  }
}

/** Files in memory, and an analysis that says which matrices were measured. */
function world() {
  const files = new MemoryFileSystem();
  const measured: string[] = [];
  const pool: JobPool = {
    run: (name, input) => {
      if (name === 'spectra') measured.push(...(input as AnalysisTask).matrices.map((names) => names[0]!));
      return runJob(name, input, files);
    },
    dispose: () => undefined,
  };
  const analyse = async (cache: SpectraCache, exact = false): Promise<[CheckpointReport, string[]]> => {
    measured.length = 0;
    const report = await analyseCheckpoint(files, pool, FILE, { cache, exact });
    return [report, [...measured].sort()];
  };
  return { files, analyse };
}

test('what was measured is not measured again, from memory and from a store', async () => {
  const { files, analyse } = world();
  const store = new MapStore();
  files.write(FILE, model());
  const [first, all] = await analyse(new SpectraCache(files, store));
  assert.deepEqual(all, ['h.0.w', 'h.1.w', 'h.2.w']);
  const [second, none] = await analyse(new SpectraCache(files, store));
  assert.deepEqual(none, []);
  assert.deepEqual(second, first);
  const other = new SpectraCache(files);
  await analyse(other);
  assert.deepEqual((await analyse(other))[1], []);
});

test('another setting, another time of change, other bytes: measured again', async () => {
  const { files, analyse } = world();
  const cache = new SpectraCache(files);
  files.write(FILE, model());
  await analyse(cache);
  assert.equal((await analyse(cache, true))[1].length, 3);
  files.now += 1;
  files.write(FILE, model());
  assert.equal((await analyse(cache))[1].length, 3);
  // The same size and time, and one matrix with other bytes.
  files.write(FILE, model(9));
  assert.deepEqual((await analyse(cache))[1], ['h.1.w']);
});

test('damaged entries are passed over and replaced', async () => {
  const { files, analyse } = world();
  const store = new MapStore();
  files.write(FILE, model());
  const [report] = await analyse(new SpectraCache(files, store));
  const damages: ((text: string) => string)[] = [
    () => '',
    (text) => text.slice(0, text.length / 2),
    (text) => text.replace('"h.', '"x.'),
    () => '{}',
    () => `${'0'.repeat(32)}\nnull`,
  ];
  for (const damage of damages) {
    for (const [key, text] of store) store.set(key, damage(text));
    const [again, measured] = await analyse(new SpectraCache(files, store));
    assert.deepEqual([again, measured.length], [report, 3]);
  }
});

test('a folder on disk keeps texts, forgets the oldest, and takes no other names', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-store-'));
  try {
    const key = (i: number): string => i.toString(16).padStart(8, '0');
    const first = new DiskStore(folder, 1000);
    for (let i = 0; i < 20; i++) await first.write(key(i), 'x'.repeat(100));
    for (let i = 0; i < 20; i++) fs.utimesSync(path.join(folder, key(i)), i, i);
    assert.equal(await first.read(key(3)), 'x'.repeat(100));
    // A new start looks at the size first.
    const second = new DiskStore(folder, 1000);
    await second.write(key(99), 'new');
    assert.equal(await second.read(key(0)), null);
    assert.equal((await second.read(key(19)))?.length, 100);
    assert.equal(await second.read(key(99)), 'new');
    await second.write('../escaped', 'x');
    assert.equal(fs.existsSync(path.join(folder, '../escaped')), false);
    assert.equal(await second.read('../../etc/hostname'), null);
    const nowhere = new DiskStore(path.join(folder, key(19), 'below-a-file'), 1000);
    await nowhere.write(key(1), 'lost');
    assert.equal(await nowhere.read(key(1)), null);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
