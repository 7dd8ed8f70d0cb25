import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import type * as protocol from '../../src/protocol/server';
import { SPECTRA_ANALYSE } from '../../src/protocol/server';
import { gaussian } from '../core/spectra/matrices';
import { f32, safetensors } from '../lib/safetensors';
import { buildServer, type ServerProcess, startServer } from '../lib/serverProcess';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-spectra-'));
const checkpoint = path.join(folder, 'model.safetensors');
let server: ServerProcess;

before(async () => {
  await buildServer(folder);
  server = await startServer(folder);
  const names = ['plain.weight', 'a|b`c.weight'];
  const tensors = names.map((name, i) => ({
    name,
    dtype: 'F32',
    shape: [80, 70 + i],
    bytes: f32(gaussian(80, 70 + i, i)),
  }));
  fs.writeFileSync(checkpoint, safetensors(tensors));
});
after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

test('a checkpoint is reported, and the report cannot be broken by names', async () => {
  const { name, markdown } = await server.connection.sendRequest<protocol.SpectraAnalyse['result']>(SPECTRA_ANALYSE, {
    path: checkpoint,
  });
  assert.equal(name, 'model.safetensors');
  const rows = markdown.split('\n').filter((line) => line.startsWith('| '));
  assert.equal(rows.length, 4);
  assert.ok(rows.every((row) => row.split('|').length === rows[0]!.split('|').length));
  assert.match(markdown, /`` a b`c\.weight ``/);
});

test('what is no checkpoint is an error with its code', async () => {
  await assert.rejects(
    server.connection.sendRequest(SPECTRA_ANALYSE, { path: path.join(folder, 'none.safetensors') }),
    (error: { data?: { code?: string } }) => error.data?.code === 'file.notFound',
  );
});

test('a cancelled request ends', async () => {
  const large = path.join(folder, 'large.safetensors');
  const [rows, columns] = [1500, 1500];
  fs.writeFileSync(
    large,
    safetensors(
      [0, 1, 2, 3].map((i) => ({
        name: `layer${i}`,
        dtype: 'F32',
        shape: [rows, columns],
        bytes: f32(gaussian(rows, columns, i)),
      })),
    ),
  );
  const source = new CancellationTokenSource();
  const request = server.connection.sendRequest(SPECTRA_ANALYSE, { path: large }, source.token);
  source.cancel();
  await assert.rejects(request);
});
