import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputSieve } from '../../../../src/core/sources/remote/outputSieve';

const encoder = new TextEncoder();

/** A sieve and what it let through. */
function sieve(): { sieve: OutputSieve; text: () => string } {
  const passed: string[] = [];
  return {
    sieve: new OutputSieve((line) => passed.push(new TextDecoder().decode(line))),
    text: () => passed.join(''),
  };
}

function run(each: OutputSieve, ...outputs: string[]): void {
  for (const [i, output] of outputs.entries()) {
    if (i > 0) each.restarted();
    each.push(encoder.encode(output));
    each.ended();
  }
}

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `step ${from + i} loss ${5 - (from + i) / 1000}\n`).join('');

test('an output that is repeated from its start counts once', () => {
  const { sieve: each, text } = sieve();
  run(each, lines(0, 10), lines(0, 10) + lines(10, 15), lines(0, 12), lines(0, 30));
  assert.equal(text(), lines(0, 30));
});

test('an output that is repeated from a line in the middle counts once', () => {
  const { sieve: each, text } = sieve();
  run(each, lines(0, 100), lines(60, 120), lines(115, 130));
  assert.equal(text(), lines(0, 130));
});

test('an output that goes on without repeating is passed on', () => {
  const { sieve: each, text } = sieve();
  run(each, lines(0, 10), lines(10, 20), lines(25, 30));
  assert.equal(text(), lines(0, 20) + lines(25, 30));
});

test('a new run that begins with the same words is not taken for a repeat', () => {
  const { sieve: each, text } = sieve();
  const header = 'loading\nconfig a=1\n';
  run(each, `${header}${lines(0, 5)}`, `${header}${lines(100, 105)}`);
  assert.equal(text(), `${header}${lines(0, 5)}${header}${lines(100, 105)}`);
});

test('lines that occur often do not confuse the comparison', () => {
  const { sieve: each, text } = sieve();
  const noisy = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `\n---\nstep ${from + i}\n`).join('');
  run(each, noisy(0, 20), noisy(0, 25), `---\nstep 24\n${noisy(25, 40)}`);
  assert.equal(text(), noisy(0, 40));
});

test('a line that was cut off comes whole, or alone when it does not come again', () => {
  const repeated = sieve();
  run(repeated.sieve, `${lines(0, 5)}step 5 lo`, lines(0, 8));
  assert.equal(repeated.text(), lines(0, 8));
  const going = sieve();
  run(going.sieve, `${lines(0, 5)}step 5 lo`, lines(6, 8));
  assert.equal(going.text(), `${lines(0, 5)}step 5 lo\n${lines(6, 8)}`);
  const last = sieve();
  run(last.sieve, `${lines(0, 5)}step 5 lo`);
  last.sieve.finish();
  assert.equal(last.text(), `${lines(0, 5)}step 5 lo\n`);
});

test('cut at every byte, and dying at every byte, the lines are the same', () => {
  const whole = `${lines(0, 6)}bar 1\rbar 2\r${lines(6, 9)}`;
  for (let cut = 0; cut <= whole.length; cut++) {
    const { sieve: each, text } = sieve();
    each.push(encoder.encode(whole.slice(0, cut)));
    each.ended();
    each.restarted();
    for (const char of whole) each.push(encoder.encode(char));
    each.finish();
    assert.equal(text(), whole, `died at ${cut}`);
  }
});

test('repeats of repeats that die half-way lose nothing', () => {
  let state = 7;
  const chance = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  const { sieve: each, text } = sieve();
  let known = 0;
  for (let round = 0; round < 60; round++) {
    known += Math.floor(chance() * 100);
    const output = lines(0, known);
    const end = Math.floor(output.length * chance());
    if (round > 0) each.restarted();
    each.push(encoder.encode(round % 4 === 3 ? output : output.slice(0, end)));
    each.ended();
  }
  each.restarted();
  each.push(encoder.encode(lines(0, known)));
  each.finish();
  assert.equal(text(), lines(0, known));
});
