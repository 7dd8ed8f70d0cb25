import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Setting, SettingValue } from '../../../src/core/hints/code/setting';
import { languageOfFile, type SourceLanguage, SourceText } from '../../../src/core/hints/code/source';

function read(language: SourceLanguage, text: string): readonly Setting[] {
  return new SourceText(language, text).facts.settings;
}

/** All that a setting tells, as plain data. */
function plain(settings: readonly Setting[]): object[] {
  return settings.map(({ name, owners, form, span, valueSpan, value }) => ({
    name,
    owners,
    form,
    span,
    valueSpan,
    value,
  }));
}

/** `owners.name = value` of each setting, for short expectations. */
function short(language: SourceLanguage, text: string): [string, SettingValue | undefined][] {
  return read(language, text).map(({ owners, name, value }) => [[...owners, name].join('.'), value]);
}

describe('Python', () => {
  const cases: [string, string, [string, SettingValue | undefined][]][] = [
    ['assignment', 'lr = 3e-4  # peak\n', [['lr', 3e-4]]],
    ['annotated field', 'class A:\n    lr: float = 3e-4\n', [['A.lr', 3e-4]]],
    [
      'arithmetic',
      'min_lr = 6e-4 * 0.5\nn = 2**19\nm = 1_000_000 // 3\nk = -(2 + 3)\n',
      [
        ['min_lr', 3e-4],
        ['n', 524288],
        ['m', 333333],
        ['k', -5],
      ],
    ],
    [
      'named constants',
      'BASE = 6e-4\nmin_lr = BASE / 10\n',
      [
        ['BASE', 6e-4],
        ['min_lr', 6e-4 / 10],
      ],
    ],
    [
      'several targets',
      'a, b = 1, 2\nc = d = 3\n',
      [
        ['a', 1],
        ['b', 2],
        ['c', 3],
        ['d', 3],
      ],
    ],
    [
      'attributes and items',
      'self.lr = 1\nargs["wd"] = 2\n',
      [
        ['lr', 1],
        ['wd', 2],
      ],
    ],
    [
      'defaults',
      'def f(a, lr=1e-3, *, wd: float = 0.1): pass\n',
      [
        ['lr', 1e-3],
        ['wd', 0.1],
      ],
    ],
    [
      'dictionaries',
      "c = {'opt': {'lr': 1}, 'on': True, 'off': None}\n",
      [
        ['c', undefined],
        ['c.opt', undefined],
        ['c.opt.lr', 1],
        ['c.on', true],
        ['c.off', null],
      ],
    ],
    [
      'keywords',
      'f(x, lr=1e-3, betas=(0.9, 0.95))\n',
      [
        ['f.lr', 1e-3],
        ['f.betas', [0.9, 0.95]],
      ],
    ],
    ['argparse', "p.add_argument('-l', '--learning-rate', type=float, default=3e-4)\n", [['learning_rate', 3e-4]]],
    ['click', "@click.option('--lr', default=1e-3)\ndef f(lr): pass\n", [['lr', 1e-3]]],
    ['absl', "flags.DEFINE_float('lr', 1e-3, 'help')\n", [['lr', 1e-3]]],
    [
      'field defaults',
      'class A:\n    n: int = field(default=5)\n    m: int = Field(7, gt=0)\n',
      [
        ['A.n', 5],
        ['A.n.field.default', 5],
        ['A.m', 7],
        ['A.m.Field.gt', 0],
      ],
    ],
    [
      'positions of optimizers',
      'o = torch.optim.AdamW(ps, 1e-3)\n',
      [
        ['o', undefined],
        ['o.torch.optim.AdamW.lr', 1e-3],
      ],
    ],
    [
      'functions of constants',
      'n = int(2e5)\nm = max(1, 2)\n',
      [
        ['n', 200000],
        ['m', 2],
      ],
    ],
    [
      'text',
      "s = 'adamw'\nf = f'{x}'\n",
      [
        ['s', 'adamw'],
        ['f', undefined],
      ],
    ],
    [
      'half-typed',
      'lr = \nwd = 0.1\nx = AdamW(lr=',
      [
        ['lr', undefined],
        ['wd', 0.1],
        ['x', undefined],
      ],
    ],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () => assert.deepEqual(short('python', text), expected));
  }

  test('a name with two values stands for none', () => {
    const value = read('python', 'a = 1\na = 2\nlr = a\n').find(({ name }) => name === 'lr')!.value;
    assert.equal(value, undefined);
  });

  test('a name that is defined by itself ends', () => {
    assert.equal(read('python', 'a = b\nb = a\n')[0]!.value, undefined);
  });

  test('deep nesting ends', () => {
    const text = `lr = ${'('.repeat(400)}1${')'.repeat(400)}\n`;
    assert.equal(read('python', text)[0]!.value, undefined);
  });

  test('constants of other modules are asked for by module and name', () => {
    const asked: string[] = [];
    const source = new SourceText('python', 'from settings.base import LR as rate\nlr = rate * 2\n', (module, name) => {
      asked.push(`${module}:${name}`);
      return 1e-3;
    });
    assert.equal(source.facts.settings[0]!.value, 2e-3);
    assert.deepEqual(asked, ['settings.base:LR']);
  });

  test('ranges cover name and value exactly', () => {
    const text = 'x = 1\nopt = AdamW(ps, lr=3e-4, weight_decay=0.1)\n';
    const pieces = read('python', text).map(({ span, valueSpan }) => [
      text.slice(span.from, span.to),
      text.slice(valueSpan.from, valueSpan.to),
    ]);
    assert.deepEqual(pieces.slice(2), [
      ['lr=3e-4', '3e-4'],
      ['weight_decay=0.1', '0.1'],
    ]);
  });

  test('an edited text gives what a fresh one gives, for every edit of a walk', () => {
    const short = 'import torch\nlr = 3e-4\nclass A:\n    wd: float = 0.1\nopt = AdamW(ps, lr=lr)\n';
    const long = `class B:\n    def f(self):\n${'        a = f(x, lr=1e-3)\n        b = {"wd": a}\n'.repeat(40)}`;
    let text = short.repeat(10) + long + short.repeat(10);
    const source = new SourceText('python', text);
    void source.facts;
    const pieces = ['1', '\n', 'x = 2\n', '(', ')', '"', '# ', '    '];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    for (let step = 0; step < 60; step++) {
      const from = random(text.length);
      const to = Math.min(text.length, from + random(6));
      const piece = pieces[random(pieces.length)]!;
      text = text.slice(0, from) + piece + text.slice(to);
      source.change(text, [{ from, to, inserted: piece.length }]);
      assert.deepEqual(plain(source.facts.settings), plain(read('python', text)), `step ${step}`);
    }
  });
});

