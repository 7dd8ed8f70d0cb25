import { isDigit, isNameByte } from './scanner';

/** Longest bracket, host name or logger name that counts as a prefix. */
const MAX_TAG = 96;
const LEVELS = new Set(['DEBUG', 'INFO', 'WARNING', 'WARN', 'ERROR', 'CRITICAL', 'TRACE', 'NOTICE']);

/**
 * Position after one prefix that a launcher, logger or container put before a line, and the blanks after it; `pos`
 * itself when there is none. Known: `0: ` and `worker-1: ` (srun, pdsh), `[rank0]:`, `[default7]:`, `[1,0]<stdout>:`
 * and any other short tag in brackets, `(main_task pid=7)` (Ray), dates with and without time in ISO and US order, also
 * in brackets, followed by `stdout F` (Kubernetes) or `>>` (transformers), absl's `I0317 10:00:15.412 7 file.py:181]`,
 * and the ` - name - LEVEL - ` of Python's logging. A prefix is taken off only after the line as it is fits no
 * grammar, so that `[step 200]` is safe.
 */
export function afterPrefix(bytes: Uint8Array, pos: number, end: number): number {
  const start = skipBlanks(bytes, pos, end);
  if (start >= end) return pos;
  const byte = bytes[start]!;
  let after = -1;
  if (byte === 0x5b) after = afterBracket(bytes, start, end);
  else if (byte === 0x28) after = afterProcess(bytes, start, end);
  else if (byte === 0x2d || byte === 0x7c || byte === 0x3e) after = afterSeparator(bytes, start, end);
  else if (isDigit(byte)) after = orElse(afterTime(bytes, start, end), bytes, start, end);
  else if (isNameByte(byte)) after = orElse(afterAbsl(bytes, start, end), bytes, start, end);
  return after < 0 ? pos : skipBlanks(bytes, after, end);
}

function skipBlanks(bytes: Uint8Array, pos: number, end: number): number {
  let at = pos;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  return at;
}

function orElse(after: number, bytes: Uint8Array, pos: number, end: number, read = afterName): number {
  return after >= 0 ? after : read(bytes, pos, end);
}

/** `[…]`, then a stream name and a colon if they follow. */
function afterBracket(bytes: Uint8Array, pos: number, end: number): number {
  const last = Math.min(end, pos + MAX_TAG);
  for (let at = pos + 1; at < last; at++) {
    if (bytes[at] === 0x5b) return -1;
    if (bytes[at] !== 0x5d) continue;
    let after = at + 1;
    if (after < end && bytes[after] === 0x3c) {
      while (after < last && bytes[after] !== 0x3e) after++;
      after++;
    }
    return after < end && bytes[after] === 0x3a ? after + 1 : Math.min(end, after);
  }
  return -1;
}

/** `(name pid=1, ip=10.0.0.2)`. */
function afterProcess(bytes: Uint8Array, pos: number, end: number): number {
  const last = Math.min(end, pos + MAX_TAG);
  let named = false;
  for (let at = pos + 1; at < last; at++) {
    const byte = bytes[at]!;
    if (byte === 0x29) return named ? at + 1 : -1;
    if (byte === 0x3d && bytes[at - 1] === 0x64 && bytes[at - 2] === 0x69 && bytes[at - 3] === 0x70) named = true;
  }
  return -1;
}

/** `-`, `|` or `>>` between the parts of a logger's prefix. */
function afterSeparator(bytes: Uint8Array, pos: number, end: number): number {
  if (bytes[pos] === 0x3e) return pos + 1 < end && bytes[pos + 1] === 0x3e ? pos + 2 : -1;
  return pos + 1 < end && bytes[pos + 1] === 0x20 ? pos + 1 : -1;
}

/** A date, a time, or both: at least two groups of digits with `-`, `/` or `:` between them. */
function afterTime(bytes: Uint8Array, pos: number, end: number): number {
  const date = orElse(afterGroups(bytes, pos, end), bytes, pos, end, afterMonthAndDay);
  if (date < 0) return -1;
  let at = date;
  const joined = at < end && (bytes[at] === 0x54 || bytes[at] === 0x20);
  if (joined && at + 1 < end && isDigit(bytes[at + 1]!)) {
    const time = afterGroups(bytes, at + 1, end);
    if (time >= 0) at = time;
  }
  if (at < end && bytes[at] === 0x5a) at++;
  else if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) {
    const zone = at + 1;
    let p = zone;
    while (p < end && (isDigit(bytes[p]!) || bytes[p] === 0x3a)) p++;
    if (p - zone >= 4) at = p;
  }
  if (at < end && bytes[at] !== 0x20 && bytes[at] !== 0x09 && bytes[at] !== 0x3a) return -1;
  return afterStream(bytes, at < end && bytes[at] === 0x3a ? at + 1 : at, end);
}

