import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import type { FactName, FactValues } from '../../../src/core/hints/facts';
import { RULES } from '../../../src/core/hints/registry';
import type { Finding, Given, Verdict } from '../../../src/core/hints/rule';

const GPT: Partial<FactValues> = {
  lr: 3e-4,
  weightDecay: 0.1,
  batchTokens: 524_288,
  tokens: 3e11,
  parameters: 1.3e9,
  steps: 572_205,
  width: 2048,
  depth: 24,
  beta1: 0.9,
  beta2: 0.95,
  optimizer: 'adam',
};

interface Case {
  readonly facts: Partial<FactValues>;
  /** `null`: the rule does not apply. */
  readonly verdict: Verdict | null;
  readonly suggestion?: number;
}

/** For each rule facts on which it speaks and facts on which it stays silent. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  adamBatchScaling: [
    { facts: { ...GPT, lr: 3e-4, batchTokens: 4e5, runBatchTokens: 1e5 }, verdict: 'note' },
    { facts: { ...GPT, optimizer: 'sgd', runBatchTokens: 1e5 }, verdict: null },
    { facts: { ...GPT, batchTokens: 1e7, runBatchTokens: 1e5 }, verdict: null },
  ],
  adamEpsilon: [
    { facts: { epsilon: 1e-8, gradNorm: 1e-3, parameters: 1e9 }, verdict: 'outside', suggestion: 1e-15 },
    { facts: { epsilon: 1e-8, gradNorm: 1, parameters: 1e8 }, verdict: 'inside' },
    { facts: { epsilon: 1e-8, gradNorm: 1, parameters: 1e8, optimizer: 'sgd' }, verdict: null },
  ],
  batchScaling: [
    {
      facts: { lr: 3e-4, batchTokens: 4e5, runBatchTokens: 1e5, optimizer: 'adam' },
      verdict: 'near',
      suggestion: 6e-4,
    },
    {
      facts: { lr: 0.8, runLr: 0.1, batchTokens: 2048, runBatchTokens: 256, optimizer: 'sgd' },
      verdict: 'inside',
      suggestion: 0.8,
    },
  ],
  beta2Batch: [
    { facts: { beta2: 0.95 }, verdict: 'note' },
    { facts: { beta2: 0.95, batchTokens: 1e4, runBatchTokens: 1e5 }, verdict: 'near', suggestion: 0.95 ** 0.1 },
    { facts: { beta2: 0.95, optimizer: 'sgd' }, verdict: null },
  ],
  computeOptimal: [
    { facts: { parameters: 1e9, tokens: 2e10 }, verdict: 'note' },
    { facts: { parameters: 1e9, tokens: 2e10, loraRank: 8 }, verdict: null },
  ],
  cooldownLength: [
    { facts: { cooldownSteps: 2000, steps: 10_000 }, verdict: 'inside', suggestion: 2000 },
    { facts: { cooldownSteps: 200, steps: 10_000 }, verdict: 'near', suggestion: 2000 },
  ],
  criticalBatch: [
    { facts: { batchTokens: 5e5, tokens: 3e10 }, verdict: 'inside' },
    { facts: { batchTokens: 2e7, tokens: 3e9 }, verdict: 'outside' },
    { facts: { batchTokens: 5e5, tokens: 3e10, loraRank: 8 }, verdict: null },
  ],
  criticalBatchLoss: [
    { facts: { batchTokens: 5e5, loss: 2.5 }, verdict: 'note' },
    { facts: { batchTokens: 5e5, loss: -1 }, verdict: null },
  ],
  decayToZero: [
    { facts: { finalLr: 6e-5, lr: 6e-4, tokens: 2e11, parameters: 1e9 }, verdict: 'near', suggestion: 0 },
    { facts: { finalLr: 6e-5, lr: 6e-4, tokens: 1e10, parameters: 1e9 }, verdict: 'note' },
    { facts: { finalLr: 1, lr: 6e-4 }, verdict: null },
  ],
  deepseekLaw: [
    { facts: { lr: 0.3118 * 1e18 ** -0.125, parameters: 1e8, tokens: 1e18 / 6e8 }, verdict: 'inside' },
    { facts: { ...GPT, optimizer: 'sgd' }, verdict: null },
  ],
  depthScaling: [
    { facts: { lr: 1e-3, depth: 32, runDepth: 8 }, verdict: 'note' },
    { facts: { lr: 1e-3, depth: 32, runDepth: 8, optimizer: 'sgd' }, verdict: null },
  ],
  emaHorizon: [
    { facts: { emaDecay: 0.9999, steps: 1e6 }, verdict: 'inside' },
    { facts: { emaDecay: 0.9999, steps: 1e4 }, verdict: 'near' },
    { facts: { emaDecay: 0.9999, batchTokens: 8, runBatchTokens: 1 }, verdict: 'note', suggestion: 0.9999 ** 8 },
    { facts: { emaDecay: 1 }, verdict: null },
  ],
  ffnWidth: [{ facts: { ffnWidth: 4096, width: 1024 }, verdict: 'note' }],
  gradientClipping: [
    { facts: { gradClip: 1, clippedShare: 0.5 }, verdict: 'outside' },
    { facts: { gradClip: 1, clippedShare: 0.01 }, verdict: 'inside' },
    { facts: { gradClip: 1 }, verdict: 'note' },
    { facts: { gradClip: 0 }, verdict: 'note' },
  ],
  kaplanLaw: [
    { facts: { lr: 6e-4, parameters: 124e6 }, verdict: 'inside' },
    { facts: { lr: 6e-4, parameters: 1e11 }, verdict: null },
  ],
  loraPlus: [
    { facts: { loraRank: 8 }, verdict: 'note' },
    { facts: { loraRank: 8, loraLrRatio: 16 }, verdict: 'inside', suggestion: 16 },
    { facts: { loraRank: 8, loraLrRatio: 0.5 }, verdict: 'outside', suggestion: 16 },
  ],
  lowPrecision: [
    { facts: { precision: 'fp16' }, verdict: 'note' },
    { facts: { precision: 'fp8' }, verdict: 'note' },
    { facts: { precision: 'bf16' }, verdict: 'note' },
    { facts: { precision: 'float32' }, verdict: null },
  ],
  muPWidth: [
    { facts: { lr: 1e-3, width: 1024, runWidth: 256 }, verdict: 'near', suggestion: 2.5e-4 },
    { facts: { lr: 1e-3, width: 1024, runWidth: 256, isMuP: true }, verdict: 'note' },
    { facts: { lr: 1e-3, width: 1024, runWidth: 256, optimizer: 'sgd' }, verdict: null },
  ],
  noiseScale: [
    { facts: { batchTokens: 1e5, noiseScale: 1e6 }, verdict: 'inside' },
    { facts: { batchTokens: 1e7, noiseScale: 1e6 }, verdict: 'near' },
    { facts: { batchTokens: 1e7, noiseScale: -1 }, verdict: null },
  ],
  porianLaw: [
    {
      facts: { lr: 3.7 * 1e8 ** -0.36, parameters: 1e8, tokens: 2e9 },
      verdict: 'inside',
      suggestion: 3.7 * 1e8 ** -0.36,
    },
    { facts: { ...GPT, optimizer: 'lion' }, verdict: null },
  ],
  powerLinesBatch: [
    { facts: { batchTokens: 524_288, tokens: 2.2e9 }, verdict: 'inside' },
    { facts: { batchTokens: 1e7, tokens: 2.2e9 }, verdict: 'outside' },
    { facts: { batchTokens: 1e7, tokens: 2.2e9, optimizer: 'sgd' }, verdict: null },
  ],
  rankStabilised: [
    { facts: { loraRank: 256, loraAlpha: 16 }, verdict: 'near' },
    { facts: { loraRank: 8, loraAlpha: 16 }, verdict: 'note' },
  ],
  repetition: [
    { facts: { epochs: 3 }, verdict: 'inside' },
    { facts: { epochs: 16 }, verdict: 'near' },
    { facts: { epochs: 50 }, verdict: 'outside' },
    { facts: { epochs: 3, loraRank: 8 }, verdict: null },
  ],
  scheduleHorizon: [
    { facts: { horizonSteps: 600, steps: 600 }, verdict: 'inside' },
    { facts: { horizonSteps: 1000, steps: 600 }, verdict: 'outside', suggestion: 600 },
    { facts: { horizonSteps: 400, steps: 600 }, verdict: 'outside', suggestion: 600 },
  ],
  stepLaw: [
    { facts: { lr: 1.66e-3, parameters: 1e9, tokens: 1e11 }, verdict: 'inside' },
    { facts: { lr: 1e-5, parameters: 1e9, tokens: 1e11 }, verdict: 'outside' },
    { facts: { lr: 1e-5, parameters: 1e9, tokens: 1e11, loraRank: 8 }, verdict: null },
  ],
  stepLawBatch: [
    { facts: { batchTokens: 1.11e6, tokens: 1e11 }, verdict: 'inside' },
    { facts: { batchTokens: 1e4, tokens: 1e11 }, verdict: 'outside' },
    { facts: { batchTokens: 1e4, tokens: 1e11, optimizer: 'sgd' }, verdict: null },
  ],
  tokenHorizon: [
    {
      facts: { lr: 1e-3, tokens: 1e11, runTokens: 2e10, parameters: 1e9 },
      verdict: 'near',
      suggestion: 1e-3 * 5 ** -0.32,
    },
    { facts: { lr: 6e-4, runLr: 1e-3, tokens: 1e11, runTokens: 2e10, parameters: 1e9 }, verdict: 'inside' },
  ],
  unitMuP: [{ facts: { lr: 1, width: 256, depth: 16 }, verdict: 'note' }],
  warmupLength: [
    { facts: { warmupSteps: 20, beta2: 0.95, steps: 1000 }, verdict: 'near', suggestion: 40 },
    { facts: { warmupSteps: 50, beta2: 0.95, steps: 1000 }, verdict: 'inside' },
    { facts: { warmupSteps: 300, beta2: 0.95, steps: 1000 }, verdict: 'near' },
    { facts: { warmupSteps: 300 }, verdict: null },
  ],
  weightDecayTimescale: [
    { facts: GPT, verdict: 'inside' },
    { facts: { ...GPT, weightDecay: 1e-4 }, verdict: 'outside' },
    { facts: { ...GPT, weightDecay: 0 }, verdict: null },
    { facts: { ...GPT, optimizer: 'sgd' }, verdict: null },
  ],
  weightDecayTransfer: [
    { facts: { ...GPT, batchTokens: 1e6, runBatchTokens: 5e5, runWeightDecay: 0.1 }, verdict: 'near', suggestion: 0.2 },
    { facts: { ...GPT, runWeightDecay: 0.1 }, verdict: null },
  ],
  weightSpectrum: [
    { facts: { lr: 4e-4, weightDecay: 0.1, runLr: 1e-4 }, verdict: 'note' },
    { facts: { lr: 4e-4, weightDecay: 0.1, runWeightDecay: 0.4 }, verdict: 'note' },
    { facts: { lr: 4e-4, weightDecay: 0.1, runWeightDecay: 0.1 }, verdict: null },
    { facts: { lr: 4e-4, weightDecay: 0, runLr: 1e-4 }, verdict: null },
    { facts: { lr: 4e-4, weightDecay: 0.1, runLr: 1e-4, optimizer: 'sgd' }, verdict: null },
  ],
  weightDecayWidth: [
    { facts: { weightDecay: 0.1, width: 1024, runWidth: 256, runWeightDecay: 0.1 }, verdict: 'near', suggestion: 0.2 },
    { facts: { weightDecay: 0, width: 1024, runWidth: 256, runWeightDecay: 0 }, verdict: null },
  ],
  weightDecayZero: [
    { facts: { weightDecay: 0 }, verdict: 'note' },
    { facts: { weightDecay: 0, zLoss: 1e-4 }, verdict: null },
    { facts: { weightDecay: 0.1 }, verdict: null },
  ],
};

function evaluate(id: string, facts: Partial<FactValues>): Finding | null {
  const rule = RULES.find((candidate) => candidate.id === id)!;
  for (const name of rule.needs) assert.ok(name in facts, `${id} needs ${name}`);
  return rule.evaluate(facts as Given<FactName>);
}

describe('each rule speaks and stays silent', () => {
  for (const rule of RULES) {
    test(rule.id, () => {
      assert.ok((CASES[rule.id]?.length ?? 0) > 0, 'the rule has no cases');
      for (const { facts, verdict, suggestion } of CASES[rule.id]!) {
        const finding = evaluate(rule.id, facts);
        assert.equal(finding?.verdict ?? null, verdict, JSON.stringify(facts));
        if (suggestion !== undefined) {
          assert.ok(
            Math.abs(finding!.suggestion!.value / suggestion - 1 || 0) < 1e-9,
            `${finding!.suggestion!.value} for ${suggestion}`,
          );
        }
      }
    });
  }
});

test('rules are sorted, and each has its file, page and sources', () => {
  const ids = RULES.map(({ id }) => id);
  assert.deepEqual(ids, ids.toSorted());
  const names = (folder: string): string[] =>
    fs
      .readdirSync(folder)
      .map((file) => file.replace(/\.\w+$/, ''))
      .filter((name) => name !== 'README')
      .sort();
  assert.deepEqual(names('src/core/hints/rules'), ids);
  assert.deepEqual(names('docs/hints'), ids);
  for (const { cites, validity, formula, about } of RULES) {
    assert.match(cites[0].id, /^\d{4}\.\d{5}$/);
    for (const text of [validity, formula, about]) assert.ok(text.length > 10);
  }
});

test('no rule says a number that is none, however odd a value', () => {
  const odd = [1e-9, 1e15];
  for (const [id, cases] of Object.entries(CASES)) {
    for (const { facts } of cases) {
      for (const name of Object.keys(facts) as FactName[]) {
        if (typeof facts[name] !== 'number') continue;
        for (const value of odd) {
          const finding = evaluate(id, { ...facts, [name]: value });
          const text = JSON.stringify(finding ?? '');
          assert.ok(!/NaN|undefined/.test(text), `${id} with ${name} = ${value}: ${text}`);
        }
      }
    }
  }
});
