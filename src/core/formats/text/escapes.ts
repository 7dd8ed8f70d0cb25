const ESC = 0x1b;
const BEL = 0x07;

/** Whether bytes [start, end) hold an escape character. */
export function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === ESC) return true;
  return false;
}

/**
 * Copies bytes [start, end) to the start of `out` without terminal escapes and returns the number of bytes left:
 * colours (24-bit ones too), cursor moves, window titles and links. An escape that has no end takes the rest of the
 * line. `out` must hold end - start bytes; `places`, if given, receives where each byte that is left stood. Source:
 * ECMA-48, sections 5.4 and 5.6.
 */
export function stripEscapes(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  places?: Int32Array,
): number {
  let length = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === ESC) at = afterEscape(bytes, at + 1, end);
    else {
      if (places !== undefined) places[length] = at;
      out[length++] = byte;
      at++;
    }
  }
  return length;
}

function afterEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return end;
  const kind = bytes[at]!;
  if (kind === 0x5b) return afterControlSequence(bytes, at + 1, end);
  // Operating system command, device control string, privacy message, application command.
  if (kind === 0x5d || kind === 0x50 || kind === 0x5e || kind === 0x5f) return afterString(bytes, at + 1, end);
  let p = at;
  while (p < end && bytes[p]! >= 0x20 && bytes[p]! <= 0x2f) p++;
  return Math.min(end, p + 1);
}

function afterControlSequence(bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && bytes[p]! >= 0x20 && bytes[p]! <= 0x3f) p++;
  // A byte that cannot end a sequence belongs to the text: the escape was cut.
  return p < end && bytes[p]! >= 0x40 && bytes[p]! <= 0x7e ? p + 1 : p;
}

function afterString(bytes: Uint8Array, at: number, end: number): number {
  for (let p = at; p < end; p++) {
    if (bytes[p] === BEL) return p + 1;
    if (bytes[p] === ESC) return p + 1 < end && bytes[p + 1] === 0x5c ? p + 2 : p;
  }
  return end;
}
