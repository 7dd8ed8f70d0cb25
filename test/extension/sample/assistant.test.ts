import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { f32, safetensors } from '../../lib/safetensors';
import { activate } from '../lossline';

interface Contribution {
  readonly name: string;
  readonly inputSchema: object;
}

const TOOLS = [
  'lossline_list_runs',
  'lossline_predict_final_loss',
  'lossline_explain_warnings',
  'lossline_measure_spectra',
];

async function ask(tool: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

suite('tools for assistants', () => {
  suiteSetup(async () => {
    await activate();
  });

  test('every tool of the manifest is registered with its schema', () => {
    const { contributes } = vscode.extensions.getExtension('lossline.lossline')!.packageJSON as {
      contributes: { languageModelTools: Contribution[] };
    };
    assert.deepEqual(
      contributes.languageModelTools.map(({ name }) => name),
      TOOLS,
    );
    const known = new Map(vscode.lm.tools.map((tool) => [tool.name, tool]));
    for (const { name, inputSchema } of contributes.languageModelTools) {
      assert.deepEqual(known.get(name)?.inputSchema, inputSchema, name);
    }
  });

  test('the runs of the workspace are listed with their state', async () => {
    assert.match(await ask('lossline_list_runs', {}), /^runs\/gpt-124m: (live|stalled|finished) · .*metrics\.jsonl\)$/);
    assert.match(await ask('lossline_list_runs', { filter: 'no such' }), /No training run has/);
  });

  test('the final loss is told with its intervals, under another plan too', async () => {
    const said = await ask('lossline_predict_final_loss', {});
    assert.match(said, /final loss\s+\d\.\d+\s±\s\d\.\d+\s+\(80 %: .*95 %: /);
    const longer = await ask('lossline_predict_final_loss', { run: 'gpt-124m', totalSteps: 50_000, at: 30_000 });
    assert.match(longer, /of 50\s000/);
    assert.match(longer, /at 30\s000\s+\d\.\d+/);
  });

  test('warnings are explained, or there are none', async () => {
    assert.match(
      await ask('lossline_explain_warnings', { run: 'gpt-124m' }),
      /^runs\/gpt-124m: (nothing wrong|\d+ warning)/,
    );
  });

  test('a call that cannot be answered says what there is', async () => {
    await assert.rejects(ask('lossline_predict_final_loss', { run: 'gpt-5' }), /No run is called gpt-5.*gpt-124m/);
    await assert.rejects(ask('lossline_measure_spectra', { path: 'none.safetensors' }), /none\.safetensors/);
  });

  test('the spectra of a checkpoint are measured', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-tools-'));
    const file = path.join(folder, 'model.safetensors');
    const values = Float32Array.from({ length: 32 * 24 }, (_, i) => Math.sin(i * i));
    fs.writeFileSync(
      file,
      safetensors([{ name: 'layers.0.mlp.weight', dtype: 'F32', shape: [32, 24], bytes: f32(values) }]),
    );
    try {
      assert.match(await ask('lossline_measure_spectra', { path: file }), /layers\.0\.mlp\.weight/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('the server for other assistants is part of the extension', () => {
    const { extensionPath } = vscode.extensions.getExtension('lossline.lossline')!;
    assert.ok(fs.existsSync(path.join(extensionPath, 'dist/cli.js')));
  });
});
