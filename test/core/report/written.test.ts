import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import { type Prediction, predictRun } from '../../../src/core/engine/prediction';
import { detect } from '../../../src/core/library';
import { STYLE, STYLE_HASH } from '../../../src/core/report/html';
import { escapeMarkup } from '../../../src/core/report/svg';
import { reportFormatOf, writtenReport } from '../../../src/core/report/written';
import { InlinePool } from '../../../src/node/inlinePool';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem';
import { SystemClock } from '../../../src/node/systemClock';

const HOSTILE = `<script>alert(1)</script> & "x" 'y' | # *z*`;
let prediction: Prediction;

before(async () => {
  const log = { info: () => undefined, warn: () => undefined };
  const host = { fs: new NodeFileSystem(), pool: new InlinePool(), clock: new SystemClock(false), log };
  const engine = new Engine({ ...host, onlyWhenAsked: true });
  const [run] = await detect(engine, 'media/sample/runs/gpt-124m/metrics.jsonl');
  prediction = await predictRun(engine, run!.id, { until: 12_000 });
  engine.dispose();
});

test('the page says what the Markdown says', () => {
  const markdown = writtenReport(prediction, 'markdown');
  const html = writtenReport(prediction, 'html');
  const titles = [...markdown.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  assert.deepEqual(
    titles,
    [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title),
  );
  assert.ok(titles.includes('Parameters') && titles.includes('Back-test'));
  const rows = markdown.split('\n').filter((line) => /^\| (?!---)/.test(line)).length;
  const untitled = [...html.matchAll(/<table><tbody>/g)].length;
  assert.equal([...html.matchAll(/<tr>/g)].length + untitled, rows);
  const [, final] = /<strong>Final loss (.*?)<\/strong>/.exec(html)!;
  assert.ok(markdown.includes(`**Final loss ${final}** (80 %)`));
});

test('the page loads and runs nothing, and its policy allows its own style alone', () => {
  const html = writtenReport(prediction, 'html');
  const hash = createHash('sha256').update(STYLE).digest('base64');
  assert.equal(STYLE_HASH, `sha256-${hash}`, 'the style has changed: write its hash into html.ts');
  assert.match(html, /content="default-src 'none'; style-src 'sha256-/);
  assert.doesNotMatch(html, /<script|<link|<img|\ssrc=|\shref=|\son\w+=|\sstyle=|NaN|undefined|Infinity/);
  assert.match(html, /@media print/);
});

test('the three drawings hold every bin, residual and back-test, inside of their frames', () => {
  const html = writtenReport(prediction, 'html');
  const drawings = [
    ...html.matchAll(/<svg viewBox="0 0 (\d+) (\d+)" role="img" aria-label="[^"]+">([\s\S]*?)<\/svg>/g),
  ];
  assert.equal(drawings.length, 3);
  const { residuals, backTest } = prediction.report;
  const told = backTest.filter(({ said }) => said !== null).length;
  const counts = drawings.map(([, , , inner]) => [...inner!.matchAll(/<circle/g)].length);
  assert.deepEqual(counts, [residuals.steps.length, residuals.steps.length, told]);
  for (const [, width, height, inner] of drawings) {
    for (const [, x, y] of inner!.matchAll(/<circle[^>]* cx="([^"]+)" cy="([^"]+)"/g)) {
      assert.ok(
        Number(x) >= 0 && Number(x) <= Number(width) && Number(y) >= 0 && Number(y) <= Number(height),
        `${x} ${y}`,
      );
    }
  }
});

test('names from files are text and nothing else', () => {
  const hostile = { ...prediction, name: HOSTILE, series: HOSTILE };
  const html = writtenReport(hostile, 'html');
  assert.ok(!html.includes('<script'));
  assert.equal(html.split(escapeMarkup(HOSTILE)).length - 1, 3);
  const markdown = writtenReport(hostile, 'markdown');
  assert.ok(!/[^\\]<script/.test(markdown));
});

test('a refused forecast has its reason and no drawing', () => {
  const forecast = {
    ...prediction.forecast,
    finalLoss: null,
    curve: null,
    refused: { code: 'diverged' as const, reason: 'The loss is no number.' },
  };
  const html = writtenReport({ ...prediction, forecast }, 'html');
  assert.match(html, /<strong>No forecast\.<\/strong> The loss is no number\./);
  assert.ok(!html.includes('<svg') && !html.includes('<h2>Sensitivity'));
});

test('JSON is the contract of the command line, and the name of a file says the format', () => {
  const { schema, finalLoss } = JSON.parse(writtenReport(prediction, 'json')) as { schema: number; finalLoss: object };
  assert.equal(schema, 1);
  assert.deepEqual(finalLoss, prediction.forecast.finalLoss);
  const named = ['r.md', 'R.HTML', 'r.htm', 'r.json', 'r', 'html'].map(reportFormatOf);
  assert.deepEqual(named, ['markdown', 'html', 'html', 'json', 'markdown', 'markdown']);
});
