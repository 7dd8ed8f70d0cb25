import type { Scanner } from './scanner';

/** Longest line of a frame, and characters of all its rows. */
const MAX_LINE = 200;
const MAX_FRAME = 4096;
const RULER = /^\s*[-=─━]{5,}\s*$/;
const ROW = /^\s*\|( *)([^|]*?[^|\s])\s*\|\s*([^|]*?)\s*\|\s*$/;
const NUMBER = /^[-+]?(?:\d|\.\d|nan\b|inf)/i;
/** Blanks before a name that belongs to the group above it. */
const INDENT = 3;

/** A table of names and values between two rulers, as far as it has come. */
export interface OpenFrame {
  /** Its rows in one line: `{rollout/ep_rew_mean: -200, time/total_timesteps: 2048`. */
  readonly text: string;
  /** The name that stood alone in a row: those indented below it belong to it. */
  readonly group: string;
}

/**
 * Goes on with a frame or begins one. A frame is one record: `| step | 1000 |` by `| loss | 0.12 |` between lines of
 * dashes, as the loggers of OpenAI's baselines and all that came from them print (Stable-Baselines3, Spinning Up,
 * guided-diffusion). `undefined`: the line belongs to none; `closed`: it ends `open`.
 */
export function readFrameLine(line: Scanner, open: OpenFrame | undefined): OpenFrame | 'closed' | undefined {
  if (line.end - line.pos > MAX_LINE) return undefined;
  const text = line.text();
  if (RULER.test(text)) return open === undefined || open.text === '' ? { text: '', group: '' } : 'closed';
  if (open === undefined) return undefined;
  const row = ROW.exec(text);
  if (row === null) return undefined;
  const [, blanks, name, value] = row;
  if (value === '') return { ...open, group: name!.replace(/\/$/, '') };
  if (!NUMBER.test(value!) || open.text.length > MAX_FRAME) return open;
  const key = blanks!.length >= INDENT && open.group !== '' ? `${open.group}/${name}` : name;
  return { ...open, text: `${open.text}${open.text === '' ? '{' : ', '}${key}: ${value}` };
}
