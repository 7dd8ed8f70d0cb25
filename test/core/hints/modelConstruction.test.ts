import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachingLines, modelConstruction } from '../../../src/core/hints/code/modelConstruction';

/** The text with the lines that attach a logger. */
function attached(text: string): string {
  const site = modelConstruction(text);
  if (site === null) return text;
  const lines = [...attachingLines(text, site, 'logger')].sort((a, b) => b.at - a.at);
  return lines.reduce((now, { at, text: added }) => now.slice(0, at) + added + now.slice(at), text);
}

const CASES: readonly (readonly [what: string, before: string, after: string])[] = [
  [
    'a script',
    'import torch\nfrom m import GPT\n\nmodel = GPT(8)\nmodel = torch.compile(model)\n',
    'import torch\nfrom m import GPT\nimport logger\n\nmodel = GPT(8)\nactivations = logger.attach(model)\nmodel = torch.compile(model)\n',
  ],
  [
    'branches that each make it, as nanoGPT does',
    'import m\nif init == "scratch":\n    model = m.GPT(c)\nelif init == "resume":\n    model = m.GPT(c)\n    model.load_state_dict(s)\nelse:\n    model = m.GPT.from_pretrained(init)\n    # done\n\nmodel.to(device)\nmodel = DDP(model, device_ids=[0])\n',
    'import m\nimport logger\nif init == "scratch":\n    model = m.GPT(c)\nelif init == "resume":\n    model = m.GPT(c)\n    model.load_state_dict(s)\nelse:\n    model = m.GPT.from_pretrained(init)\nactivations = logger.attach(model)\n    # done\n\nmodel.to(device)\nmodel = DDP(model, device_ids=[0])\n',
  ],
  [
    'a function below a main block',
    'import m\n\ndef main():\n    with torch.device("meta"):\n        model = m.GPT(\n            1,\n        )\n    train(model)\n\nif __name__ == "__main__":\n    main()\n',
    'import m\nimport logger\n\ndef main():\n    with torch.device("meta"):\n        model = m.GPT(\n            1,\n        )\n    activations = logger.attach(model)\n    train(model)\n\nif __name__ == "__main__":\n    main()\n',
  ],
  [
    'the main block itself, without an end of line',
    'if __name__ == "__main__":\n    model = GPT()',
    'import logger\nif __name__ == "__main__":\n    model = GPT()\n    activations = logger.attach(model)\n',
  ],
  [
    'an attribute, and Windows line ends',
    'import m\r\nclass Lit:\r\n    def __init__(self):\r\n        self.model = m.GPT()\r\n        self.x = 1\r\n',
    'import m\r\nimport logger\r\nclass Lit:\r\n    def __init__(self):\r\n        self.model = m.GPT()\r\n        self.activations = logger.attach(self.model)\r\n        self.x = 1\r\n',
  ],
];

for (const [what, before, after] of CASES) {
  test(`${what}: the logger is attached behind the construction`, () => {
    assert.equal(attached(before), after);
    // A second time nothing is added.
    assert.equal(attached(after), after);
  });
}

for (const text of [
  '',
  'x = GPT()\n',
  'model = "gpt2"\n',
  'model = model.to(device)\n',
  'model = torch.compile(net)\n',
  'model, optimizer = accelerator.prepare(model, optimizer)\n',
  'model = ((((((\n',
]) {
  test(`no construction in ${JSON.stringify(text)}`, () => assert.equal(attached(text), text));
}
