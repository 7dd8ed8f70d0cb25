import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LAWS } from '../../src/core/laws/registry';
import { texts } from '../../webview/shared/texts';

test('every law has a name in the panel', () => {
  for (const { id } of LAWS) assert.notEqual(texts.law(id), id);
});
