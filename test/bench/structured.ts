// Throughput of the readers of tables, JSON lines, trainer states and event files, beside what their bytes cost at least.
import { csv } from '../../src/core/formats/csv';
import type { LogFormat, RecordSink } from '../../src/core/formats/format';
import { hfTrainerState } from '../../src/core/formats/hfTrainerState';
import { jsonl } from '../../src/core/formats/jsonl';
import { crc32c } from '../../src/core/formats/protobuf/crc32c';
import { tensorboard } from '../../src/core/formats/tensorboard';
import { READ_CHUNK } from '../../src/core/limits';
import { FileLog } from '../../src/core/series/fileLog';
import { fixture, nullSink, sampleOf, seeded } from '../core/formats/check';

const SIZE = Number(process.argv[2] ?? 100) * 1e6;
const ROUNDS = 3;

interface Input {
  readonly what: string;
  readonly format: LogFormat;
  readonly bytes: Uint8Array;
}

const inputs: Input[] = [
  { what: 'step,lr,loss', format: csv, bytes: repeat(fixture('csv', 'multipowerlawLong.csv'), true) },
  { what: 'Lightning, half the cells empty', format: csv, bytes: repeat(fixture('csv', 'lightningV3.csv'), true) },
  { what: '15 columns of 17 digits', format: csv, bytes: repeat(fixture('csv', 'algoperfEval.csv'), true) },
  { what: 'W&B panel, all quoted', format: csv, bytes: repeat(fixture('csv', 'wandbPanel.csv'), true) },
  { what: 'LLaMA-Factory', format: jsonl, bytes: repeat(fixture('jsonl', 'llamaFactory.jsonl'), false) },
  { what: 'detectron2', format: jsonl, bytes: repeat(fixture('jsonl', 'detectron2.json'), false) },
  { what: 'own lines, 12 keys', format: jsonl, bytes: ownLines() },
  { what: 'trainer state', format: hfTrainerState, bytes: largeState() },
  { what: 'Megatron', format: tensorboard, bytes: repeat(fixture('tensorboard', 'megatron357m.tfevents'), false) },
  { what: 'verl, 62 tags', format: tensorboard, bytes: repeat(fixture('tensorboard', 'verl.tfevents'), false) },
  {
    what: 'graphs and scalars',
    format: tensorboard,
    bytes: repeat(fixture('tensorboard', 'kerasTrain.tfevents'), false),
  },
];

console.log(
  'MB per second of processor time, best of 3: into a log, into nothing, and for comparison on the same bytes',
);
console.log('| format | input | log | nothing | comparison |\n| --- | --- | ---: | ---: | --- |');
for (const { what, format, bytes } of inputs) {
  const log = best(bytes, () => feed(format, bytes, new FileLog('bench')));
  const bare = best(bytes, () => feed(format, bytes, nullSink()));
  console.log(`| ${format.id} | ${what} | ${log} | ${bare} | ${comparison(format, bytes)} |`);
}

function feed(format: LogFormat, bytes: Uint8Array, sink: RecordSink): void {
  const parser = format.open(sampleOf('bench', bytes));
  for (let at = 0; at < bytes.length; at += READ_CHUNK) parser.push(bytes.subarray(at, at + READ_CHUNK), sink);
  parser.flush(sink);
}

function comparison(format: LogFormat, bytes: Uint8Array): string {
  if (format === tensorboard) {
    const framing = best(bytes, () => {
      let sum = 0;
      for (let at = 0; at < bytes.length; at += READ_CHUNK)
        sum ^= crc32c(bytes, at, Math.min(bytes.length, at + READ_CHUNK));
      return sum;
    });
    return `CRC-32C alone ${framing}`;
  }
  const feeds = best(bytes, () => {
    let count = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
    return count;
  });
  const naive = best(bytes, format === csv ? () => splitAndConvert(bytes) : () => parseEach(format, bytes));
  return `line feeds ${feeds}, ${format === csv ? 'split and Number' : 'JSON.parse'} ${naive}`;
}

function splitAndConvert(bytes: Uint8Array): number {
  let sum = 0;
  for (const line of Buffer.from(bytes.buffer, 0, bytes.length).toString('latin1').split('\n')) {
    for (const cell of line.split(',')) sum += Number(cell);
  }
  return sum;
}

function parseEach(format: LogFormat, bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, 0, bytes.length).toString('utf8');
  if (format === hfTrainerState) return (JSON.parse(text) as { log_history: unknown[] }).log_history.length;
  let sum = 0;
  for (const line of text.split('\n')) if (line !== '') sum += Object.keys(JSON.parse(line) as object).length;
  return sum;
}

function best(bytes: Uint8Array, work: () => unknown): string {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return (bytes.length / least).toFixed(0);
}

function repeat(piece: Uint8Array, header: boolean): Uint8Array {
  const body = header ? piece.subarray(piece.indexOf(10) + 1) : piece;
  const count = Math.ceil((SIZE - piece.length) / body.length);
  const bytes = new Uint8Array(piece.length + count * body.length);
  bytes.set(piece);
  for (let i = 0; i < count; i++) bytes.set(body, piece.length + i * body.length);
  return bytes;
}

function ownLines(): Uint8Array {
  const random = seeded(1);
  const lines: string[] = [];
  for (let step = 1; step <= 5000; step++) {
    lines.push(
      JSON.stringify({
        step,
        'train/loss': 2 + random(),
        'train/lr': 3e-4 * random(),
        grad_norm: random(),
        tokens: step * 524288,
        epoch: step / 5000,
        mfu: 0.4 + random() / 10,
        step_time: random(),
        memory: 61.25,
        z_loss: random() / 1e4,
        timestamp: 1.7e9 + step,
        host: 'node-17',
      }),
    );
  }
  return repeat(new TextEncoder().encode(`${lines.join('\n')}\n`), false);
}

function largeState(): Uint8Array {
  const text = new TextDecoder().decode(fixture('hfTrainerState', 'kto1000.json'));
  const from = text.indexOf('[') + 1;
  const to = text.lastIndexOf(']');
  const history = text.slice(from, to);
  const count = Math.floor(SIZE / history.length);
  return new TextEncoder().encode(`${text.slice(0, from)}${Array(count).fill(history).join(',')}${text.slice(to)}`);
}
