import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { csv } from '../../../src/core/formats/csv';
import { MAX_SERIES_PER_FILE } from '../../../src/core/limits';
import type { FileLog } from '../../../src/core/series/fileLog';
import {
  bytesOf,
  checkChunking,
  checkFlush,
  checkHostile,
  expectSeries,
  fixture,
  fixtureNames,
  readLog,
  readRepeated,
  sampleOf,
} from './check';

const ID = 'csv';
const CUT_EVERYWHERE = ['multipowerlawCosine.csv', 'wandbHistory.csv'];

function read(text: string, name = 'metrics.csv'): FileLog {
  return readLog(csv, name, bytesOf(text));
}

function codes(log: FileLog): string[] {
  return log.issues.map((issue) => issue.code);
}

describe('csv: real tables', () => {
  const file = (name: string) => readLog(csv, name, fixture(ID, name));

  for (const [name, points, first, last, lastRate] of [
    ['multipowerlawCosine.csv', 171, [2160, 3.7755], [23920, 2.9791], 3.000893868085248e-5],
    ['multipowerlawWsd.csv', 171, [2176, 3.7666], [23904, 2.9514], 3.170452527640976e-5],
    ['multipowerlawConstant.csv', 171, [2176, 3.7666], [23936, 3.0354], 0.0003],
    ['multipowerlawLong.csv', 546, [2160, 4.0994], [71920, 3.2038], 3.0000874127054774e-5],
  ] as const) {
    test(name, () => {
      const log = file(name);
      expectSeries(log, 'train_loss', { points, first, last });
      expectSeries(log, 'learning_rate', { points, first: [first[0], 0.0003], last: [last[0], lastRate] });
      assert.deepEqual(log.issues, []);
    });
  }
  test('AlgoPerf: train and evaluation rows between each other', () => {
    const log = file('algoperf.csv');
    expectSeries(log, 'train_loss', { points: 100, first: [0, 0.88456845], last: [99, 0.3319659] });
    expectSeries(log, 'grad_norm', { points: 100, first: [0, 2.5340784], last: [99, 0.31931844] });
    expectSeries(log, 'val_loss', { points: 88, first: [1, 0.8298794602032921], last: [29760, 0.2862308568745164] });
  });
  test('AlgoPerf: evaluations only', () => {
    const log = file('algoperfEval.csv');
    expectSeries(log, 'train_loss', { points: 88, first: [1, 0.8185417992728097], last: [29760, 0.26726205008370535] });
    expectSeries(log, 'val_loss', { points: 88, first: [1, 0.8298794602032921], last: [29760, 0.2862308568745164] });
  });
  test('Lightning', () => {
    const third = file('lightningV3.csv');
    expectSeries(third, 'train_loss', {
      points: 604,
      first: [49, 0.12900930643081665],
      last: [30199, 0.0010093876626342535],
    });
    expectSeries(third, 'val_loss', {
      points: 200,
      first: [150, 0.017430756241083145],
      last: [30199, 0.0003582172212190926],
    });
    const first = file('lightningV1.csv');
    expectSeries(first, 'train_loss', {
      points: 302,
      first: [49, 0.05018066242337227],
      last: [15099, 4.823296876566019e-6],
    });
    expectSeries(first, 'val_loss', {
      points: 100,
      first: [150, 0.0008672173717059195],
      last: [15099, 1.8227028704131953e-6],
    });
    expectSeries(file('lightningValOnly.csv'), 'val_loss', {
      points: 5,
      first: [49, 25.884048461914062],
      last: [249, 8.426225662231445],
    });
  });
  test('W&B history: quoted JSON in a cell', () => {
    const log = file('wandbHistory.csv');
    expectSeries(log, 'val_loss', { points: 21, first: [0, 4.245866298675537], last: [520, 2.005828619003296] });
    expectSeries(log, 'learning_rate', { points: 21, first: [0, 9.900990099009901e-6], last: [520, 0.0001] });
    expectSeries(log, 'train_loss', { points: 501, first: [1, 4.250704765319824], last: [521, 0.6111041903495789] });
  });
  test('W&B panel: a date and a slash in the column name', () => {
    const log = file('wandbPanel.csv');
    assert.equal(log.allSeries.length, 1);
    const series = log.find('train_loss')!;
    assert.equal(series.length, 1000);
    assert.deepEqual(series.first(), { step: 4, value: 12.171820640563965 });
  });
});

