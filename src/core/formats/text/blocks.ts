import type { StepUnit } from '../../model';
import { axisOf } from '../keys';
import type { Scanner } from './scanner';

/** Longest line that is a heading, and that names a set. */
const MAX_HEADING = 240;
const MAX_SET_HEADING = 60;
const HEADING =
  /^[^\p{L}\p{N}[\]]*(?:info:\s+)?(?:(?:train(?:ing)?|learning|start(?:ing|ed)?|begin(?:ning)?)\s+)?(global step|step|iteration|iter|epoch)\s*[:=#]?\s*\[?(\d+)(?:\s*(?:\/|of)\s*(\d+))?\]?(?:[^\p{L}\p{N}]*[\d.]+\s*%(?:\|[^|]*\|[^=]*)?)?[^\p{L}\p{N}]*(?:\(train(?:ing)?\))?$/iu;
/** `--> TIME: 11:22:33 -- STEP: 25/100 -- GLOBAL_STEP: 25`: a place among others, and nothing that is measured. */
const PLACES = /^[^|{]*\bglobal[ _]step\s*[:=]\s*(\d+)[^\p{L}]*$/iu;
/** `Stage.EVAL`, `--- Validation results ---`: a set and no number. */
const SET_HEADING =
  /^[^\p{L}\p{N}]*(?:(?:stage|phase|mode|split)[ .:=]+)?(?:(train(?:ing)?)|eval(?:uati(?:on|ng))?|val(?:id(?:ati(?:on|ng))?)?|(test(?:ing)?))(?:\s+(?:results?|metrics|set|phase|stage))?[^\p{L}\p{N}]*$/iu;
/** Lines and characters of one printed dict. */
const MAX_DICT_LINES = 400;
const MAX_DICT = 16 * 1024;
const OPEN = 0x7b;

/** A line that says no more than where the lines below it belong. */
export interface Heading {
  readonly unit: StepUnit;
  readonly place: number;
  /** How many are planned; 0 when it does not say. */
  readonly total: number;
}

/** The heading that `line` is, such as `Epoch 3/10`, `=== Step 200 ===`; `undefined` for any other line. */
export function readHeading(line: Scanner): Heading | undefined {
  if (line.end - line.pos > MAX_HEADING) return undefined;
  const text = line.text();
  const among = PLACES.exec(text);
  if (among !== null) return { unit: 'step', place: Number(among[1]), total: 0 };
  const match = HEADING.exec(text);
  if (match === null) return undefined;
  const [, word, place, total] = match;
  return { unit: axisOf(word!)!.unit, place: Number(place), total: Number(total ?? 0) };
}

/** The set that `line` says the lines below it are about: `val`, `test`, or empty for the training; else `undefined`. */
export function readSetHeading(line: Scanner): string | undefined {
  if (line.end - line.pos > MAX_SET_HEADING) return undefined;
  const match = SET_HEADING.exec(line.text());
  if (match === null) return undefined;
  const [, training, test] = match;
  return training !== undefined ? '' : test !== undefined ? 'test' : 'val';
}

/** A dict that is printed over several lines, as far as it has come. */
export interface OpenDict {
  readonly text: string;
  readonly lines: number;
}

/** Begins or goes on with a dict; `undefined` when the line belongs to none. A closed one ends in `}`. */
export function readDictLine(line: Scanner, open: OpenDict | undefined): OpenDict | undefined {
  if (open === undefined && (line.next !== OPEN || line.end - line.pos > MAX_DICT)) return undefined;
  const text = open === undefined ? line.text() : `${open.text} ${line.text()}`;
  const lines = (open?.lines ?? 0) + 1;
  if (lines > MAX_DICT_LINES || text.length > MAX_DICT) return undefined;
  if (open === undefined && !/^\{\s*(?:['"]|$)/.test(text)) return undefined;
  return { text, lines };
}
