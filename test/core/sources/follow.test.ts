import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FollowState, NEW_FILE, observe } from '../../../src/core/sources/follow';
import { FollowedFile } from '../../../src/core/sources/followedFile';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const stat = (size: number, mtimeMs = 1, identity = 'a') => ({ size, mtimeMs, identity, isDirectory: false });
const following: FollowState = { phase: 'following', identity: 'a', offset: 100, size: 100, mtimeMs: 1 };

test('each state of a followed file leads to its action', () => {
  const action = (
    state: FollowState,
    seen: ReturnType<typeof stat> | undefined,
    kind: 'stream' | 'document' = 'stream',
  ) => observe(state, seen, kind).action;
  assert.deepEqual(action(NEW_FILE, stat(5)), { kind: 'read' });
  assert.deepEqual(action(NEW_FILE, undefined), { kind: 'idle' });
  assert.deepEqual(action(following, stat(100)), { kind: 'idle' });
  assert.deepEqual(action(following, stat(120, 2)), { kind: 'read' });
  assert.deepEqual(action(following, stat(50, 2)), { kind: 'restart', reason: 'truncated' });
  assert.deepEqual(action(following, stat(120, 2, 'b')), { kind: 'restart', reason: 'replaced' });
  assert.deepEqual(action(following, undefined), { kind: 'gone' });
  assert.deepEqual(action(following, stat(100, 2), 'document'), { kind: 'restart', reason: 'rewritten' });
  const gone = observe(following, undefined, 'stream').state;
  assert.deepEqual(action(gone, undefined), { kind: 'idle' });
  assert.deepEqual(action(gone, stat(130, 3)), { kind: 'read' });
  assert.deepEqual(action(gone, stat(130, 3, 'b')), { kind: 'restart', reason: 'replaced' });
});

const lines = (from: number, to: number, loss = 5): string => {
  let text = '';
  for (let step = from; step < to; step++) text += `{"step": ${step}, "loss": ${loss - step / 1000}, "lr": 0.001}\n`;
  return text;
};

