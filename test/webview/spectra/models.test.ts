import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ComparisonView, MatrixView, ScaleFacts } from '../../../src/protocol/spectra';
import { compareModel } from '../../../webview/spectra/compareModel';
import { formatEstimate, measureOf } from '../../../webview/spectra/measures';
import { overviewOf } from '../../../webview/spectra/overviewModel';
import { scaleModel } from '../../../webview/spectra/scaleModel';
import { spectrumPlot } from '../../../webview/spectra/spectrumModel';
import { depthTrend, medianOf, stepsTrend, trendPlot } from '../../../webview/spectra/trendModel';
import { readUiState } from '../../../webview/spectra/uiState';
import { worstRows } from '../../../webview/spectra/worstModel';
import { checkpoint, dataOf, exact, finding, measures, OTHER, PATH, tensor, used } from './fixtures';

test('a value is never without its bar', () => {
  const shown = [exact(2), { value: 2, error: 0.05 }, { value: 2, error: null }, null].map((each) =>
    formatEstimate(each),
  );
  assert.deepEqual(shown, ['2', '2 ± 0.05', '2 ± ?', '–']);
});

describe('overview', () => {
  const data = dataOf({
    [PATH]: [tensor('a', { findings: [finding('info')] }), tensor('b', { findings: [finding('error')] })],
  });
  test('counts matrices, parameters and findings; the gravest comes first', () => {
    const { facts, findings, progress, notice } = overviewOf(data, PATH)!;
    assert.deepEqual(facts, ['2 matrices', '400 parameters in them', '1 error', '1 note']);
    assert.deepEqual(
      findings.map(({ severity }) => severity),
      ['error', 'info'],
    );
    assert.deepEqual([progress, notice], [null, null]);
  });
  const noticeWith = (change: Parameters<typeof checkpoint>[1], reasons: readonly string[] = []) => {
    const skipped = reasons.map((reason, i) => ({ name: `t${i}`, file: PATH, reason }));
    const facts = [{ path: PATH, skipped, attention: { layers: [], reason: null }, paramGroups: [] }];
    return overviewOf(dataOf({ [PATH]: [] }, { checkpoints: [checkpoint(PATH, change)], facts }), PATH)!.notice;
  };
  test('a failed file says where', () => {
    const fault = { code: 'checkpoint.invalid', message: 'Bad header.', file: PATH, offset: 12_345 };
    const notice = noticeWith({ state: 'failed', fault })!;
    assert.match(notice.text, /Bad header/);
    assert.equal(notice.where, `${PATH}, byte 12\u202f345`);
    assert.equal(notice.action, 'retry');
  });
  test('a cancelled one can go on, and says that what it has is kept', () => {
    const notice = noticeWith({ state: 'cancelled' })!;
    assert.deepEqual([notice.action, /shown/.test(notice.text)], ['goOn', true]);
  });
  test('files without weights say what they hold', () => {
    assert.match(noticeWith({}, ['optimizer state', 'optimizer state, 3 tensors'])!.text, /optimizer states/);
    assert.match(noticeWith({}, ['Q4_K is a quantised format'])!.text, /quantised/);
    assert.match(noticeWith({}, ['a vector'])!.text, /No weight matrix/);
  });
  test('progress is by bytes', () => {
    const done = { bytes: 250, ofBytes: 1000, matrices: 1, ofMatrices: 8 };
    const shown = overviewOf(
      dataOf({ [PATH]: [] }, { checkpoints: [checkpoint(PATH, { state: 'running', done })] }),
      PATH,
    )!;
    assert.equal(shown.progress!.share, 0.25);
    assert.match(shown.progress!.text, /1 \/ 8 matrices, 250\u202fB \/ 1\u202fkB/);
  });
});

describe('worst layers', () => {
  const rows = [
    used('a', 0.9),
    used('b', 0.1),
    used('c', 0.8, { findings: [finding('info')] }),
    used('d', 0.99, { findings: [finding('error')] }),
  ];
  const names = (options: Partial<Parameters<typeof worstRows>[1]>): string[] =>
    worstRows(rows, { sort: 'finding', descending: false, filter: '', ...options }).map(({ tensor: { name } }) => name);
  test('findings by gravity, then the least used width', () => assert.deepEqual(names({}), ['d', 'c', 'b', 'a']));
  test('by a measure, in both directions; what has no value stays last', () => {
    assert.deepEqual(names({ sort: 'utilization' }), ['b', 'c', 'a', 'd']);
    assert.deepEqual(names({ sort: 'utilization', descending: true }), ['d', 'a', 'c', 'b']);
    const broken = tensor('x', { measures: null });
    const sorted = worstRows([broken, ...rows], { sort: 'utilization', descending: true, filter: '' });
    assert.equal(sorted.at(-1)!.tensor.name, 'x');
  });
  test('found by name or place', () => {
    assert.deepEqual(names({ filter: 'LAYER 0, up' }), ['d', 'c', 'b', 'a']);
    assert.deepEqual(names({ filter: 'nothing' }), []);
  });
});

