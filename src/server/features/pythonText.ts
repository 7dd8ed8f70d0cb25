/**
 * The line with its comment cut and the content of its strings blanked, so that text is not taken for code. Dictionary
 * keys (a string before a colon) stay. Length and columns are kept.
 */
export function stringsAsBlanks(line: string): string {
  let out = '';
  for (let i = 0; i < line.length; ) {
    const char = line[i]!;
    if (char === '#') return out;
    if (char !== '"' && char !== "'") {
      out += char;
      i++;
      continue;
    }
    const end = closingQuote(line, i);
    const text = line.slice(i, end);
    out += /^\s*:/.test(line.slice(end)) ? text : ' '.repeat(text.length);
    i = end;
  }
  return out;
}

function closingQuote(line: string, start: number): number {
  for (let i = start + 1; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === line[start]) return i + 1;
  }
  return line.length;
}
