import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeSpan, escapeMarkdown } from '../../../src/core/report/markdownText';

const ESCAPED: Readonly<Record<string, string>> = {
  'train_loss of *run* `x`': 'train\\_loss of \\*run\\* \\`x\\`',
  '[text](https://example.org)': '\\[text\\](https://example.org)',
  '![picture](x.png)': '!\\[picture\\](x.png)',
  '<img src=x>': '\\<img src=x\\>',
  '# heading | cell ~~gone~~': '\\# heading \\| cell \\~\\~gone\\~\\~',
  '- item': '\\- item',
  '+ item': '\\+ item',
  '---': '\\---',
  '-0.5 and a-b': '-0.5 and a-b',
  'two\r\n\n    lines': 'two lines',
  '5\u00a0% \u202f': '5\u00a0% \u202f',
  '': '',
};

for (const [text, escaped] of Object.entries(ESCAPED)) {
  test(`Markdown of ${JSON.stringify(text)}`, () => assert.equal(escapeMarkdown(text), escaped));
}

test('a span of code ends where it should', () => {
  assert.equal(codeSpan('a`b\n`c'), "`a'b 'c`");
});