describe('trends', () => {
  const measure = measureOf('utilization');
  const look = { hidden: [], focus: null };
  const layered = (value: number) => [
    used('h.0.up', value),
    used('h.1.up', value / 2, { layer: 1 }),
    used('h.1.q', value / 4, { layer: 1, kind: 'q' }),
    used('embed', 9, { kind: 'embedding', layer: null }),
  ];
  const data = dataOf({ [OTHER]: layered(0.8), [PATH]: layered(0.4) });
  test('over depth: one line for each kind, nothing from outside the layers', () => {
    const { series } = trendPlot(depthTrend(data, measure, PATH), look)!;
    assert.deepEqual(
      series.map(({ key, points }) => [key, points.map(({ x, value }) => [x, value])]),
      [
        ['q', [[1, 0.1]]],
        [
          'up',
          [
            [0, 0.4],
            [1, 0.2],
          ],
        ],
      ],
    );
  });
  test('over steps: the value in the middle is that of one matrix', () => {
    const { series } = trendPlot(stepsTrend(data, measure), look)!;
    assert.deepEqual(
      series.find(({ key }) => key === 'up')!.points.map(({ x, value }) => [x, value]),
      [
        [100, 0.4],
        [200, 0.2],
      ],
    );
    assert.equal(trendPlot(stepsTrend(dataOf({ [PATH]: layered(0.4) }), measure), look), null);
  });
  test('lines that are switched off are gone, and the others keep their colour', () => {
    const trend = depthTrend(data, measure, PATH);
    const [whole, part] = [trendPlot(trend, look)!, trendPlot(trend, { hidden: ['q'], focus: null })!];
    const [only] = part.series;
    assert.deepEqual([only!.key, only!.colour, only!.marker], ['up', whole.series[1]!.colour, whole.series[1]!.marker]);
    assert.deepEqual([part.y.min, part.y.max], [whole.y.min, whole.y.max]);
    const focused = trendPlot(trend, { hidden: [], focus: 'up' })!.series;
    assert.deepEqual(
      focused.map(({ faded }) => faded),
      [true, false],
    );
  });
  test('the median carries the error of its own matrix', () => {
    const tensors = [1, 2, 3].map((value) =>
      tensor(`t${value}`, { measures: measures({ utilization: { value, error: value / 10 } }) }),
    );
    assert.deepEqual(medianOf(tensors, measureOf('utilization')), { value: 2, error: 0.2 });
    assert.equal(medianOf([], measureOf('utilization')), null);
  });
});

test('a spectrum has bars, the edge of the noise and its tail; values that are rounding are left out', () => {
  const matrix: MatrixView = {
    path: PATH,
    name: 'w',
    curve: { ranks: [1, 2, 4, 10], sigma: [2, 1.5, 0.5, 1e-9], errors: [0, 0.1, 0.2, 0.3] },
    noise: [1, 0.9, 0.7, 0.1],
    tail: { ranks: [1, 8], sigma: [1.4, 0.5] },
  };
  const { series, levels, x, y, alt } = spectrumPlot(tensor('w'), matrix)!;
  const points = (key: string) =>
    series.find((each) => each.key === key)!.points.map(({ x: at, value, error }) => [at, value, error]);
  assert.deepEqual(points('top'), [
    [1, 2, 0],
    [2, 1.5, 0],
  ]);
  assert.deepEqual(points('values'), [[4, 0.5, 0.2]]);
  assert.deepEqual(points('tail'), [
    [1, 1.4, null],
    [8, 0.5, null],
  ]);
  assert.deepEqual(
    levels.map((level) => level.y),
    [1],
  );
  assert.ok(x.log && y.log && y.min > 0 && y.max > 2);
  assert.match(alt, /σ₁ is 2; 2 lie above the noise/);
  assert.equal(spectrumPlot(tensor('w', { measures: null }), matrix), null);
});

