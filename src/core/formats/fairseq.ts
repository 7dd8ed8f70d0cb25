import { CellKind } from './json/rowReader';
import { beginFairseq, matchFairseqFact } from './text/fairseqConfig';
import { FairseqNames, type FairseqState, type Layout, layoutOf } from './text/fairseqNames';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { ascii, isDigit, isNameByte, type Scanner } from './text/scanner';

const TRAIN_INNER = ascii('train_inner');
const TRAIN = ascii('train');
const EPOCH = ascii('epoch ');
const VALID_ON = ascii("valid on '");
/** Longest prefix: time, level and the tag of the record. */
const MAX_HEAD = 160;
const BRACE = 0x7b;
const BAR = 0x7c;
const BLANK = 0x20;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COLON = 0x3a;
const DASH = 0x2d;
const QUOTE = 0x27;

/** What fairseq and metaseq log, in all of their forms. */
export const fairseq = lineFormat<FairseqState>({
  id: 'fairseq',
  title: 'fairseq, metaseq',
  source: {
    authors: 'Meta AI',
    year: 2019,
    title: 'fairseq',
    id: 'facebookresearch/fairseq',
    where: 'fairseq/logging/progress_bar.py; fairseq_cli/train.py',
  },
  begin: beginFairseq,
  match: (line, file) => {
    const start = line.pos;
    const payload = payloadAt(line);
    let match = LineMatch.None;
    if (payload >= 0) {
      const tag = tagBefore(line, start, payload);
      line.pos = payload;
      match = line.next === BRACE ? matchJson(line, file, tag) : matchSimple(line, file, tag);
      if (match !== LineMatch.None) return match;
    }
    line.pos = start;
    return matchFairseqFact(line, file);
  },
});

/** Place of the record in a line: its brace, or `epoch 001`; -1 when there is none. */
function payloadAt(line: Scanner): number {
  const { bytes, end, pos } = line;
  const last = Math.min(end, pos + MAX_HEAD);
  for (let at = pos; at < last; at++) {
    const byte = bytes[at]!;
    if (byte === BRACE) return at + 1 < end && bytes[at + 1] === 0x22 ? at : -1;
    if (byte !== 0x65 || bytes[at + 1] !== 0x70 || bytes[at + 5] !== BLANK) continue;
    line.pos = at;
    const isEpoch = line.literal(EPOCH) && isDigit(line.next);
    line.pos = pos;
    if (isEpoch) return at;
  }
  return -1;
}

/** The name of the logger that stands last before the record: `| train_inner | `, `[train_inner][INFO] - `. */
function tagBefore(line: Scanner, start: number, end: number): string {
  const { bytes } = line;
  let to = end;
  while (to > start && (bytes[to - 1] === BLANK || bytes[to - 1] === BAR || bytes[to - 1] === DASH)) to--;
  if (bytes[to - 1] === CLOSE) {
    // The level stands between the name and the record.
    let open = to - 1;
    while (open > start && bytes[open] !== OPEN) open--;
    to = open;
    if (to > start && bytes[to - 1] === CLOSE) to--;
  }
  let from = to;
  while (from > start && (isNameByte(bytes[from - 1]!) || bytes[from - 1] === 0x2f || bytes[from - 1] === 0x2e)) from--;
  return equals(bytes, from, to, TRAIN_INNER)
    ? 'train_inner'
    : equals(bytes, from, to, TRAIN)
      ? 'train'
      : line.text(from, to);
}

function equals(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
  return true;
}

