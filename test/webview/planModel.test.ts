import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formFields,
  planMeta,
  planRows,
  readForm,
  readPart,
  userFacts,
  withoutFact,
} from '../../webview/run/planModel';
import { part, run } from './fixtures';

const UNKNOWN = (['totalSteps', 'warmupSteps', 'family', 'peakLr', 'finalLr', 'decayStart', 'decaySteps'] as const).map(
  (key) => part(key, null),
);

test('rows say value, source and doubt', () => {
  const guessed = { ...part('warmupSteps', 2000, 'inferred'), confidence: 0.8 };
  const [total, rate, warmup, unknown] = planRows(
    run({ plan: [part('totalSteps', 20000), part('peakLr', 6e-4, 'user'), guessed, part('finalLr', null)] }),
  );
  assert.deepEqual([total?.value, total?.source?.label, total?.confidence], ['20\u202f000', 'log', '']);
  assert.deepEqual([rate?.value, rate?.source?.label], ['6e-4', 'you']);
  assert.equal(warmup?.confidence, '80\u202f% sure');
  assert.deepEqual([unknown?.value, unknown?.source, unknown?.known], ['unknown', null, false]);
  assert.equal(planMeta(run({ plan: UNKNOWN })), '7 unknown');
});

test('the form asks only for what is missing', () => {
  const keys = (change: Parameters<typeof run>[0], family: Parameters<typeof formFields>[1] = 'cosine') =>
    formFields(run(change), family).map(({ key }) => key);
  assert.deepEqual(keys({ missing: ['totalSteps'], plan: UNKNOWN }), ['totalSteps']);
  assert.deepEqual(keys({ missing: ['learningRate'], plan: UNKNOWN }), ['family', 'peakLr', 'finalLr', 'warmupSteps']);
  assert.deepEqual(keys({ missing: ['learningRate'], plan: UNKNOWN }, 'constant'), ['family', 'peakLr', 'warmupSteps']);
  assert.ok(keys({ missing: ['learningRate'], plan: UNKNOWN }, 'wsd-linear').includes('decaySteps'));
  const known = UNKNOWN.map((each) => (each.key === 'peakLr' ? part('peakLr', 1e-3) : each));
  assert.ok(!keys({ missing: ['learningRate'], plan: known }).includes('peakLr'));
});

test('the form becomes facts, with the defaults that it names', () => {
  const view = run({ missing: ['totalSteps', 'learningRate'], plan: UNKNOWN });
  const read = readForm(view, formFields(view, 'wsd-linear'), {
    totalSteps: '20k',
    family: 'wsd-linear',
    peakLr: '6e-4',
  });
  assert.deepEqual(read, {
    facts: { totalSteps: 20000, family: 'wsd-linear', peakLr: 6e-4, finalLr: 0, warmupSteps: 0, decaySteps: 4000 },
  });
  const wrong = readForm(view, formFields(view, 'cosine'), {
    totalSteps: '',
    family: 'cosine',
    peakLr: '0',
    warmupSteps: 'x',
  });
  assert.deepEqual(Object.keys('errors' in wrong ? wrong.errors : {}).sort(), ['peakLr', 'totalSteps', 'warmupSteps']);
});

test('a total below the present step is not taken', () => {
  assert.ok('error' in readPart('totalSteps', '300', run()));
  assert.deepEqual(readPart('totalSteps', '2000', run()), { value: 2000 });
  assert.deepEqual(readPart('finalLr', '0', run()), { value: 0 });
  assert.deepEqual(readPart('warmupSteps', '0', run()), { value: 0 });
});

test('the word of the user is kept and taken back part by part', () => {
  const view = run({
    plan: [part('totalSteps', 20000, 'user'), part('peakLr', 6e-4, 'log'), part('finalLr', 0, 'user')],
  });
  const facts = userFacts(view);
  assert.deepEqual(facts, { totalSteps: 20000, finalLr: 0 });
  assert.deepEqual(withoutFact(facts, 'finalLr'), { totalSteps: 20000 });
  assert.equal(withoutFact({ finalLr: 0 }, 'finalLr'), null);
});
