import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile } from '../fit/protocols';
import { scoreWorld, WORLDS, type WorldScore } from './worlds';

const RUNS = 6;
const scoreOf = (name: string, runs = RUNS): WorldScore =>
  scoreWorld(WORLDS.find((world) => world.name === name)!, runs);
const medianError = ({ errors }: WorldScore): number => quantile(errors.map(Math.abs), 0.5);

test('runs of its own law end inside of the intervals', () => {
  const score = scoreOf('its own law');
  assert.equal(score.refused.size, 0);
  assert.ok(medianError(score) < 0.8, `${medianError(score)} %`);
  assert.ok(score.inside80 >= 0.7 && score.inside95 >= 0.9, `${score.inside80}, ${score.inside95}`);
});

for (const name of ['multi-power law', 'functional scaling law', 'learning-rate annealing law (momentum)']) {
  test(`${name}: the forecaster errs by 2 % at most in the middle, and its intervals say so`, () => {
    const score = scoreOf(name);
    assert.ok(medianError(score) < 2, `${medianError(score)} %`);
    assert.ok(score.inside95 >= 0.7, `${score.inside95}`);
  });
}

for (const name of ['bits per byte', 'another tokenizer: 2.4 times the loss']) {
  test(`${name}: forecasts are those of the loss in nats, in another unit`, () => {
    const [score, plain] = [scoreOf(name), scoreOf('its own law')];
    assert.ok(medianError(score) < 3 * medianError(plain), `${medianError(score)} instead of ${medianError(plain)} %`);
    assert.ok(score.inside95 >= 0.8, `${score.inside95}`);
  });
}

test('a policy loss below zero: no law of a falling loss applies, and that is said', () => {
  const score = scoreOf('a policy loss below zero');
  assert.equal(score.errors.length, 0);
  assert.equal(score.refused.get('outsideLaw'), score.asked);
});

for (const { name } of WORLDS.filter(({ from }) => from !== undefined)) {
  test(`${name}: what has happened is named, or the interval is open`, () => {
    const { asked, errors, inside95, refused } = scoreOf(name);
    const named = [...refused.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(named + inside95 * errors.length >= 0.75 * asked, `${named} of ${asked} refused, ${inside95} inside`);
  });
}
