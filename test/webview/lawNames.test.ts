import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { LAWS } from '../../src/core/laws/registry';

test('every law has a name in the panel', () => {
  const texts = fs.readFileSync('webview/shared/texts.ts', 'utf8');
  for (const { id } of LAWS) assert.match(texts, new RegExp(`^  ${id}: '`, 'm'), id);
});
