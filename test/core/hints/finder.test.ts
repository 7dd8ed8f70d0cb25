import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { HintDocument } from '../../../src/core/hints/hintDocument';
import type { HyperId } from '../../../src/core/hints/hyperparameters';
import { NotebookHints } from '../../../src/core/hints/notebookHints';

const FOLDER = 'test/fixtures/hints';
const NAMES = [FOLDER, `${FOLDER}/configs`].flatMap((folder) =>
  fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? `${folder}/${entry.name}` : [])),
);

function open(name: string): HintDocument {
  return HintDocument.ofFile(name, fs.readFileSync(name, 'utf8'))!;
}

function foundIn(name: string): { line: number; id: HyperId }[] {
  const document = open(name);
  return document.hyperparameters.map(({ id, setting }) => ({ line: document.position(setting.span.from).line, id }));
}

/** What the marks `#! id id` at the ends of lines say. */
function marked(name: string): { line: number; id: string }[] {
  const lines = open(name).text.split('\n');
  return lines.flatMap((text, line) => (/#! (.*)$/.exec(text)?.[1]?.split(' ') ?? []).map((id) => ({ line, id })));
}

/** Hyperparameters of files without room for marks, in the order of the text. */
const WITHOUT_MARKS: Record<string, readonly HyperId[]> = {
  'deepspeed.json': [
    'batchSize',
    'accumulation',
    'optimizer',
    'learningRate',
    'betas',
    'epsilon',
    'weightDecay',
    'schedule',
    'learningRate',
    'warmupSteps',
    'totalSteps',
    'gradClip',
    'fp16',
  ],
  'megatron.sh': [
    'worldSize',
    'learningRate',
    'worldSize',
    'depth',
    'width',
    'heads',
    'sequenceLength',
    'microBatch',
    'globalBatch',
    'learningRate',
    'totalSteps',
    'horizonSteps',
    'schedule',
    'finalLr',
    'weightDecay',
    'warmupRatio',
    'gradClip',
    'bf16',
  ],
  'torchtitan.toml': [
    'optimizer',
    'learningRate',
    'epsilon',
    'warmupSteps',
    'decayRatio',
    'schedule',
    'finalLrRatio',
    'microBatch',
    'sequenceLength',
    'gradClip',
    'totalSteps',
  ],
  'ordinary.py': [],
  'fairseq_lm.sh': [
    'learningRate',
    'optimizer',
    'weightDecay',
    'gradClip',
    'learningRate',
    'schedule',
    'warmupSteps',
    'fp16',
    'totalSteps',
  ],
  'slurm_launch.sh': [
    'learningRate',
    'batchSize',
    'epochs',
    'width',
    'learningRate',
    'totalSteps',
    'bf16',
    'precision',
    'totalSteps',
    'schedule',
  ],
  'verl_grpo.sh': ['batchSize', 'learningRate', 'weightDecay', 'worldSize', 'epochs'],
  'openrlhf.sh': ['batchSize', 'microBatch', 'epochs', 'bf16', 'learningRate'],
  'diffusion.sh': ['batchSize', 'epochs', 'learningRate', 'schedule', 'warmupSteps', 'gradClip'],
};

describe('files with marks: each marked line is found, and no other', () => {
  for (const name of NAMES.filter((file) => !(path.basename(file) in WITHOUT_MARKS))) {
    test(name, () => assert.deepEqual(foundIn(name), marked(name)));
  }
});

describe('files without room for marks', () => {
  for (const [name, ids] of Object.entries(WITHOUT_MARKS)) {
    const file = NAMES.find((each) => path.basename(each) === name)!;
    test(name, () =>
      assert.deepEqual(
        foundIn(file).map(({ id }) => id),
        ids,
      ),
    );
  }
});

test('of nested ranges the innermost is the one at a place', () => {
  const text = 'import torch\no = torch.optim.AdamW(ps, lr=3e-4, betas=(0.9, 0.95))\n';
  const document = HintDocument.ofFile('a.py', text)!;
  assert.equal(document.at(text.indexOf('0.95'))?.id, 'betas');
  assert.equal(document.at(text.indexOf('lr='))?.id, 'learningRate');
  assert.equal(document.at(0), undefined);
});

test('a cell of an open notebook knows what the others set, at its own places', () => {
  const notebook = new NotebookHints();
  const cells = [
    { id: 'a', number: 1, text: 'import torch\nLR = 3e-4\nbatch_size = 8\n' },
    { id: 'c', number: 3, text: '%%time\n!pip install x\nopt = torch.optim.AdamW(ps, lr=LR)' },
  ];
  const seen = (id: string) =>
    notebook.cell(id)!.hyperparameters.map(({ id: hyper, value, setting }) => [hyper, value, setting.span.from]);
  notebook.update(cells);
  assert.deepEqual(seen('a'), [
    ['learningRate', 3e-4, 13],
    ['batchSize', 8, 23],
  ]);
  const second = cells[1]!.text;
  assert.deepEqual(seen('c'), [['learningRate', 3e-4, second.indexOf('lr=')]]);
  const cell = notebook.cell('c')!;
  const at = cell.at(second.indexOf('LR)'))!;
  assert.equal(at, cell.hyperparameters[0]);
  assert.deepEqual(cell.position(at.setting.span.from), { line: 2, character: second.split('\n')[2]!.indexOf('lr=') });
  assert.equal(cell.hint(at).facts.lr!.where, 'lr, cell 3, line 3');
  assert.equal(cell.program.length, 3);
  notebook.update([
    { ...cells[0]!, text: 'import torch\nLR = 6e-4\n' },
    { id: 'b', number: 2, text: 'x = 1' },
    cells[1]!,
  ]);
  assert.deepEqual(seen('c'), [['learningRate', 6e-4, second.indexOf('lr=')]]);
  assert.deepEqual(seen('b'), []);
  notebook.update([cells[1]!]);
  assert.deepEqual(seen('c'), [], 'nothing says any more that this is training');
  assert.equal(notebook.cell('a'), undefined);
});

test('the code cells of a notebook are one program', () => {
  const cells = [
    { cell_type: 'markdown', source: ['lr = 5'] },
    { cell_type: 'code', source: ['!pip install torch\n', 'import torch\n'] },
    { cell_type: 'code', source: 'lr = 3e-4\n' },
  ];
  const document = HintDocument.ofFile('a.ipynb', JSON.stringify({ cells, nbformat: 4 }))!;
  assert.deepEqual(
    document.hyperparameters.map(({ id, value }) => [id, value]),
    [['learningRate', 3e-4]],
  );
  assert.deepEqual(HintDocument.ofFile('b.ipynb', 'no notebook')!.hyperparameters, []);
});
