/** Why a question about a run cannot be answered. */
export interface AnswerRefusal {
  readonly code:
    | 'outsideFit'
    | 'beyondPlan'
    | 'noLearningRate'
    | 'badSchedule'
    | 'decayBegun'
    | 'planOver'
    | 'notComparable'
    | 'badArgument';
  /** One sentence for a user. */
  readonly reason: string;
}

/** An answer, or the reason why there is none. Never both, never neither. */
export type Answer<T> =
  | { readonly value: T; readonly refused: null }
  | { readonly value: null; readonly refused: AnswerRefusal };

/** Wraps an answer. */
export function answered<T>(value: T): Answer<T> {
  return { value, refused: null };
}

/** Says why there is no answer. */
export function declined(code: AnswerRefusal['code'], reason: string): Answer<never> {
  return { value: null, refused: { code, reason } };
}
