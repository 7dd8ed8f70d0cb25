import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectFormat } from '../../../src/core/formats/detect';
import { FORMATS } from '../../../src/core/formats/registry';
import { FileLog } from '../../../src/core/series/fileLog';
import { collectPoints, resolveSpans } from '../../../src/core/series/series';
import { stepRows } from '../../../src/core/series/stepTable';
import { type RunTable, type TableStyle, tableLines } from '../../../src/core/series/tableText';
import { bytesOf, fixture, fixtureNames, readLog, sampleOf, seeded } from '../formats/check';

function tableOf(log: FileLog): RunTable {
  const series = log.allSeries.filter(({ length }) => length > 0);
  const spans = series.map((each) => resolveSpans([each]));
  return {
    unit: log.unit,
    names: series.map(({ name }) => name),
    config: log.configEntries,
    rows: () => stepRows(spans),
  };
}

/** The valid points of each series by its name; the x-axis itself is none. */
function valid(log: FileLog, axis: string): Record<string, { steps: number[]; values: number[] }> {
  const series = log.allSeries.filter(({ length, name }) => length > 0 && name !== axis);
  return Object.fromEntries(
    series.map((each) => {
      const { steps, values } = collectPoints(resolveSpans([each]));
      return [each.name, { steps: [...steps], values: [...values] }];
    }),
  );
}

function checkRoundTrip(log: FileLog, style: TableStyle, where: string): void {
  const text = [...tableLines(tableOf(log), style)].join('');
  const sample = sampleOf(`table.${style}`, bytesOf(text));
  const format = detectFormat(sample)?.format;
  assert.equal(format?.id, style, where);
  const again = readLog(format!, sample.name, bytesOf(text));
  const axis = style === 'csv' ? text.slice(0, text.indexOf(',')) : log.unit;
  assert.deepEqual(valid(again, axis), valid(log, axis), where);
}

for (const style of ['csv', 'jsonl'] as const) {
  describe(`a run written as ${style} gives the same series when it is read`, () => {
    for (const format of FORMATS) {
      test(format.id, () => {
        for (const name of fixtureNames(format.id)) {
          const log = readLog(format, name, fixture(format.id, name));
          if (log.points > 0 && log.allSeries.some((series) => /loss/.test(series.name)))
            checkRoundTrip(log, style, name);
        }
      });
    }
  });
}

test('random series with gaps, repeated steps and values that are no numbers come back to the last digit', () => {
  const random = seeded(11);
  for (let round = 0; round < 50; round++) {
    const log = new FileLog('random');
    for (const name of ['train_loss', 'val_loss/a "b", c', 'learning_rate', 'grad_norm']) {
      const series = log.series(name);
      let step = 0;
      for (let i = 0; i < 40; i++) {
        step += Math.floor(random() * 3);
        const kind = random();
        const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -1.7976931348623157e308];
        const value =
          kind < 0.1 ? odd[Math.floor(random() * 5)]! : (random() - 0.3) * 10 ** Math.floor(random() * 40 - 20);
        if (random() < 0.8) log.point(series, step, value);
      }
    }
    for (const style of ['csv', 'jsonl'] as const) checkRoundTrip(log, style, `round ${round}`);
  }
});

test('the hyperparameters come back from JSON lines', () => {
  const log = new FileLog('x');
  for (const [key, value] of [
    ['lr', 0.1],
    ['name', 'a "b"'],
    ['bf16', true],
  ] as const)
    log.config(key, value);
  for (let step = 0; step < 5; step++) log.point(log.series('loss'), step, 3 - step);
  const text = [...tableLines(tableOf(log), 'jsonl')].join('');
  const again = readLog(detectFormat(sampleOf('x.jsonl', bytesOf(text)))!.format, 'x.jsonl', bytesOf(text));
  assert.deepEqual([...again.configEntries], [...log.configEntries]);
});
