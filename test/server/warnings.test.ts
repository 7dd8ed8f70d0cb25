import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { commandEngine, readRuns } from '../../src/cli/engine';
import type { Engine } from '../../src/core/engine/engine';
import { predictRun } from '../../src/core/engine/prediction';
import { explainedFindings, findingsOf } from '../../src/core/engine/runFindings';
import type { TrackedRun } from '../../src/core/engine/trackedRun';
import { reportMarkdown } from '../../src/core/report/markdown';
import { codeActionsOf } from '../../src/server/features/codeActions';
import { diagnosticsOf } from '../../src/server/features/diagnostics';
import { SourceDocument } from '../../src/server/hints/sourceDocument';
import { summaryOf, viewOf } from '../../src/server/runView';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-warnings-'));
const engine: Engine = commandEngine();
const CODE = 'import torch\nlr = 1e-3\nmax_grad_norm = 1.0\n';
let run: TrackedRun;

before(async () => {
  const rows = Array.from({ length: 300 }, (_, i) => {
    const loss = i < 200 ? 4 - i / 100 + 0.01 * Math.sin(i) : 'NaN';
    return `{"step": ${i}, "loss": ${loss}, "total_steps": 1000}\n`;
  });
  fs.writeFileSync(path.join(folder, 'log.jsonl'), rows.join(''));
  run = (await readRuns(engine, path.join(folder, 'log.jsonl')))[0]!;
});

after(() => {
  engine.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

function problems(text: string): string[] {
  const url = pathToFileURL(path.join(folder, 'train.py')).href;
  return diagnosticsOf(new SourceDocument(url, 'python', 1, text), engine).map(
    ({ code, severity, range }) => `${code} ${severity} line ${range.start.line}`,
  );
}

test('a warning stands on the first line that sets what it may come from', () => {
  assert.deepEqual(problems(CODE), ['nonFinite 1 line 1']);
  assert.deepEqual(problems('import torch\nmax_grad_norm = 1.0\n'), ['nonFinite 1 line 1']);
  assert.deepEqual(problems('import torch\nweight_decay = 0.1\n'), []);
});

test('the line of a warning offers to open the run and to halve the rate', () => {
  const url = pathToFileURL(path.join(folder, 'train.py')).href;
  const document = new SourceDocument(url, 'python', 1, CODE);
  const [problem] = diagnosticsOf(document, engine);
  const actions = codeActionsOf(document, problem!.range, [problem!], engine).filter(
    ({ diagnostics }) => diagnostics!.length > 0,
  );
  assert.deepEqual(
    actions.map(({ title, kind }) => [title, kind]),
    [
      ['Open the run log.jsonl', 'quickfix'],
      ['Halve lr to 5e-4', 'quickfix'],
    ],
  );
  assert.deepEqual(actions[0]!.command!.arguments, [run.id]);
  const [edit] = actions[1]!.edit!.changes![url]!;
  assert.equal(CODE.split('\n')[1]!.slice(edit!.range.start.character, edit!.range.end.character), '1e-3');
  const elsewhere = { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } };
  assert.deepEqual(
    codeActionsOf(document, elsewhere, [], engine).filter(({ command }) => command !== undefined),
    [],
  );
});

test('lists name what lasts; the panel gets the whole card', () => {
  const [summary] = summaryOf(run, run.changedAt).warnings;
  assert.deepEqual([summary!.id, summary!.severity, summary!.step, summary!.until], ['nonFinite', 'error', 200, null]);
  const [view] = viewOf(run, run.changedAt).warnings;
  assert.equal(view!.muted, false);
  assert.match(view!.source.url, /^https:\/\/arxiv\.org\/abs\//);
  assert.ok(view!.advice !== '' && view!.meaning !== '');
});

test('the exported report has a digest of what is not muted', async () => {
  const digest = async (): Promise<string> => {
    const prediction = await predictRun(engine, run.id);
    const markdown = reportMarkdown(prediction, await explainedFindings(engine, run));
    return markdown.slice(markdown.indexOf('## Warnings')).split('\n## ')[0]!;
  };
  assert.match(await digest(), /\| error \| Value that is no number \| 200 \| train\\_loss is NaN at step 200/);
  engine.setMuted(run.id, 'nonFinite@200', true);
  assert.match(await digest(), /^## Warnings\n\n- None\./);
  engine.setMuted(run.id, 'nonFinite@200', false);
});

test('a muted warning is in no list and on no line, and comes back', () => {
  engine.setMuted(run.id, 'nonFinite@200', true);
  assert.deepEqual(problems(CODE), []);
  assert.deepEqual(summaryOf(run, run.changedAt).warnings, []);
  assert.equal(viewOf(run, run.changedAt).warnings[0]!.muted, true);
  engine.setMuted(run.id, 'nonFinite@200', false);
  engine.setMuted(null, 'nonFinite', true);
  assert.deepEqual(problems(CODE), []);
  engine.setMuted(null, 'nonFinite', false);
  assert.equal(summaryOf(run, run.changedAt).warnings.length, 1);
});

test('a run that stands still is an error while someone may wait for it', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `{"step": ${i}, "loss": ${4 - i / 100}, "total_steps": 1000}\n`);
  fs.writeFileSync(path.join(folder, 'still.jsonl'), rows.join(''));
  const [still] = await readRuns(engine, path.join(folder, 'still.jsonl'));
  const found = (silence: number) =>
    findingsOf(still!, still!.changedAt + silence).map(({ id, severity, step }) => `${id} ${severity} ${step}`);
  assert.deepEqual(found(60_000), []);
  assert.deepEqual(found(2 * 3600_000), ['stalledRun error 299']);
  assert.deepEqual(found(48 * 3600_000), []);
});