function steps(file: FollowedFile, log = file.log): number[] {
  return [...(log?.find('train_loss')?.steps.view() ?? [])];
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('a growing log is read once, torn lines wait for their end', async () => {
  const fs = new MemoryFileSystem();
  const text = lines(0, 50);
  fs.write('/run/log.jsonl', text.slice(0, 997));
  const file = new FollowedFile(fs, '/run/log.jsonl');
  await file.poll();
  const read = fs.bytesRead;
  fs.append('/run/log.jsonl', text.slice(997));
  await file.poll();
  assert.deepEqual(steps(file), range(0, 50));
  // The new bytes, and the few before them that prove that the file is still the same.
  assert.ok(fs.bytesRead - read <= text.length - 997 + 64);
  assert.deepEqual(file.log!.issues, []);
});

test('cut at every byte, the points are the same', async () => {
  const text = lines(0, 12);
  for (let cut = 1; cut < text.length; cut++) {
    const fs = new MemoryFileSystem();
    fs.write('/l.jsonl', text.slice(0, cut));
    const file = new FollowedFile(fs, '/l.jsonl');
    await file.poll();
    file.readAhead();
    fs.append('/l.jsonl', text.slice(cut));
    await file.poll();
    assert.deepEqual(steps(file), range(0, 12), `cut at ${cut}`);
  }
});

test('a truncated log starts anew and says so', async () => {
  const fs = new MemoryFileSystem();
  fs.write('/l.jsonl', lines(0, 40));
  const file = new FollowedFile(fs, '/l.jsonl');
  await file.poll();
  fs.write('/l.jsonl', lines(0, 10, 6));
  await file.poll();
  assert.equal(file.logs.length, 2);
  assert.deepEqual(steps(file), range(0, 10));
  assert.ok(file.log!.issues.some(({ code }) => code === 'file.truncated'));
});

test('a log that was rewritten in place and grew is noticed by its bytes', async () => {
  const fs = new MemoryFileSystem();
  fs.write('/l.jsonl', lines(0, 20));
  const file = new FollowedFile(fs, '/l.jsonl');
  await file.poll();
  fs.write('/l.jsonl', lines(100, 140, 9));
  await file.poll();
  assert.deepEqual(steps(file), range(100, 140));
});

test('a table that is rewritten with another column keeps no ghosts; with other values it does', async () => {
  const table = (values: readonly number[], column: string): string =>
    `step,loss${column}\n${values.map((value, i) => `${i},${value}${column && ',1'}\n`).join('')}`;
  const fs = new MemoryFileSystem();
  fs.write('/l.csv', table([5, 4, 3], ''));
  const file = new FollowedFile(fs, '/l.csv');
  await file.poll();
  fs.write('/l.csv', table([5, 4, 3, 2], ',lr'));
  await file.poll();
  assert.equal(file.logs.length, 1);
  assert.deepEqual(steps(file), range(0, 4));
  fs.write('/l.csv', table([9, 8, 7, 6, 5], ',lr'));
  await file.poll();
  assert.equal(file.logs.length, 2);
});

test('records that two processes write are counted once, however they are cut; restarts are kept', async () => {
  const row = (step: number, loss: number): string => `{"step": ${step}, "loss": ${loss}, "lr": 0.1}\n`;
  let text = '';
  for (let step = 1; step <= 40; step++) text += row(step, 5 / step).repeat(2);
  text += row(20, 0.25) + row(21, 0.24);
  const whole = async (cuts: readonly number[]) => {
    const fs = new MemoryFileSystem();
    const file = new FollowedFile(fs, '/l.jsonl');
    for (const cut of cuts) {
      fs.write('/l.jsonl', text.slice(0, cut));
      await file.poll();
      file.readAhead();
    }
    return ['train_loss', 'learning_rate'].map((name) => Array.from(file.log!.find(name)!.steps.view()));
  };
  const once = [...range(1, 41), 20, 21];
  assert.deepEqual(await whole([text.length]), [once, once]);
  for (let cut = 1; cut < text.length; cut += 7)
    assert.deepEqual(await whole([cut, text.length]), [once, once], `cut at ${cut}`);
});

test('a rotated log keeps its first part; a vanished one keeps all', async () => {
  const fs = new MemoryFileSystem();
  fs.write('/l.jsonl', lines(0, 20));
  const file = new FollowedFile(fs, '/l.jsonl');
  await file.poll();
  fs.replace('/l.jsonl', lines(20, 30));
  await file.poll();
  assert.deepEqual(
    file.logs.flatMap((log) => steps(file, log)),
    range(0, 30),
  );
  fs.remove('/l.jsonl');
  await file.poll();
  assert.ok(file.gone);
  assert.ok(file.log!.issues.some(({ code }) => code === 'file.gone'));
  assert.deepEqual(steps(file), range(20, 30));
});

test('an empty file waits, binary noise is named, and neither throws', async () => {
  const fs = new MemoryFileSystem();
  fs.write('/empty.log', '');
  const empty = new FollowedFile(fs, '/empty.log');
  await empty.poll();
  assert.deepEqual(empty.log?.issues.map(({ code }) => code) ?? ['file.empty'], ['file.empty']);
  fs.append('/empty.log', lines(0, 9));
  await empty.poll();
  assert.deepEqual(steps(empty), range(0, 9));

  fs.write(
    '/noise.log',
    Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
  );
  const noise = new FollowedFile(fs, '/noise.log');
  await noise.poll();
  assert.deepEqual(
    noise.log!.issues.map(({ code, offset }) => [code, offset]),
    [['file.binary', 0]],
  );
});

test('the last line without a line feed is read ahead once and taken back when it goes on', async () => {
  const fs = new MemoryFileSystem();
  fs.write('/l.jsonl', `${lines(0, 5)}{"step": 5, "loss": 1.5}`);
  const file = new FollowedFile(fs, '/l.jsonl');
  await file.poll();
  assert.deepEqual(steps(file), range(0, 5));
  assert.equal(file.readAhead(), true);
  assert.equal(file.readAhead(), false);
  assert.deepEqual(steps(file), range(0, 6));
  fs.append('/l.jsonl', `\n${lines(6, 8)}`);
  const { restructured } = await file.poll();
  assert.ok(restructured);
  assert.deepEqual(steps(file), range(0, 8));
});

test('a record that waits for the lines behind it is read ahead too, and comes once when they follow', async () => {
  const epoch = (n: number) =>
    `Epoch ${n}/3\n50/50 [==============================] - 3s 60ms/step - loss: ${3 - n / 10} - val_loss: ${3.5 - n / 10}\n`;
  const fs = new MemoryFileSystem();
  fs.write('/keras.log', epoch(1) + epoch(2));
  const file = new FollowedFile(fs, '/keras.log');
  await file.poll();
  assert.equal(file.readAhead(), true);
  assert.deepEqual(steps(file), [50, 100]);
  fs.append('/keras.log', epoch(3));
  await file.poll();
  file.readAhead();
  assert.deepEqual(steps(file), [50, 100, 150]);
});

test('zeros at the end of a text are a hole that is read when it has been filled', async () => {
  const fs = new MemoryFileSystem();
  const whole = new TextEncoder().encode(lines(0, 40));
  const file = new FollowedFile(fs, '/l.jsonl');
  for (const [seen, size] of [
    [500, 900],
    [900, 900],
    [900, 300_000],
    [1_000, 300_000],
  ] as const) {
    const bytes = new Uint8Array(size);
    bytes.set(whole.subarray(0, seen));
    fs.write('/l.jsonl', bytes);
    await file.poll();
    assert.equal(file.offset, seen);
  }
  assert.deepEqual(file.log!.issues, []);
  fs.write('/l.jsonl', whole);
  await file.poll();
  assert.deepEqual(steps(file).slice(-1), [39]);
});

test('a log with a perplexity and no loss has the logarithm as its loss; a logged loss stays what it is', async () => {
  const fs = new MemoryFileSystem();
  const text = (more: string) =>
    Array.from({ length: 5 }, (_, i) => `step ${i} train ppl ${Math.exp(3 - i / 10)}${more}\n`).join('');
  fs.write('/ppl.log', text(''));
  const file = new FollowedFile(fs, '/ppl.log');
  await file.poll();
  fs.append('/ppl.log', `step 5 train ppl ${Math.exp(2.5)}\n`);
  await file.poll();
  const loss = file.log!.find('train_loss')!;
  assert.deepEqual(steps(file), range(0, 6));
  assert.ok(Math.abs(loss.values.at(0) - 3) < 1e-12 && Math.abs(loss.values.at(5) - 2.5) < 1e-12);
  assert.equal(loss.label, 'ln train ppl');
  fs.write('/both.log', text(' loss 7.5'));
  const both = new FollowedFile(fs, '/both.log');
  await both.poll();
  assert.equal(both.log!.find('train_loss')!.label, 'loss');
});
