/** Spaces between words that may become one; those that hold numbers and units together stay. */
const BREAKS = /[ \t\r\n]+/g;

/** `text` on one line as it is, in the type of code: no sign of it means anything in Markdown. Backticks become quotes. */
export function codeSpan(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll(BREAKS, ' ')}\``;
}

/**
 * `text` on one line, with every sign made plain that could begin markup of Markdown (GitHub's, with its tables) or HTML.
 * Texts of logs and files pass through here: none of them may become a link, a picture or a heading.
 */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(BREAKS, ' ').replaceAll(/[\\`*_[\]<>#|~]|^[-+](?=\s|-*$)/g, '\\$&');
}
