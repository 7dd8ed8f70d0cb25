import type { Citation } from '../citation';
import type { FactName, FactValues } from './facts';
import type { HyperId } from './hyperparameters';

/**
 * How sure a formula or constant is: read in the paper or its code, read in an abstract, recalled and not read again,
 * or derived here.
 */
export type Mark = 'verified' | 'abstract' | 'recalled' | 'derived';

/** Where a value stands by a rule. A `note` judges nothing. */
export type Verdict = 'inside' | 'near' | 'outside' | 'note';

/** What a rule says of one value. */
export interface Finding {
  readonly verdict: Verdict;
  /** One line. */
  readonly summary: string;
  /** Numbers behind it: what each is and its value, ready to show. */
  readonly rows: readonly (readonly [label: string, value: string])[];
  /** Value that the rule gives, for which hyperparameters, with its band where the source states one. */
  readonly suggestion?: {
    readonly of: readonly HyperId[];
    readonly value: number;
    readonly band?: readonly [number, number];
  };
  /** Says in which way the inputs lie outside the range the rule was measured in. */
  readonly outsideValidity?: string;
}

/** The facts a rule gets: what it needs is there, all else may be. */
export type Given<K extends FactName> = Pick<FactValues, K> & Partial<FactValues>;

/** One law about one or more hyperparameters: one file, one test, one page. */
export interface Rule {
  /** The name of its file. */
  readonly id: string;
  readonly title: string;
  /** On whose lines it speaks. */
  readonly on: readonly HyperId[];
  /** Without all of these it stays silent and says what is missing. */
  readonly needs: readonly FactName[];
  readonly formula: string;
  /** Where it was measured. */
  readonly validity: string;
  readonly mark: Mark;
  readonly cites: readonly [Citation, ...Citation[]];
  /** The line on which a value outside is a mistake that the file or its run proves; absent where it is an opinion of a law. */
  readonly problemOn?: HyperId;
  /** One paragraph for its page. */
  readonly about: string;
  /** What it says; `null` when it does not apply (another optimizer, nothing changed). */
  readonly evaluate: (facts: Given<FactName>) => Finding | null;
}

/** Declares a rule; its `evaluate` may rely on the facts in `needs`. */
export function defineRule<const K extends FactName>(
  rule: Omit<Rule, 'needs' | 'evaluate'> & {
    readonly needs: readonly K[];
    readonly evaluate: (facts: Given<K>) => Finding | null;
  },
): Rule {
  return { ...rule, evaluate: (facts) => rule.evaluate(facts as Given<K>) };
}

/** Verdict by the ratio of a value to what the rule gives: inside up to `near`, near up to `far`, outside beyond. */
export function verdictOfRatio(value: number, reference: number, near: number, far: number): Verdict {
  const ratio = Math.abs(Math.log(value / reference));
  if (!Number.isFinite(ratio)) return 'note';
  return ratio <= Math.log(near) ? 'inside' : ratio <= Math.log(far) ? 'near' : 'outside';
}
