import { citationUrl } from '../citation';
import { formatLr } from '../report/numbers';
import type { SettingValue } from './code/setting';
import { findings, type Hint, type RuleResult } from './evaluate';
import type { Fact, FactName } from './facts';
import { hyperparameter } from './hyperparameters';
import type { Finding, Mark } from './rule';

/** What a mark of certainty means, in words. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  verified: 'read in the paper or its code',
  abstract: 'read in the abstract',
  recalled: 'constants not read again: take them as about right',
  derived: 'derived here',
};

/** Names of facts for people. */
export const FACT_WORDS: Readonly<Partial<Record<FactName, string>>> = {
  lr: 'learning rate',
  finalLr: 'lowest learning rate',
  weightDecay: 'weight decay',
  beta1: 'β1',
  beta2: 'β2',
  epsilon: 'ε',
  batchTokens: 'tokens of one step',
  batchSequences: 'sequences of one step',
  sequenceLength: 'sequence length',
  steps: 'steps of the run',
  tokens: 'tokens of the run',
  parameters: 'parameters',
  warmupSteps: 'warmup steps',
  horizonSteps: 'steps of the schedule',
  cooldownSteps: 'steps of the cooldown',
  gradClip: 'clipping',
  gradNorm: 'gradient norm of a run',
  noiseScale: 'gradient noise scale of a run',
  loss: 'loss of a run',
  emaDecay: 'decay of the average',
  loraRank: 'rank of LoRA',
  loraAlpha: 'alpha of LoRA',
  ffnWidth: 'feed-forward width',
  precision: 'number format',
};

/** A value as people write it. */
export function formatValue(value: SettingValue | undefined): string {
  if (value === undefined) return 'worked out at run time';
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e7 ? String(value) : formatLr(value, 6);
  return Array.isArray(value) ? `(${value.map((item) => formatLr(item, 6)).join(', ')})` : String(value);
}

/** Sign of where a value stands, for the start of a line. */
export const VERDICT_SIGNS: Readonly<Record<Finding['verdict'], string>> = {
  inside: '✓',
  near: '~',
  outside: '!',
  note: '·',
};

/** The hint as lines of text: the value, then per rule its summary; what is missing last. Empty when no rule speaks. */
export function hintLines(hint: Hint): string[] {
  const { at } = hint;
  const head = `${at.setting.name} = ${formatValue(at.value)}  (${hyperparameter(at.id).title})`;
  const said = findings(hint).map(({ rule, finding }) => {
    const doubt = finding.outsideValidity === undefined ? '' : ` [${finding.outsideValidity}]`;
    return `  ${VERDICT_SIGNS[finding.verdict]} ${rule.title}: ${finding.summary}${doubt} (arXiv ${rule.cites[0].id})`;
  });
  const { spread } = hint;
  const range =
    spread === null ? [] : [`    ${spread.rules} rules say ${formatLr(spread.low)} to ${formatLr(spread.high)}`];
  const silent = hint.results.filter(({ finding }) => finding === null).map((result) => `    ${missingText(result)}`);
  return said.length + silent.length === 0 ? [] : [head, ...said, ...range, ...silent];
}

/** What a rule would need to say something. */
export function missingText({ rule, missing }: RuleResult): string {
  return `${rule.title}: not known here: ${missing.map((name) => FACT_WORDS[name] ?? name).join(', ')}`;
}

/** The hint as plain data, for `--json`. */
export function hintJson(hint: Hint): Record<string, unknown> {
  const { at, results } = hint;
  return {
    name: at.setting.name,
    hyperparameter: at.id,
    value: at.value ?? null,
    rules: results.map(({ rule, finding, inputs, missing }) => ({
      id: rule.id,
      title: rule.title,
      verdict: finding?.verdict ?? null,
      summary: finding?.summary ?? null,
      rows: (finding?.rows ?? []).map(([label, value]) => ({ label, value })),
      suggestion: finding?.suggestion?.value ?? null,
      band: finding?.suggestion?.band ?? null,
      outsideValidity: finding?.outsideValidity ?? null,
      formula: rule.formula,
      validity: rule.validity,
      mark: rule.mark,
      inputs: inputs.map(({ name, fact }) => inputJson(name, fact)),
      missing,
      cites: rule.cites.map((cite) => ({ id: cite.id, title: cite.title, url: citationUrl(cite) })),
    })),
  };
}

function inputJson(name: FactName, { value, source, where }: Fact<unknown>): Record<string, unknown> {
  return { name, value, source, where };
}