test('code that was half-typed for a while leaves no trace', () => {
  const block = (i: number): string => `
class Block${i}(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm = LayerNorm(config.n_embd, bias=config.bias)
        self.attn = Attention(config)

    def forward(self, x, mask=None):
        x = x + self.attn(self.norm(x), mask=mask) * ${i}
        y = torch.cat([x[:, :-1], x[:, 1:]], dim=-1) if mask is not None else x
        return {'x': x, 'y': y, 'shape': tuple(x.shape)}
`;
  const text = `import torch\n${Array.from({ length: 30 }, (_, i) => block(i)).join('')}`;
  const expected = plain(read('python', text));
  for (const piece of ['(', '"', ':', '7']) {
    const source = new SourceText('python', text);
    void source.facts;
    for (let from = text.indexOf('class Block3('); from < text.indexOf('class Block4('); from += 17) {
      source.change(text.slice(0, from) + piece + text.slice(from), [{ from, to: from, inserted: piece.length }]);
      void source.facts;
      source.change(text, [{ from, to: from + piece.length, inserted: 0 }]);
      assert.deepEqual(plain(source.facts.settings), expected, `${piece} at ${from}`);
    }
  }
});

describe('other languages', () => {
  test('YAML: sections, lists, interpolation, anchors, numbers as Python writes them', () => {
    const text =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a shell or a configuration
      'opt: &o\n  lr: 1e-4\n  betas: [0.9, 0.95]\ntrain:\n  lr: ${opt.lr}\n  near: ${.lr}\n  <<: *o\nx: on\n';
    assert.deepEqual(short('yaml', text), [
      ['opt.lr', 1e-4],
      ['opt.betas', [0.9, 0.95]],
      ['train.lr', 1e-4],
      ['train.near', 1e-4],
      ['x', 'on'],
    ]);
  });

  test('YAML: references in a circle end', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a shell or a configuration
    assert.equal(read('yaml', 'a: ${b}\nb: ${a}\n').length, 2);
  });

  test('JSON with comments, half-typed', () => {
    const text =
      '{"optimizer": {"params": {"lr": 0.001, "betas": [0.9, 0.95]}}, // c\n "fp16": {"enabled": true}, "x": ';
    assert.deepEqual(short('json', text), [
      ['optimizer.params.lr', 0.001],
      ['optimizer.params.betas', [0.9, 0.95]],
      ['fp16.enabled', true],
    ]);
  });

  test('TOML: tables, dotted keys, inline tables, a line that is being typed', () => {
    const text = '[optimizer]\nlr = 8e-4\n[training]\nsteps = 10_000\nhalf = \nx = { a = 1 }\nq.r = 2\n';
    assert.deepEqual(short('toml', text), [
      ['optimizer.lr', 8e-4],
      ['training.steps', 10_000],
      ['training.x.a', 1],
      ['training.q.r', 2],
    ]);
  });

  test('shell: variables, options, continued lines, defaults, comments', () => {
    const text =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a shell or a configuration
      'LR=3e-4 # c\nexport WD="0.1"\ntorchrun --nproc_per_node=8 train.py \\\n  --lr $LR --weight-decay ${WD} --bf16 \\\n  --warmup-ratio ${W:-0.03} optim.lr=1e-3\n';
    assert.deepEqual(short('shell', text), [
      ['LR', 3e-4],
      ['WD', 0.1],
      ['nproc_per_node', 8],
      ['lr', 3e-4],
      ['weight_decay', 0.1],
      ['bf16', true],
      ['warmup_ratio', 0.03],
      ['optim.lr', 1e-3],
    ]);
  });

  test('files are told apart by their ending', () => {
    assert.deepEqual(['a.py', 'b.YML', 'c.json', 'd.toml', 'e.sh', 'f.txt'].map(languageOfFile), [
      'python',
      'yaml',
      'json',
      'toml',
      'shell',
      undefined,
    ]);
  });

  test('any bytes are read without an error', () => {
    for (const language of ['python', 'yaml', 'json', 'toml', 'shell'] as const) {
      for (const text of [
        '',
        '\0',
        '{{{{',
        ']',
        '"',
        "'",
        '\\',
        '${',
        '&&',
        '- - -\n: :',
        'a: &a *a\n',
        '[[[',
        '\u{1F600}=1',
      ]) {
        assert.ok(Array.isArray(read(language, text)), `${language} ${JSON.stringify(text)}`);
      }
    }
  });
});
