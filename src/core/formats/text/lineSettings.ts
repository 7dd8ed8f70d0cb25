import type { RecordSink } from '../format';
import { canonicalSeries } from '../keys';
import { LineMatch } from './lineFormat';
import { literal } from './nested';
import type { PythonScanner } from './python';
import { ascii, type Scanner } from './scanner';

const OPEN_BRACE = 0x7b;
const COLON = 0x3a;
const MAX_SETTING = 300;
const SETTING =
  /^\s*(?:"(?=[^"]*":)|'(?=[^']*':))?([A-Za-z][\w./-]{0,60})["']?\s*[:=]\s*(?:([-+.\w/]+)|(["'])([^"']*)\3),?\s*(?:#.*)?$/;
const ASSIGNMENT = /(?<![\w.-])([A-Za-z_][\w.-]*)=([-+.\w/]+)(?=[\s,;)]|$)/g;
const TOTALS = [
  /(?<![\d,.])([\d,]+) (?:optimi[sz]er|optimi[sz]ation|training) steps\b/i,
  /\btraining\b.*\biters:\s*([\d,]+)\b/i,
  /\b(?:total|max)[ _](?:(?:optimi[sz]ation|training|train)[ _])?(?:steps|iterations|iters)\s*[:=]\s*([\d,]+)\b/i,
];
const DICT = ascii("{'");

/** Settings before the first record: a printed dict, `name: value`, `name = value`, and a stated number of steps. */
export function matchSetting(line: Scanner, python: PythonScanner, sink: RecordSink): LineMatch {
  if (line.next === OPEN_BRACE) {
    if (!line.literal(DICT)) return LineMatch.None;
    line.pos--;
    const entries = python.entries(line, COLON);
    for (const [key, value] of entries) sink.config(key, value);
    return entries.length > 0 ? LineMatch.Common : LineMatch.None;
  }
  if (line.end - line.pos > MAX_SETTING) return LineMatch.None;
  const text = line.text();
  for (const pattern of TOTALS) {
    const found = pattern.exec(text);
    const total = Number(found?.[1]?.replaceAll(',', '') ?? 0);
    if (!(total > 0) || !Number.isInteger(total)) continue;
    sink.plan({ totalSteps: total }, 'a number of steps in the header');
    return LineMatch.Common;
  }
  const setting = SETTING.exec(text);
  if (setting === null) return matchAssignments(text, sink);
  sink.config(setting[1]!, setting[2] === undefined ? setting[4]! : literal(setting[2]));
  return LineMatch.Common;
}

/** `Config: learning_rate=0.0003 max_steps=600`: several settings in one line. */
function matchAssignments(text: string, sink: RecordSink): LineMatch {
  const found = [...text.matchAll(ASSIGNMENT)];
  // A record behind a prefix that is still to be taken off.
  const isRecord = found.some(([, key]) => canonicalSeries(key!).name === 'train_loss');
  // What a constructor was called with is read as a whole elsewhere.
  if (found.length < 2 || isRecord || /\w\(/.test(text)) return LineMatch.None;
  for (const [, key, value] of found) sink.config(key!, literal(value!));
  return LineMatch.Common;
}
