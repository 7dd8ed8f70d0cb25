import type { SourceFacts } from './code/setting';
import type { Fact, FactName, Facts } from './facts';
import type { HyperSetting } from './finder';
import { gatherFacts } from './gather';
import type { RunFacts } from './inputs';
import { rulesOn } from './registry';
import type { Finding, Given, Rule } from './rule';

/** One fact that a rule used. */
export interface Input {
  readonly name: FactName;
  readonly fact: Fact<unknown>;
}

/** What one rule says of a line, or what it would need to say something. */
export interface RuleResult {
  readonly rule: Rule;
  /** `null` when inputs are missing. */
  readonly finding: Finding | null;
  /** Facts the rule needs, as found. */
  readonly inputs: readonly Input[];
  readonly missing: readonly FactName[];
}

/** All that the rules say of one hyperparameter. */
export interface Hint {
  readonly at: HyperSetting;
  readonly results: readonly RuleResult[];
  readonly facts: Facts;
  /** Lowest and highest value that the rules give for it, `null` unless at least two do. Rules that disagree are never averaged. */
  readonly spread: { readonly low: number; readonly high: number; readonly rules: number } | null;
}

/** Facts that only a followed run with other values gives: a rule without them has nothing to say, and does not ask. */
const ONLY_ON_CHANGE = /^run[A-Z]/;

/**
 * Evaluates every rule for one hyperparameter of a file. Rules that do not apply are left out; those that lack inputs are
 * kept with what is missing, without a number. A value that is not known gives no findings.
 */
export function hintFor(
  at: HyperSetting,
  found: readonly HyperSetting[],
  source: SourceFacts,
  where: (offset: number) => string,
  run?: RunFacts,
): Hint {
  const facts = gatherFacts(at, found, source, where, run);
  const values: Partial<Record<FactName, unknown>> = {};
  for (const [name, fact] of Object.entries(facts)) if (fact !== undefined) values[name as FactName] = fact.value;
  const results = rulesOn(at.id).flatMap((rule): RuleResult[] => {
    const missing = rule.needs.filter((name) => facts[name] === undefined);
    if (missing.some((name) => ONLY_ON_CHANGE.test(name))) return [];
    const inputs = rule.needs.flatMap((name) => (facts[name] === undefined ? [] : [{ name, fact: facts[name] }]));
    if (missing.length > 0) return [{ rule, finding: null, inputs, missing }];
    const finding = rule.evaluate(values as Given<FactName>);
    return finding === null ? [] : [{ rule, finding: restrain(finding, at), inputs, missing }];
  });
  const spread = spreadOf(results);
  return { at, results: results.map((result) => settle(result, at, spread)), facts, spread };
}

/** Outside the range that it was measured in a rule shows its number and judges nothing; values for other lines are dropped. */
function restrain({ suggestion, ...finding }: Finding, { id }: HyperSetting): Finding {
  const isMine = suggestion?.of.includes(id) === true && Number.isFinite(suggestion.value);
  const verdict = finding.outsideValidity === undefined ? finding.verdict : 'note';
  return { ...finding, verdict, ...(isMine ? { suggestion } : {}) };
}

function spreadOf(results: readonly RuleResult[]): Hint['spread'] {
  const values = results.flatMap(({ finding }) => finding?.suggestion?.value ?? []);
  return values.length < 2 ? null : { low: Math.min(...values), high: Math.max(...values), rules: values.length };
}

/** Between values that the rules give no single one of them can call the value wrong. */
function settle(result: RuleResult, { value }: HyperSetting, spread: Hint['spread']): RuleResult {
  const { finding } = result;
  if (spread === null || finding?.suggestion === undefined || typeof value !== 'number') return result;
  const isBetween = value >= spread.low && value <= spread.high;
  return isBetween && finding.verdict !== 'inside' ? { ...result, finding: { ...finding, verdict: 'note' } } : result;
}

/** The results with a finding, worst first. */
export function findings(hint: Hint): (RuleResult & { readonly finding: Finding })[] {
  const order = { outside: 0, near: 1, inside: 2, note: 3 } as const;
  return hint.results
    .flatMap((result) => (result.finding === null ? [] : [{ ...result, finding: result.finding }]))
    .sort((a, b) => order[a.finding.verdict] - order[b.finding.verdict]);
}
