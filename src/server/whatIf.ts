import { FALLS } from '../core/answers/decayStart';
import { answerWhatIf, type WhatIfQuestion, type WhatIfReply } from '../core/answers/question';
import type { Engine } from '../core/engine/engine';
import { LosslineError } from '../core/errors';

/**
 * Answers a what-if of a panel from the last fit of its run: at once, but for the search of the best schedule, which is
 * done on a thread. Throws `run.unknown`, `argument.invalid`, and `fit.refused` with the reason.
 */
export async function answerQuestion(engine: Engine, body: unknown): Promise<WhatIfReply> {
  const { run: id, question } = checked(body);
  const run = engine.run(id);
  if (run === undefined) throw new LosslineError('run.unknown', 'This run is not there any more.');
  const { fitted, message } = run.forecast;
  if (fitted === null) throw new LosslineError('fit.refused', message || 'There is no fit yet.');
  const task = { fitted, question };
  const answer = question.kind === 'best' ? await engine.host.pool.run('whatIf', task) : answerWhatIf(fitted, question);
  if (answer.value === null) throw new LosslineError('fit.refused', answer.refused.reason);
  return answer.value;
}

/** The numbers that each kind of question needs. */
const NUMBERS: Readonly<Record<WhatIfQuestion['kind'], readonly string[]>> = {
  plan: [],
  schedule: ['totalSteps', 'rate', 'decayStart', 'lowest'],
  best: ['totalSteps', 'lowest'],
};

function checked(body: unknown): { run: string; question: WhatIfQuestion } {
  const { run, question } = (body ?? {}) as { run?: unknown; question?: Record<string, unknown> };
  const numbers = NUMBERS[question?.kind as WhatIfQuestion['kind']];
  const isWhole =
    typeof run === 'string' &&
    numbers !== undefined &&
    numbers.every((name) => Number.isFinite(question![name])) &&
    (question!.kind !== 'schedule' || Object.hasOwn(FALLS, String(question!.shape)));
  if (!isWhole) throw new LosslineError('argument.invalid', 'The panel asked a question that cannot be read.');
  return { run, question: question as unknown as WhatIfQuestion };
}
