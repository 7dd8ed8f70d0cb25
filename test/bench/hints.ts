// Hints on a long training script: analysis when it is opened, after an edit, and one hover.
// What the parser alone takes for the same stands beside each as the limit.
import { TreeFragment } from '@lezer/common';
import { parser } from '@lezer/python';
import { HintDocument } from '../../src/core/hints/hintDocument';
import { longScript } from '../lib/longScript';

const LINES = 5000;
const ROUNDS = 40;

const text = longScript(LINES);

/** Processor time of each round in milliseconds, sorted. */
function times(work: () => void): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).sort((a, b) => a - b);
}

function row(name: string, sorted: readonly number[]): void {
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(2).padStart(8);
  console.log(`${name.padEnd(44)} ${at(0)} ${at(0.5)} ${at(0.95)}`);
}

/** A digit typed behind each of the numbers in turn, and taken away again. */
const digits = [...text.matchAll(/\d/g)].map(({ index }) => index);
function* edits(): Generator<{ text: string; edit: { from: number; to: number; inserted: number } }> {
  for (let turn = 0; ; turn++) {
    const from = digits[Math.floor((digits.length * ((turn * 37) % ROUNDS)) / ROUNDS)]!;
    yield { text: `${text.slice(0, from)}1${text.slice(from)}`, edit: { from, to: from, inserted: 1 } };
    yield { text, edit: { from, to: from + 1, inserted: 0 } };
  }
}

const document = new HintDocument('python', text);
const place = document.hyperparameters.find(({ id }) => id === 'learningRate')!;
console.log(`${LINES} lines, ${text.length} characters, ${document.hyperparameters.length} hyperparameters`);
console.log(
  `${''.padEnd(44)} ${'least'.padStart(8)} ${'median'.padStart(8)} ${'p95'.padStart(8)}  ms of processor time`,
);
row(
  'opened: parse alone',
  times(() => void parser.parse(text)),
);
row(
  'opened: analysis',
  times(() => void new HintDocument('python', text).hyperparameters),
);
let fragments = TreeFragment.addTree(parser.parse(text));
const parsed = edits();
row(
  'edited: parse alone',
  times(() => {
    const { text: next, edit } = parsed.next().value!;
    const range = { fromA: edit.from, toA: edit.to, fromB: edit.from, toB: edit.from + edit.inserted };
    fragments = TreeFragment.addTree(parser.parse(next, TreeFragment.applyChanges(fragments, [range])));
  }),
);
const analysed = edits();
row(
  'edited: analysis',
  times(() => {
    const { text: next, edit } = analysed.next().value!;
    document.change(next, [edit]);
    void document.hyperparameters;
  }),
);
row(
  'hint of one line',
  times(() => void document.hint(place)),
);