/** `{"epoch": 1, "update": 0.002, "loss": "16.464", "ppl": "90380.9", …, "num_updates": "25", "lr": "1.25e-05", …}`. */
function matchJson(line: Scanner, file: LineFile<FairseqState>, tag: string): LineMatch {
  const { state, sink } = file;
  const { rows } = state;
  if (!rows.read(line.bytes, line.pos, line.end)) {
    if (tag !== 'train_inner' && tag !== 'train' && tag !== 'valid') return LineMatch.None;
    const at = rows.faultAt - line.pos;
    sink.issue(
      'json.malformed',
      `Not a whole record: reading stopped at byte ${at} of ${line.end - line.pos}.`,
      file.offset,
    );
    return LineMatch.Common;
  }
  const layout = layoutOf(state, tag);
  if (layout.updates < 0 || rows.kinds[layout.updates] !== CellKind.Number) return LineMatch.None;
  const step = rows.values[layout.updates]!;
  emitJson(file, layout, step);
  file.record
    .claim(step, rows.from[layout.updates]!)
    .anyStep()
    .more((record) => {
      for (let i = 0; i < rows.count; i++) {
        if (rows.kinds[i] !== CellKind.Number) continue;
        const cell = layout.cells.find(({ index }) => index === i);
        if (cell === undefined) record.number(rows.from[i]!);
        else record.point(rows.from[i]!, cell.handle, rows.values[i]!);
      }
    });
  return LineMatch.Points;
}

function emitJson({ state, sink }: LineFile<FairseqState>, layout: Layout, step: number): void {
  const { rows } = state;
  for (const cell of layout.cells) {
    if (rows.kinds[cell.index] !== CellKind.Number) continue;
    if (cell.handle < -1) cell.handle = sink.series(cell.label, cell.name);
    sink.point(cell.handle, step, rows.values[cell.index]!);
  }
  state.step = step;
}

/** `epoch 001:      1 / 50000 loss=16.264, …`, `epoch 001 | valid on 'valid' subset | loss 9.189 | …`, `epoch 001 | loss 11.87 | …`. */
function matchSimple(line: Scanner, file: LineFile<FairseqState>, tag: string): LineMatch {
  const { state, sink } = file;
  if (!line.literal(EPOCH) || !line.integer()) return LineMatch.None;
  if (line.byte(COLON)) return matchInner(line, file);
  line.blanks();
  if (!line.byte(BAR)) return LineMatch.None;
  line.blanks();
  let subset = tag === 'train' || tag === 'train_inner' ? '' : tag;
  if (line.literal(VALID_ON)) {
    const from = line.pos;
    while (!line.atEnd && line.next !== QUOTE) line.pos++;
    subset = line.text(from, line.pos);
    while (!line.atEnd && line.next !== BAR) line.pos++;
    line.pos++;
  } else if (tag === '' || tag === 'train' || tag === 'train_inner') subset = '';
  const fields = state.names.pipes(subset);
  if (fields.read(line) === 0 || !fields.hasLoss) return LineMatch.None;
  const updates = fields.find(subset === '' ? FairseqNames.UPDATES : `${subset}/${FairseqNames.UPDATES}`);
  const step = updates >= 0 ? fields.value(updates) : state.step;
  if (step < 0) return LineMatch.Common;
  fields.emit(sink, step);
  state.step = step;
  return LineMatch.Points;
}

/** The rest of a record within an epoch, or of a drawn bar: `  12%|█ | 10/80 [00:10<…, 1.1it/s, loss=9.3, num_updates=10]`. */
function matchInner(line: Scanner, file: LineFile<FairseqState>): LineMatch {
  const { state, sink } = file;
  const { pos, end } = line;
  line.blanks();
  const counterAt = line.pos;
  const isBar = !skipCounter(line);
  if (isBar) {
    line.pos = pos - 1;
    const { bar } = state;
    if (!bar.read(line)) return LineMatch.None;
    line.pos = bar.postfix;
    line.end = bar.postfixEnd;
  }
  const fields = state.names.commas;
  const count = fields.read(line);
  line.end = end;
  const updates = fields.find(FairseqNames.UPDATES);
  if (count === 0 || updates < 0 || !fields.hasLoss) return isBar ? LineMatch.Common : LineMatch.None;
  const step = fields.value(updates);
  // A bar is drawn many times with the numbers of one record.
  if (isBar && step === state.step) return LineMatch.Common;
  fields.emit(sink, step);
  state.step = step;
  if (!isBar) file.record.claim(step, fields.place(updates)).anyStep().whole(counterAt).fields(fields);
  return LineMatch.Points;
}

/** `     1 / 50000`: iterations of the epoch. */
function skipCounter(line: Scanner): boolean {
  if (!line.integer()) return false;
  line.blanks();
  if (!line.byte(0x2f)) return false;
  line.blanks();
  return line.integer();
}
