// Hints on a long training script: analysis when it is opened, after an edit, and one hover.
// The parse of the whole text without looking at it stands beside it as the limit.
import * as fs from 'node:fs';
import { parser } from '@lezer/python';
import { HintDocument } from '../../src/core/hints/hintDocument';

const LINES = 5000;
const ROUNDS = 30;

const script = fs.readFileSync('test/fixtures/hints/nanogpt_train.py', 'utf8');
/** A model and its helpers, as most lines of a training script are. */
const ordinary = `
class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.mlp = MLP(config)

    def forward(self, x, mask=None):
        # residual stream
        x = x + self.attn(self.ln_1(x), mask=mask)
        y = torch.cat([x[:, :-1], x[:, 1:]], dim=-1) if mask is not None else x
        return {'x': x, 'y': y, 'shape': tuple(x.shape)}
`;
const pieces = [script, ...Array.from({ length: 400 }, () => ordinary)].join('\n').split('\n').slice(0, LINES);
const text = pieces.join('\n');

function times(work: () => void): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
}

function row(name: string, sorted: readonly number[]): void {
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(2).padStart(8);
  console.log(`${name.padEnd(44)} ${at(0.5)} ${at(0.95)}`);
}

const document = new HintDocument('python', text);
const place = document.hyperparameters.find(({ id }) => id === 'learningRate')!;
let current = text;
console.log(`${LINES} lines, ${text.length} characters, ${document.hyperparameters.length} hyperparameters`);
console.log(`${''.padEnd(44)} ${'median'.padStart(8)} ${'p95'.padStart(8)}  ms`);
row(
  'parse alone',
  times(() => void parser.parse(text)),
);
row(
  'analysis of an opened file',
  times(() => void new HintDocument('python', text).hyperparameters),
);
let turn = 0;
row(
  'analysis after an edit',
  times(() => {
    const from = Math.floor((current.length * (++turn % ROUNDS)) / ROUNDS);
    current = `${current.slice(0, from)}1${current.slice(from)}`;
    document.change(current, [{ from, to: from, inserted: 1 }]);
    void document.hyperparameters;
  }),
);
row(
  'hint of one line',
  times(() => void document.hint(place)),
);
