import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import { issueRows, reportModel } from '../../webview/run/reportModel';
import { RunData } from '../../webview/run/runData';
import { cellText, fileName, thinned, toCsv, valueTable } from '../../webview/run/tableModel';
import { fromPosition, toPosition } from '../../webview/shared/smoothingSlider';
import { forecast, forecastView, run, snapshot, state } from './fixtures';

test('the table holds every drawn step once, with what each series has there', () => {
  const data = new RunData();
  data.open(state(), { maxPoints: 512, window: null, smoothing: 0.9 });
  const { columns, rows } = valueTable(data, [0, 1000]);
  assert.deepEqual(columns.slice(0, 5), ['step', 'train_loss', 'train_loss smoothed', 'val_loss', 'learning_rate']);
  assert.equal(rows.length, 41 + 2);
  assert.deepEqual(rows.at(-1)?.slice(0, 6), [1000, null, null, null, null, 3]);
  assert.equal(valueTable(data, [0, 95]).rows.length, 10);
  assert.deepEqual(
    thinned(rows, 5).map((row) => row[0]),
    [0, 110, 210, 320, 1000],
  );
});

test('the table has tokens, seconds, picked series, other runs and the other schedule', () => {
  const axes = {
    tokens: { steps: [0, 1000], values: [0, 5e6] },
    time: { steps: [0, 1000], values: [0, 2000.5] },
  };
  const overlay = {
    run: '/runs/b.log',
    name: 'b',
    series: 'train_loss',
    total: 2,
    points: { steps: [15, 400], values: [4, 3.5] },
    axes,
  };
  const data = new RunData();
  const seen = state({ run: run({ axes }), overlays: [overlay] });
  const norm = { ...snapshot('grad_norm', [0, 10], [1, 2]), smooth: { steps: [0, 10], values: [1, 1.5] } };
  data.open({ ...seen, series: [...seen.series, norm] }, { maxPoints: 512, window: null, smoothing: 0.9 });
  const { columns, rows } = valueTable(data, [0, 1000]);
  const at = (step: number, name: string) => rows.find(([first]) => first === step)?.[columns.indexOf(name)];
  assert.deepEqual(columns.slice(0, 3), ['step', 'tokens', 'seconds']);
  assert.deepEqual([at(400, 'tokens'), at(400, 'seconds')], [2e6, 800.2]);
  assert.equal(at(10, 'grad_norm smoothed'), 1.5);
  assert.deepEqual([at(15, 'loss of b'), at(15, 'train_loss')], [4, null]);
});

test('CSV has full numbers, empty unknowns and no formulas', () => {
  const text = toCsv({ columns: ['step', '=cmd()', 'a,"b"'], rows: [[1, 0.1 + 0.2, null]] });
  assert.equal(text, 'step,\'=cmd(),"a,""b"""\r\n1,0.30000000000000004,\r\n');
  assert.equal(fileName('../etc/<run> 1', 'csv'), 'etc-run-1-loss.csv');
  assert.equal(fileName('///', 'png'), 'run-loss.png');
  assert.equal(cellText('learning_rate', 6e-4), '6e-4');
  assert.equal(cellText('train_loss', null), '–');
});

test('the report names law, data and parameters', () => {
  const params = [{ name: 'L0', value: 2.5, low: 2.4, high: 2.6, unit: 'nats', meaning: 'floor', identified: false }];
  const model = reportModel(forecastView({ forecast: forecast({ params }) }));
  assert.equal(model?.facts[0]?.value, 'learning-rate annealing law');
  assert.ok(model?.facts.some(({ value }) => value === '10 during warm-up'));
  assert.deepEqual(model?.params[0], {
    name: 'L0',
    meaning: 'floor',
    value: '2.5',
    interval: '2.40 – 2.60',
    unit: 'nats',
    from: 'the prior',
    identified: false,
  });
  assert.equal(reportModel(forecastView({ forecast: null })), null);
});

test('an issue says where it is', () => {
  const issue = { code: 'line.malformed', message: 'cut', file: 'C:\\runs\\a.log', offset: 12345 } as const;
  assert.equal(issueRows([issue])[0]?.place, 'a.log, byte 12\u202f345');
  assert.equal(issueRows([{ ...issue, offset: null }])[0]?.place, 'a.log');
});

test('every slider position comes back', () => {
  for (let position = 0; position <= 20; position++) assert.equal(toPosition(fromPosition(position)), position);
  assert.equal(fromPosition(0), 0);
  assert.equal(fromPosition(10), 0.9);
  assert.equal(fromPosition(20), 0.99);
});

test('a snapshot with unequal columns loses the surplus', () => {
  const data = new RunData();
  data.open(state({ series: [snapshot('train_loss', [0, 10, 20], [3])] }), {
    maxPoints: 512,
    window: null,
    smoothing: 0,
  });
  assert.equal(data.series.get('train_loss')?.raw.length, 1);
});