/** The `02/20` of `02/20 14:43:11`: month and day, which only count before a time. */
function afterMonthAndDay(bytes: Uint8Array, pos: number, end: number): number {
  const isPair = pos + 8 < end && bytes[pos + 2] === 0x2f && bytes[pos + 5] === 0x20 && bytes[pos + 8] === 0x3a;
  return isPair && isDigit(bytes[pos + 1]!) && isDigit(bytes[pos + 3]!) && isDigit(bytes[pos + 4]!) ? pos + 5 : -1;
}

/** Groups such as `2026-05-20`, `05/17/2024` or `05:40:06,366`. */
function afterGroups(bytes: Uint8Array, pos: number, end: number): number {
  let at = pos;
  let groups = 0;
  for (;;) {
    const first = at;
    while (at < end && isDigit(bytes[at]!)) at++;
    if (at === first || (groups < 2 && at - first > 4)) return -1;
    groups++;
    const mark = at < end ? bytes[at]! : 0;
    const more = at + 1 < end && isDigit(bytes[at + 1]!);
    if (groups < 3 && more && (mark === 0x2d || mark === 0x2f || mark === 0x3a)) at++;
    else if (groups === 3 && more && (mark === 0x2e || mark === 0x2c)) at++;
    else break;
  }
  return groups >= 3 ? at : -1;
}

/** ` stdout F` of a container log after its time, if there. */
function afterStream(bytes: Uint8Array, pos: number, end: number): number {
  if (pos + 9 > end || bytes[pos] !== 0x20 || bytes[pos + 1] !== 0x73 || bytes[pos + 2] !== 0x74) return pos;
  const isStream = bytes[pos + 3] === 0x64 && bytes[pos + 7] === 0x20;
  return isStream && (bytes[pos + 8] === 0x46 || bytes[pos + 8] === 0x50) ? pos + 9 : pos;
}

/** absl: `I0317 10:00:15.412 140 metric_logger.py:181] `. */
function afterAbsl(bytes: Uint8Array, pos: number, end: number): number {
  const level = bytes[pos]!;
  if (level !== 0x49 && level !== 0x57 && level !== 0x45 && level !== 0x46) return -1;
  if (pos + 6 > end || bytes[pos + 5] !== 0x20) return -1;
  for (let at = pos + 1; at < pos + 5; at++) if (!isDigit(bytes[at]!)) return -1;
  const last = Math.min(end, pos + MAX_TAG);
  for (let at = pos + 6; at < last; at++) if (bytes[at] === 0x5d) return at + 1;
  return -1;
}

/** `worker-1: `, `0: `, `INFO:root:`, `INFO ` or the `module.name ` that another separator follows. */
function afterName(bytes: Uint8Array, pos: number, end: number): number {
  const last = Math.min(end, pos + MAX_TAG);
  let at = pos;
  while (at < last && (isNameByte(bytes[at]!) || bytes[at] === 0x2e || bytes[at] === 0x2d)) at++;
  if (at >= end || at === last) return -1;
  const isLevel = isLevelName(bytes, pos, at);
  const byte = bytes[at]!;
  if (byte === 0x3a) {
    if (isLevel) return afterLogger(bytes, at + 1, end);
    return at + 1 < end && bytes[at + 1] === 0x20 ? at + 1 : -1;
  }
  if (byte !== 0x20) return -1;
  if (isLevel) return at;
  const mark = skipBlanks(bytes, at, end);
  const separates = mark + 1 < end && (bytes[mark] === 0x2d || bytes[mark] === 0x7c) && bytes[mark + 1] === 0x20;
  return separates ? mark + 1 : -1;
}

function isLevelName(bytes: Uint8Array, pos: number, end: number): boolean {
  // Most words are not in capitals; a string is made of the few that are.
  if (end - pos < 4 || end - pos > 8 || bytes[pos + 1]! > 0x5a) return false;
  return LEVELS.has(String.fromCharCode(...bytes.subarray(pos, end)));
}

/** The `root:` of `INFO:root:message`, as Python's logging writes it unless it is told otherwise. */
function afterLogger(bytes: Uint8Array, pos: number, end: number): number {
  const last = Math.min(end, pos + MAX_TAG);
  let at = pos;
  while (at < last && (isNameByte(bytes[at]!) || bytes[at] === 0x2e)) at++;
  return at > pos && at + 1 < end && bytes[at] === 0x3a && bytes[at + 1] !== 0x20 ? at + 1 : pos;
}