describe('scale of σ₁', () => {
  const input = (value: number | null): ScaleFacts['learningRate'] => ({ value, where: 'log' });
  const facts = (path: string, scale: number | null, change: Partial<ScaleFacts> = {}): ScaleFacts => ({
    path,
    learningRate: input(1e-3),
    weightDecay: input(0.1),
    width: input(64),
    scale,
    averagingSteps: 10_000,
    ...change,
  });
  const layers = [used('h.0.up', 0.5), tensor('embed', { kind: 'embedding', layer: null })];
  test('σ₁ over the scale, by kind; embeddings are left out', () => {
    const model = scaleModel(dataOf({ [PATH]: layers }, { scales: [facts(PATH, 4)] }), PATH)!;
    assert.deepEqual(
      model.rows.map(({ kind, ratio }) => [kind, ratio!.value]),
      [['up', 0.5]],
    );
    assert.match(model.verdict, /10\u202f000 steps; at step 200 fewer than two/);
    assert.equal(model.plot, null);
  });
  test('says which input is missing', () => {
    const missing = facts(PATH, null, {
      weightDecay: { value: null, where: 'no optimizer state' },
      averagingSteps: null,
    });
    const model = scaleModel(dataOf({ [PATH]: layers }, { scales: [missing] }), PATH)!;
    assert.equal(model.verdict, 'Not drawn: λ, weight decay not known.');
    assert.deepEqual(
      model.inputs.map(({ value }) => value),
      ['1e-3', '–', '64', '–'],
    );
    assert.equal(model.rows[0]!.ratio, null);
  });
  test('two scales make a drawing with a line of slope one', () => {
    const scales = [facts(OTHER, 2), facts(PATH, 4)];
    const { series, x } = scaleModel(dataOf({ [OTHER]: layers, [PATH]: layers }, { scales }), PATH)!.plot!;
    const slope = series.find(({ key }) => key === 'slope')!.points;
    assert.equal(slope[1]!.value / slope[0]!.value, 2);
    assert.ok(x.min < 2 && x.max > 4);
    const same = [facts(OTHER, 4), facts(PATH, 4)];
    assert.equal(scaleModel(dataOf({ [OTHER]: layers, [PATH]: layers }, { scales: same }), PATH)!.plot, null);
  });
});

test('a comparison has both maps in one range, and the furthest turned first', () => {
  const data = dataOf({ [OTHER]: [used('a', 0.8), used('b', 0.9)], [PATH]: [used('a', 0.4), used('c', 0.5)] });
  const change = (leftRotation: number) => ({
    name: '',
    leftCosines: [],
    rightCosines: [],
    leftRotation,
    rightRotation: 0,
  });
  const ratios = {
    kind: 'up',
    layer: 0,
    spectralNormRatio: 2,
    frobeniusRatio: 1,
    hardRankRatio: 1,
    softRankRatio: 1,
  } as const;
  const matrices = [
    { name: 'a', ...ratios, change: change(0.1) },
    { name: 'b', ...ratios, change: null },
    { name: 'c', ...ratios, change: change(0.9) },
  ];
  const comparison: ComparisonView = {
    path: PATH,
    other: OTHER,
    done: 3,
    of: 3,
    fault: '',
    result: { matrices, unmatched: [] },
  };
  data.comparison = comparison;
  const { maps, rows, summary } = compareModel(data, PATH, OTHER, measureOf('utilization'));
  assert.deepEqual(
    maps.slice(0, 2).map(({ legend }) => [legend!.low, legend!.high]),
    [
      ['0.4', '0.8'],
      ['0.4', '0.8'],
    ],
  );
  assert.deepEqual(
    rows.map(({ name, cells }) => [name, cells[4]]),
    [
      ['c', '0.900'],
      ['a', '0.100'],
      ['b', 'shapes differ'],
    ],
  );
  assert.equal(summary, '1 matrix in both, 2 in one only.');
  const law = (path: string, scale: number, averagingSteps: number): ScaleFacts => {
    const input = { value: 1, where: '' };
    return { path, learningRate: input, weightDecay: input, width: input, scale, averagingSteps };
  };
  const norms = (averagingSteps: number): readonly string[] => {
    data.takeScales([law(PATH, 4, averagingSteps), law(OTHER, 2, averagingSteps)]);
    return compareModel(data, PATH, OTHER, measureOf('utilization')).norms;
  };
  assert.deepEqual(norms(50), ['up: σ₁ × 1, the law expects × 0.5']);
  assert.deepEqual([norms(90).length, norms(90)[0]], [2, 'up: σ₁ × 1']);
  data.comparison = { ...comparison, other: '/elsewhere' };
  assert.deepEqual(compareModel(data, PATH, OTHER, measureOf('utilization')).rows, []);
});

test('a stored look is read part by part', () => {
  assert.equal(readUiState(undefined).measure, 'utilization');
  const state = readUiState({
    measure: 'alpha',
    kind: 'nonsense',
    mode: 'steps',
    hidden: ['q', 3],
    open: 'x',
    matrix: 7,
    descending: 1,
  });
  assert.deepEqual(
    [state.measure, state.kind, state.mode, state.hidden, state.open, state.matrix, state.descending],
    ['alpha', 'all', 'steps', ['q'], ['worst'], null, false],
  );
});

test('results that arrive again replace those before, and their curve is asked for anew', () => {
  const data = dataOf({ [PATH]: [used('a', 0.5)] });
  data.matrices.set(`${PATH} a`, {} as MatrixView);
  data.takeTensors([{ path: PATH, tensors: [used('a', 0.7), used('b', 0.1)] }]);
  assert.deepEqual(
    data.of(PATH).map(({ name, measures: found }) => [name, found!.utilization.value]),
    [
      ['a', 0.7],
      ['b', 0.1],
    ],
  );
  assert.equal(data.matrices.size, 0);
});
