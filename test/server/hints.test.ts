import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { commandEngine, readRuns } from '../../src/cli/engine';
import type { Engine } from '../../src/core/engine/engine';
import type { TrackedRun } from '../../src/core/engine/trackedRun';
import { codeActionsOf } from '../../src/server/features/codeActions';
import { codeLensOf } from '../../src/server/features/codeLens';
import { diagnosticsOf } from '../../src/server/features/diagnostics';
import { hoverAt } from '../../src/server/features/hover';
import { inlayHintsOf } from '../../src/server/features/inlayHints';
import { SourceDocument } from '../../src/server/hints/sourceDocument';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-hints-'));
const engine: Engine = commandEngine();
const ALL = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
let run: TrackedRun;

before(async () => {
  fs.cpSync('media/sample', folder, { recursive: true });
  run = (await readRuns(engine, path.join(folder, 'runs/gpt-124m/metrics.jsonl')))[0]!;
});

after(() => {
  engine.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

function open(text: string, name = 'train.py', language = 'python'): SourceDocument {
  return new SourceDocument(pathToFileURL(path.join(folder, name)).href, language, 1, text);
}

/** The hover at the first occurrence of `word`. */
function hover(document: SourceDocument, word: string): string {
  const at = document.text.positionAt(document.text.getText().indexOf(word));
  const { contents } = hoverAt(document, at, engine)!;
  return (contents as { value: string }).value;
}

const GPT = fs.readFileSync('test/fixtures/hints/nanogpt_train.py', 'utf8');

describe('hover', () => {
  test('says the law first, then the inputs with their lines, the papers, the run and its forecast', () => {
    const text = hover(open(GPT), 'weight_decay');
    assert.match(text, /^\*\*Lossline\*\* · `weight_decay` = 0\.1 \(weight decay\) — averages over/);
    assert.match(text, /\(learning\\_rate, line 23\)/);
    assert.match(text, /\[Bergsma et al\. 2025\]\(https:\/\/arxiv\.org\/abs\/2505\.13738\)/);
    assert.match(text, new RegExp(`Run \`${run.name}\``));
  });

  test('rules that disagree are shown as a spread', () => {
    assert.match(hover(open(GPT), 'learning_rate'), /— \d rules say .+ to .+/);
  });

  test('nothing where nothing is set', () => {
    assert.equal(hoverAt(open(GPT), { line: 0, character: 3 }, engine), null);
    assert.equal(hoverAt(open('lr = 3e-4', 'a.txt', 'plaintext'), { line: 0, character: 0 }, engine), null);
  });

  test('text of files and logs is never Markdown', () => {
    const text = hover(
      open('import torch\noptimizer_name = "[x](command:evil)"\nlearning_rate = 3e-4\n'),
      'learning_rate',
    );
    assert.ok(!text.includes('[x](command'));
  });

  test('constants of a module beside the file are followed', () => {
    fs.writeFileSync(path.join(folder, 'settings.py'), 'PEAK = 2e-3\n');
    const text = hover(
      open('import torch\nfrom settings import PEAK\no = torch.optim.AdamW(ps, lr=PEAK)\n'),
      'lr=PEAK',
    );
    assert.match(text, /`lr` = 2e-3/);
  });
});

describe('what a changed value would do', () => {
  const planned = (id: 'totalSteps' | 'peakLr'): number => run.plan().plan[id]!.value;

  before(async () => {
    const fit = await engine.fit(run.id, { until: 12_000 });
    run.forecast = { ...run.forecast, ...fit };
  });

  test('other steps: the forecast of that schedule with its interval, and the difference to the plan', () => {
    const text = hover(
      open(`import torch\nlearning_rate = 6e-4\nmax_iters = ${2 * planned('totalSteps')}\n`),
      'max_iters',
    );
    assert.match(
      text,
      /With this value from step 12[\s,\u2009\u202f]?000 on: final loss \*\*\d\.\d+ ±\s\d\.\d+\*\* \(80 %\)/,
    );
    assert.match(text, /\u2212\d\.\d+ .*against the plan, lower with a chance of \d+/);
  });

  test('another peak, floor or shape', () => {
    const peak = planned('peakLr');
    for (const line of [`lr = ${peak / 2}`, `min_lr = ${peak / 2}`, "lr_scheduler_type = '1-sqrt'"]) {
      const source = `import torch\n${line}\nweight_decay = 0.1\n`;
      assert.match(hover(open(source), line.split(' ')[0]!), /With this value from step/, line);
    }
  });

  test('nothing for a value as planned, and of several rates', () => {
    const peak = planned('peakLr');
    for (const source of [
      `lr = ${peak}`,
      `max_iters = ${planned('totalSteps')}`,
      `lr = ${peak / 2}\nmatrix_lr = 0.02`,
    ]) {
      assert.ok(!hover(open(`import torch\n${source}\n`), source.split(' ')[0]!).includes('With this value'), source);
    }
  });

  test('rate over decay: the factor of the singular values', () => {
    const text = hover(open(`import torch\nlr = ${planned('peakLr') / 4}\nweight_decay = 0.1\n`), 'lr');
    assert.match(text, /settle at 0\.50* × those of the followed run/);
  });
});

test('an edit is seen, and costs a new parse of what it touched', () => {
  const document = open('import torch\nlearning_rate = 3e-4\n');
  assert.equal(document.hints!.hyperparameters[0]!.value, 3e-4);
  const range = { start: { line: 1, character: 16 }, end: { line: 1, character: 17 } };
  document.change(
    [
      { range, text: '6' },
      { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '# c\n' },
    ],
    2,
  );
  assert.equal(document.hints!.hyperparameters[0]!.value, 6e-4);
  assert.equal(document.hints!.position(document.hints!.hyperparameters[0]!.setting.span.from).line, 2);
  assert.equal(document.version, 2);
});

describe('inlay text', () => {
  const count = (mode: 'off' | 'matters' | 'all'): number => inlayHintsOf(open(GPT), ALL, engine, mode).length;

  test('off, only what matters, all', () => {
    assert.equal(count('off'), 0);
    assert.ok(count('matters') > 0);
    assert.ok(count('all') > count('matters'));
  });

  test('one per line, at its end, inside the range that was asked for', () => {
    const document = open(GPT);
    const hints = inlayHintsOf(document, ALL, engine, 'all');
    const lines = hints.map(({ position }) => position.line);
    assert.equal(new Set(lines).size, lines.length);
    for (const { position, label } of hints) {
      assert.equal(position.character, GPT.split('\n')[position.line]!.trimEnd().length);
      assert.ok((label as string).length <= 60);
    }
    assert.deepEqual(
      inlayHintsOf(document, { start: { line: 0, character: 0 }, end: { line: 2, character: 0 } }, engine, 'all'),
      [],
    );
  });
});

test('the lens over a configuration names its run and opens it', () => {
  const [lens] = codeLensOf(open(GPT), engine);
  assert.ok(lens?.command?.title.startsWith(`Lossline: ${run.name} · `));
  assert.deepEqual(lens?.command?.arguments, [run.id]);
  assert.deepEqual(codeLensOf(open('import torch\nlr = 1e-3\n'), engine), []);
});

describe('problems and fixes', () => {
  const text = 'import torch\nlearning_rate = 6e-4\nmax_iters = 1000\nlr_decay_iters = 5000\n';

  test('a schedule that ends elsewhere is a problem, and its fix applies', () => {
    const document = open(text);
    const [problem] = diagnosticsOf(document, engine).filter(({ code }) => code === 'scheduleHorizon');
    assert.match(String(problem!.message), /the run ends/);
    const actions = codeActionsOf(document, problem!.range, [problem!], engine);
    const fix = actions.find(({ kind }) => kind === 'quickfix')!;
    const [edit] = fix.edit!.changes![document.uri]!;
    assert.match(edit!.newText, /^\d+$/);
    assert.deepEqual(fix.diagnostics, [problem]);
  });

  test('a learning rate that the run does not log is a problem; two of them are not', () => {
    const logged = run.plan().plan.peakLr!.value;
    const codes = (source: string) => diagnosticsOf(open(source), engine).map(({ code }) => code);
    assert.deepEqual(codes(`import torch\nlr = ${logged * 2}\n`), ['learning-rate-differs']);
    assert.deepEqual(codes(`import torch\nlr = ${logged}\n`), []);
    assert.deepEqual(codes(`import torch\nlr = 0.5\nmax_lr = 0.25\n`), []);
  });

  test('a value that is worked out is never replaced', () => {
    const document = open(text.replace('5000', '5 * 1000'));
    assert.deepEqual(
      codeActionsOf(document, { start: { line: 3, character: 0 }, end: { line: 3, character: 0 } }, [], engine),
      [],
    );
  });

  test('opinions of laws are no problems', () => {
    assert.deepEqual(
      diagnosticsOf(open(GPT.replace('1e-1', '1e-5').replace('6e-4', String(run.plan().plan.peakLr!.value))), engine),
      [],
    );
  });
});
