import { LosslineError } from '../../errors';

const MAX_WORDS = 1000;

/**
 * The words of a command as a person types it: separated by blanks, `'…'` and `"…"` and `\` quote. A JSON array of texts is
 * taken as it is. No shell reads the result, so what only a shell understands (`|`, `>`, `&`, `;`, `` ` ``, `$(`, `*`) is
 * refused outside quotes. Throws `source.invalid`.
 */
export function splitCommand(text: string): string[] {
  const input = text.trim();
  const words = input.startsWith('[') ? jsonWords(input) : plainWords(input);
  if (words.length === 0 || words[0] === '') throw invalid('Name a program, for example cmd:kubectl logs -f my-pod.');
  if (words.length > MAX_WORDS) throw invalid('The command has too many words.');
  if (words.some((word) => word.includes('\0'))) throw invalid('A command must not hold a NUL character.');
  return words;
}

function jsonWords(text: string): string[] {
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    throw invalid('The command begins with [ but is no JSON array.');
  }
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words as string[];
  throw invalid('The command must be a JSON array of texts.');
}

function plainWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const { value, end } = quoted(text, i, char);
      word = (word ?? '') + value;
      i = end;
    } else if (char === '\\' && i + 1 < text.length) {
      word = (word ?? '') + text[++i];
    } else {
      if (/[|<>&;`*]/.test(char) || text.startsWith('$(', i)) {
        throw invalid(`No shell reads the command, so ${char} means nothing. Quote it, or write sh -c '…'.`);
      }
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function quoted(text: string, start: number, quote: string): { value: string; end: number } {
  let value = '';
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === quote) return { value, end: i };
    if (quote === '"' && text[i] === '\\' && /["\\$`]/.test(text[i + 1] ?? '')) i++;
    value += text[i];
  }
  throw invalid(`A ${quote} is not closed.`);
}

function invalid(message: string): LosslineError {
  return new LosslineError('source.invalid', message);
}