describe('csv: how tables are written', () => {
  const loss = [
    [1, 3.5],
    [2, 3.25],
  ] as const;
  const expectLoss = (log: FileLog) => {
    expectSeries(log, 'train_loss', { points: 2, first: loss[0], last: loss[1] });
    assert.deepEqual(log.issues, []);
  };

  test('delimiters, line ends, byte order mark', () => {
    expectLoss(read('step,loss\n1,3.5\n2,3.25\n'));
    expectLoss(read('step\tloss\r\n1\t3.5\r\n2\t3.25\r\n'));
    expectLoss(read('step;loss\n1;3,5\n2;3,25\n'));
    expectLoss(read('\ufeffstep,loss\n1,3.5\n2,3.25'));
    expectLoss(read('step|loss\n1|3.5\n2|3.25\n'));
    expectLoss(read('"step","loss"\n"1","3.5"\n"2","3.25"\n'));
  });
  test('padded headers and cells', () => {
    expectLoss(
      read(
        '                  step,             train/loss\n                     1,           3.5\n                     2,          3.25  \n',
      ),
    );
  });
  test('no header', () => {
    expectLoss(read('1,3.5\n2,3.25\n'));
    const three = read('10,0.001,3.5\n20,0.0005,3.25\n');
    expectSeries(three, 'learning_rate', { points: 2, first: [10, 0.001], last: [20, 0.0005] });
    expectSeries(three, 'train_loss', { points: 2, first: [10, 3.5], last: [20, 3.25] });
  });
  test('commas, line feeds and quotes inside quotes', () => {
    expectLoss(read('step,note,loss\n1,"a, b\nc ""d""",3.5\n2,,3.25\n'));
  });
  test('an unfinished quote waits', () => {
    expectSeries(read('step,loss,note\n1,3.5,x\n2,3.25,"a\n'), 'train_loss', {
      points: 1,
      first: [1, 3.5],
      last: [1, 3.5],
    });
  });
  test('empty cells and words for nothing are no points; nan and inf are', () => {
    const log = read('step,loss,acc\n1,nan,\n2,inf,None\n3,1.5,N/A\n');
    expectSeries(log, 'train_loss', { points: 3, first: [1, Number.NaN], last: [3, 1.5], nonFinite: 2 });
    assert.equal(log.find('accuracy'), undefined);
  });
  test('Keras: epochs from 0, a header repeated by a second launch', () => {
    const log = read(
      'epoch,accuracy,loss,val_loss\n0,0.5,3,4\n1,0.6,2,3\nepoch,accuracy,loss,val_loss\n0,0.5,2.9,3.9\n',
    );
    assert.equal(log.unit, 'epoch');
    assert.deepEqual(log.find('train_loss')!.segmentStarts, [0, 2]);
    assert.deepEqual(log.issues, []);
  });
  test('Lightning: columns change in the middle', () => {
    const log = read('step,train_loss\n1,3\n2,2\nepoch,step,train_loss,val_loss\n0,3,1.5,\n0,3,,1.75\n');
    expectSeries(log, 'train_loss', { points: 3, first: [1, 3], last: [3, 1.5] });
    expectSeries(log, 'val_loss', { points: 1, first: [3, 1.75], last: [3, 1.75] });
    assert.deepEqual(log.issues, []);
  });
  test('W&B: a series per run, extremes left out', () => {
    const log = read(
      '"Step","a - train/loss","a - train/loss__MIN","b - train/loss","b - _step"\n"1","3","3","4","1"\n',
    );
    assert.deepEqual(
      log.allSeries.map(({ name }) => name),
      ['train_loss/a', 'train_loss/b'],
    );
  });
  test('planned steps in a column', () => {
    assert.equal(read('step,total_steps,loss\n1,500,3\n2,500,2\n').facts.totalSteps?.value, 500);
  });
  test('no column counts anything: the row number stands for the step', () => {
    const log = read('loss,lr\n3,0.1\n2,0.1\n');
    assert.equal(log.unit, 'row');
    assert.deepEqual(codes(log), ['step.missing']);
    expectSeries(log, 'train_loss', { points: 2, first: [1, 3], last: [2, 2] });
  });
  test('milliseconds become seconds', () => {
    expectSeries(read('step,step_time_ms,loss\n1,250,3\n2,500,2\n'), 'iteration_time', {
      points: 2,
      first: [1, 0.25],
      last: [2, 0.5],
    });
  });
  test('a file that begins after it was opened', () => {
    const log = readLog(
      { ...csv, open: () => csv.open(sampleOf('a.csv', new Uint8Array(0))) },
      'a.csv',
      bytesOf('step,loss\n1,3.5\n2,3.25\n'),
      [3, 12],
    );
    expectLoss(log);
  });
});

