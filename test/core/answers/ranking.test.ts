import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { End } from '../../../src/core/answers/chance';
import { rankRuns } from '../../../src/core/answers/ranking';
import { normals } from '../fit/random';

const NORMAL = { of80: 1.2815515655446004, of95: 1.959963984540054 };
const end = (value: number, relativeSd: number): End => ({ value, relativeSd, halfWidths: NORMAL, held: null });

test('chances to be best equal those of many draws', () => {
  const ends = [end(3, 0.004), end(3.01, 0.01), end(3.02, 0.002)];
  const standings = rankRuns(ends.map((each) => ({ end: each, isFinished: false })));
  const wins = [0, 0, 0];
  const draws = 20_000;
  const noise = normals(3 * draws, 5);
  for (let k = 0; k < draws; k++) {
    const losses = ends.map(({ value, relativeSd }, i) => value * Math.exp(relativeSd * noise[3 * k + i]!));
    wins[losses.indexOf(Math.min(...losses))]!++;
  }
  standings.forEach(({ chanceBest }, i) => {
    assert.ok(Math.abs(chanceBest - wins[i]! / draws) < 0.01, `${i}: ${chanceBest}, ${wins[i]! / draws}`);
  });
  assert.ok(Math.abs(standings.reduce((sum, { chanceBest }) => sum + chanceBest, 0) - 1) < 1e-9);
  assert.deepEqual(
    standings.map(({ rank }) => rank),
    [1, 2, 3],
  );
});

test('only an unfinished run without a chance is not worth finishing', () => {
  const standings = rankRuns([
    { end: end(3, 0.0005), isFinished: true },
    { end: end(3.1, 0.001), isFinished: false },
    { end: end(3.2, 0.001), isFinished: true },
    { end: end(3.01, 0.01), isFinished: false },
  ]);
  assert.deepEqual(
    standings.map(({ isWorthFinishing }) => isWorthFinishing),
    [true, false, true, true],
  );
  assert.equal(standings[0]!.chanceBeatsFinished, null);
  assert.ok(standings[3]!.chanceBeatsFinished! > 0.3 && standings[3]!.chanceBeatsFinished! < 0.5);
  assert.deepEqual(rankRuns([]), []);
});

test('chances of hundreds of runs add up, fall with the rank, and know ends that are measured', () => {
  const noise = normals(500, 3);
  const contenders = Array.from({ length: 500 }, (_, i) => ({
    end: end(3 + 0.05 * Math.abs(noise[i]!), i % 3 === 0 ? 1e-4 : 0.004),
    isFinished: i % 3 === 0,
  }));
  const standings = rankRuns(contenders);
  assert.ok(Math.abs(standings.reduce((sum, { chanceBest }) => sum + chanceBest, 0) - 1) < 1e-9);
  assert.deepEqual(
    standings.map(({ rank }) => rank).sort((a, b) => a - b),
    contenders.map((_, i) => i + 1),
  );
  const wide = standings.filter((_, i) => i % 3 !== 0).sort((a, b) => a.rank - b.rank);
  for (const [i, { chanceBest }] of wide.slice(1).entries()) assert.ok(chanceBest <= wide[i]!.chanceBest + 1e-6);
  const finished = standings.find(({ chanceBeatsFinished }) => chanceBeatsFinished === null);
  assert.equal(standings[standings.find(({ rival }) => rival !== null)!.rival!], finished);
});

test('runs that end alike share the chance; one without rivals has all of it', () => {
  const alike = rankRuns([0, 1, 2, 3].map(() => ({ end: end(2.5, 0.01), isFinished: false })));
  for (const { chanceBest } of alike) assert.ok(Math.abs(chanceBest - 0.25) < 1e-3, `${chanceBest}`);
  const [alone] = rankRuns([{ end: end(2.5, 0), isFinished: false }]);
  assert.deepEqual(alone, {
    rank: 1,
    chanceBest: 1,
    chanceBeatsFinished: null,
    rival: null,
    chanceBeatsRival: null,
    isWorthFinishing: true,
  });
});
