import { matchSettingLine, matchTrainerLine } from './text/hfSettings';
import { applyDict, beginDicts, type HfState, settlePending, settleWithBar } from './text/hfSteps';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { readBar } from './text/progressBar';
import { ascii, type Scanner } from './text/scanner';

const DICT = ascii("{'");
const BRACE = 0x7b;

/** What the Hugging Face Trainer prints, and the trainers built on it (TRL, Axolotl, ms-swift, LLaMA-Factory). */
export const hfConsole = lineFormat<HfState>({
  id: 'hfConsole',
  title: 'Hugging Face Trainer console',
  source: {
    authors: 'Hugging Face',
    year: 2020,
    title: 'Transformers',
    id: 'huggingface/transformers',
    where: 'src/transformers/trainer.py, trainer_callback.py (ProgressCallback, PrinterCallback)',
  },
  begin: beginDicts,
  match: (line, file) => {
    line.blanks();
    if (line.next === BRACE) return matchDict(line, file);
    const bar = readBar(line);
    if (bar !== undefined) {
      settleWithBar(bar, file);
      // Where carriage returns were lost, the record stands behind the bar.
      if (!line.seek(DICT)) return LineMatch.Common;
      line.pos -= DICT.length;
      if (matchDict(line, file) !== LineMatch.Points) return LineMatch.Common;
      settleWithBar(bar, file);
      return LineMatch.Points;
    }
    // The blanks that erase a bar stand between it and the record.
    if (line.atEnd) return LineMatch.None;
    const match = matchTrainerLine(line, file);
    return match === LineMatch.None ? matchSettingLine(line, file) : match;
  },
  finish: settlePending,
});

function matchDict(line: Scanner, file: LineFile<HfState>): LineMatch {
  const match = applyDict(line, file);
  if (match !== LineMatch.Points) return match;
  line.blanks();
  const bar = readBar(line);
  if (bar !== undefined) settleWithBar(bar, file);
  return match;
}
