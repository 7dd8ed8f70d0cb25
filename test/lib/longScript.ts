import * as fs from 'node:fs';

/** A model and its helpers, as most lines of a training script are. No two of them are alike. */
const ordinary = (index: number): string => `
class Block${index}(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd + ${index}, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.mlp = MLP(config)

    def forward(self, x, mask=None):
        # residual stream
        x = x + self.attn(self.ln_1(x), mask=mask) * ${index}
        y = torch.cat([x[:, :-1], x[:, 1:]], dim=-1) if mask is not None else x
        return {'x': x, 'y': y, 'shape': tuple(x.shape)}
`;

/** A training script of so many lines: nanoGPT's settings, then the classes of a model. */
export function longScript(lines: number): string {
  const script = fs.readFileSync('test/fixtures/hints/nanogpt_train.py', 'utf8');
  const classes = Array.from({ length: Math.ceil(lines / 12) }, (_, index) => ordinary(index));
  return [script, ...classes].join('\n').split('\n').slice(0, lines).join('\n');
}
