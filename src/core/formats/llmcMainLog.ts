import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { ascii, isDigit, type Scanner } from './text/scanner';

const STEP = ascii('s:');
const BLANK = 0x20;
/** Records of build-nanogpt's log: a step, a word, a number, nothing more. */
const RECORDS = [
  { word: ascii('train '), label: 'train', name: 'train_loss' },
  { word: ascii('val '), label: 'val', name: 'val_loss' },
  { word: ascii('hella '), label: 'hella', name: 'val_accuracy/hellaswag' },
  { word: ascii('hellaswag '), label: 'hella', name: 'val_accuracy/hellaswag' },
] as const;

interface State {
  readonly fields: FieldReader;
}

/** The file that llm.c keeps in its output folder, and build-nanogpt's twin of it. */
export const llmcMainLog = lineFormat<State>({
  id: 'llmcMainLog',
  title: 'llm.c main.log, build-nanogpt log.txt',
  source: { authors: 'Karpathy', year: 2024, title: 'llm.c', id: 'karpathy/llm.c', where: 'llmc/logger.h' },
  begin: () => ({ fields: new FieldReader(fieldRule, ' ') }),
  match: (line, file) => {
    const start = line.pos;
    const match = line.literal(STEP) ? matchFields(line, file) : isDigit(line.next) ? matchWord(line, file) : undefined;
    if (match !== LineMatch.Points) line.pos = start;
    return match ?? LineMatch.None;
  },
});

/** `s:250 trl:5.3242 lr:0.000214 norm:1.22`, `s:250 tel:5.2967`, `s:250 eval:0.2463`, `s:250 hel:0.2542`. */
function matchFields(line: Scanner, file: LineFile<State>): LineMatch {
  if (!line.integer()) return LineMatch.None;
  const step = line.value;
  const stepAt = line.integerAt;
  const { fields } = file.state;
  if (!line.byte(BLANK) || fields.read(line) === 0) return LineMatch.None;
  emitRecord(file, fields, step, stepAt);
  return LineMatch.Points;
}

function fieldRule(key: string): FieldRule | undefined {
  return key === 'eval' || key === 'hel' ? { name: 'val_accuracy/hellaswag' } : undefined;
}

/** `250 val 5.2967`. */
function matchWord(line: Scanner, file: LineFile<State>): LineMatch {
  if (!line.integer()) return LineMatch.None;
  const step = line.value;
  if (!line.byte(BLANK)) return LineMatch.None;
  for (const { word, label, name } of RECORDS) {
    if (!line.literal(word)) continue;
    if (!line.number()) return LineMatch.None;
    const { value } = line;
    line.blanks();
    if (!line.atEnd) return LineMatch.None;
    file.sink.point(file.sink.series(label, name), step, value);
    return LineMatch.Points;
  }
  return LineMatch.None;
}