describe('csv: a format chosen by hand for what is no table', () => {
  const late = { ...csv, open: () => csv.open(sampleOf('a.csv', new Uint8Array(0))) };
  test('one column', () => {
    const log = readLog(late, 'a.csv', bytesOf('some text\nand more\n'));
    assert.deepEqual(codes(log), ['csv.columns']);
  });
  test('50 MB without a line feed', () => {
    const log = readRepeated(late, 'a.csv', bytesOf('step,loss'), bytesOf('x'.repeat(1 << 20)), 50);
    assert.deepEqual(codes(log), ['csv.columns']);
  });
});

describe('csv: tables of runs are refused', () => {
  for (const [why, text] of [
    ['a column names runs', 'run_name,step,loss\na,100,3\na,200,2\nb,100,3\nb,200,2\n'],
    ['each row is named and there is no step', 'model,params,final_loss\nsmall,100,3\nlarge,200,2\nhuge,300,1\n'],
    ['the steps repeat all the time', `lr,step,loss\n${'0.1,100,3\n0.1,200,2\n'.repeat(10)}`],
  ] as const) {
    test(why, () => {
      const log = read(text);
      assert.equal(log.points, 0);
      assert.deepEqual(codes(log), ['csv.tableOfRuns']);
    });
  }
});

describe('csv: chunks and faults', () => {
  for (const name of fixtureNames(ID)) {
    test(`${name} is read alike however it is cut`, () => {
      checkChunking(csv, name, fixture(ID, name), CUT_EVERYWHERE.includes(name) ? 1 : 17);
      checkFlush(csv, name, fixture(ID, name));
    });
    test(`${name} damaged`, () => checkHostile(csv, name, fixture(ID, name), 60));
  }
  test('quotes are read alike however they are cut', () => {
    const bytes = bytesOf('step,note,loss\r\n1,"a, b\r\nc ""d"" ",3.5\r\n2,x"y,3.25\r\n3,"",1\r\n"4","z","2"\r\n');
    checkChunking(csv, 'quotes.csv', bytes);
    checkHostile(csv, 'quotes.csv', bytes);
    assert.equal(readLog(csv, 'quotes.csv', bytes).find('train_loss')!.length, 4);
  });
  test('rows of another length are reported with their offset and read as far as they go', () => {
    const log = read('step,loss,acc\n1,3,0.5\n2,2\n3,1,0.7,9\n');
    assert.deepEqual(
      log.issues.map(({ code, offset }) => [code, offset]),
      [
        ['csv.columns', 22],
        ['csv.columns', 26],
      ],
    );
    assert.equal(log.find('train_loss')!.length, 3);
  });
  test('an unfinished last row waits', () => {
    assert.equal(read('step,loss,acc\n1,3,0.5\n2,2').points, 2);
  });
  test('a row without a step is left out and reported once', () => {
    const log = read('step,loss\n1,3\n,2\n,1\n4,1\n');
    assert.deepEqual(codes(log), ['step.missing']);
    assert.equal(log.points, 2);
  });
  test('100 000 columns', () => {
    const labels = Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(',');
    const log = read(`step,${labels}\n1${',2'.repeat(100_000)}\n`);
    assert.ok(log.allSeries.length <= MAX_SERIES_PER_FILE);
  });
  test('a row of 50 MB and an open quote are dropped and reported once', () => {
    for (const start of ['2,', '2,"']) {
      const log = readRepeated(csv, 'a.csv', bytesOf(`step,loss\n1,3\n${start}`), bytesOf('x'.repeat(1 << 20)), 50);
      assert.deepEqual(codes(log), ['line.tooLong']);
      assert.equal(log.points, 1);
    }
  });
  test('reading goes on behind a row that was too long', () => {
    const long = `2,"${'x\n'.repeat(3 * 1024 * 1024)}`;
    const log = read(`step,loss\n1,3\n${long}\n3,1\n`);
    assert.equal(codes(log)[0], 'line.tooLong');
    assert.deepEqual(log.find('train_loss')!.last(), { step: 3, value: 1 });
  });
});

describe('csv: detection', () => {
  const probe = (text: string, name = 'a.csv') => csv.probe(sampleOf(name, bytesOf(text)));
  test('tables with a telling header', () => {
    assert.equal(probe('step,loss\n1,3\n'), 'maybe');
    assert.equal(probe('epoch\tval_loss\n1\t3\n', 'a.txt'), 'maybe');
    assert.equal(probe('1,3.5\n2,3.4\n3,3.3\n', 'a.txt'), 'maybe');
  });
  test('no other text', () => {
    assert.equal(probe(''), 'no');
    assert.equal(probe('step 1, loss 2.0, lr 0.1\nstep 2, loss 1.9, lr 0.1\n', 'a.log'), 'no');
    assert.equal(probe('name,city\na,b\nc,d\n'), 'no');
    assert.equal(probe('{"step":1,"loss":2}\n{"step":2,"loss":2}\n'), 'no');
    assert.equal(probe('one line\n'), 'no');
  });
});
