import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossScene } from '../../webview/run/plotModel';
import { RunData } from '../../webview/run/runData';
import { axisChoices, axisRange, placed, STEPS, stepAxis } from '../../webview/run/stepAxis';
import { formatTime } from '../../webview/run/timeTick';
import { DEFAULT_UI_STATE } from '../../webview/shared/state';
import { timeTicks } from '../../webview/shared/ticks';
import { run, state } from './fixtures';

/** An hour of rest between steps 200 and 201. */
const AXES = {
  tokens: { steps: [0, 1000], values: [0, 5e8] },
  time: { steps: [0, 200, 201, 400, 1000], values: [0, 400, 4000, 4398, 5598] },
};

test('an axis leads from steps to its values and back, beyond its knots too', () => {
  for (const kind of ['step', 'tokens', 'time'] as const) {
    const axis = stepAxis(kind, AXES);
    for (const step of [-10, 0, 1, 200, 200.5, 333, 1000, 1200]) {
      assert.ok(Math.abs(axis.stepAt(axis.at(step)) - step) < 1e-6, `${kind} at ${step}`);
    }
  }
  assert.equal(stepAxis('tokens', AXES).at(500), 2.5e8);
  assert.equal(stepAxis('tokens', AXES).at(2000), 1e9, 'beyond the last knot it goes on as before it');
  assert.equal(stepAxis('time', AXES).format(200), '6\u202fmin');
});

test('what a log does not say cannot be chosen, with the reason', () => {
  assert.equal(stepAxis('tokens', { tokens: null, time: null }), STEPS);
  const choices = axisChoices(run({ axes: { ...AXES, tokens: null } }));
  assert.deepEqual(
    choices.map(({ kind, label, missing }) => [kind, label, missing === '']),
    [
      ['step', 'Steps', true],
      ['tokens', 'Tokens', false],
      ['time', 'Time', true],
    ],
  );
});

test('a scene moves to the axis as a whole, lines of other runs by their own', () => {
  const data = new RunData();
  data.open(state(), { maxPoints: 512, window: null, smoothing: 0.9 });
  const scene = lossScene(data, DEFAULT_UI_STATE, [0, 1000]);
  assert.equal(placed(scene, STEPS), scene);
  const other = stepAxis('tokens', { tokens: { steps: [0, 1000], values: [0, 1e9] }, time: null });
  const moved = placed(scene, stepAxis('tokens', AXES), new Map([['validation', other]]));
  assert.deepEqual([moved.x.min, moved.x.max, moved.x.time], [0, 5e8, false]);
  for (const [index, { key, points }] of moved.lines.entries()) {
    const factor = key === 'validation' ? 1e6 : 5e5;
    assert.deepEqual(
      points.map(({ x }) => x),
      scene.lines[index]!.points.map(({ x }) => x * factor),
      key,
    );
  }
  assert.equal(moved.end?.x, 5e8);
});

test('a logarithmic axis begins above zero', () => {
  const { min, max, time } = axisRange([0, 1000], stepAxis('time', AXES), true);
  assert.ok(min > 0 && min < max && time);
});

test('ticks of a clock are whole seconds, minutes, hours and days', () => {
  const cases: readonly (readonly [number, number, readonly string[]])[] = [
    [0, 50, ['0', '10\u202fs', '20\u202fs', '30\u202fs', '40\u202fs', '50\u202fs']],
    [0, 1500, ['0', '5\u202fmin', '10\u202fmin', '15\u202fmin', '20\u202fmin', '25\u202fmin']],
    [3600, 7200, ['1:00 h', '1:10 h', '1:20 h', '1:30 h', '1:40 h', '1:50 h', '2:00 h']],
    [0, 20_000, ['0', '1 h', '2 h', '3 h', '4 h', '5 h']],
    [0, 400_000, ['0', '1 d', '2 d', '3 d', '4 d']],
  ];
  for (const [min, max, labels] of cases) {
    const { values, step } = timeTicks(min, max, 6);
    assert.deepEqual(
      values.map((value) => formatTime(value, step)),
      labels,
    );
  }
});
