// The same data in the same page, drawn by uPlot: one chart for the losses, one strip for each other series.
import uPlot from 'uplot';
import { measureFrames, painted } from './frames';

/** Columns over shared steps. */
type Columns = Record<'steps' | 'train' | 'smooth' | 'val' | 'lr' | 'norm' | 'throughput', number[] | Float64Array>;

let charts: uPlot[] = [];
let data: uPlot.AlignedData[] = [];
let columns: Columns;

function make(width: number, height: number, colours: readonly string[], rows: uPlot.AlignedData): uPlot {
  const series = colours.map((stroke): uPlot.Series => ({ stroke, width: 1, points: { show: false } }));
  const scales = { x: { time: false } };
  return new uPlot({ width, height, scales, legend: { show: false }, series: [{}, ...series] }, rows, document.body);
}

async function draw(drawn: Columns) {
  columns = drawn;
  const start = performance.now();
  const { steps, train, smooth, val, lr, norm, throughput } = drawn;
  data = [
    [steps, train, smooth, val],
    [steps, lr],
    [steps, norm],
    [steps, throughput],
  ] as uPlot.AlignedData[];
  const width = document.documentElement.clientWidth - 40;
  const height = Math.min(560, Math.max(240, 0.46 * window.innerHeight));
  charts = [
    make(width, height, ['#3794ff80', '#3794ff', '#d18616'], data[0]!),
    ...['#89d185', '#cca700', '#cca700'].map((colour, index) => make(width, 92, [colour], data[index + 1]!)),
  ];
  return painted(start);
}

const show = (min: number, max: number): void => {
  for (const chart of charts) chart.setScale('x', { min, max });
};

function zoom(count: number) {
  const end = columns.steps.at(-1)!;
  let share = 1;
  return measureFrames(count, (frame) => {
    share *= Math.exp((frame < count / 2 ? -12 : 12) * 0.0018 * 3);
    requestAnimationFrame(() => show((end / 3) * (1 - share), end / 3 + ((2 * end) / 3) * share));
  });
}

function pan(count: number) {
  const end = columns.steps.at(-1)!;
  const width = end / 50;
  let from = end / 2;
  return measureFrames(count, (frame) => {
    from += (frame % 40 < 20 ? 15 : -15) * (width / 1300);
    requestAnimationFrame(() => show(from, from + width));
  });
}

async function append(seconds: number) {
  const rows = data.map((chart) => chart.map((column) => Array.from(column as ArrayLike<number>)));
  const timer = setInterval(() => {
    for (const [index, chart] of charts.entries()) {
      for (const column of rows[index]!) column.push(column.at(-1)! + (column === rows[index]![0] ? 10 : 0));
      chart.setData(rows[index] as uPlot.AlignedData);
    }
  }, 100);
  const frames = await measureFrames(60 * seconds, () => undefined);
  clearInterval(timer);
  return frames;
}

/** A million rows like those of the benchmark's log. */
function whole(rows: number): Columns {
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => value(row));
  const loss = (row: number): number => 2 + 8 / Math.sqrt(row / 50 + 1) + ((row * 7919) % 97) / 300;
  return {
    steps: column((row) => row),
    train: column(loss),
    smooth: column((row) => 2.16 + 8 / Math.sqrt(row / 50 + 1)),
    val: column((row) => loss(row) + 0.05),
    lr: column(() => 6e-4),
    norm: column((row) => 0.4 + ((row * 31) % 100) / 300),
    throughput: column((row) => 250_000 + ((row * 17) % 1000)),
  };
}

window.bench = { draw, drawWhole: (rows: number) => draw(whole(rows)), zoom, pan, append };
