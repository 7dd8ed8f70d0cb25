import type { Engine } from '../core/engine/engine';
import { predictRun } from '../core/engine/prediction';
import { explainedFindings } from '../core/engine/runFindings';
import { LosslineError } from '../core/errors';
import { predictionLines } from '../core/report/predictionLines';
import { warningLines } from '../core/report/warningLines';
import type { ForecastTell, WarningsTell } from '../protocol/server';

/** A forecast in the words of `lossline predict`. Throws as `Engine.predict`. */
export async function tellForecast(
  engine: Engine,
  { run, options }: ForecastTell['params'],
): Promise<ForecastTell['result']> {
  return { text: predictionLines(await predictRun(engine, run, options)).join('\n') };
}

/** The warnings of a run in the words of `lossline check`. Throws `run.unknown`. */
export async function tellWarnings(
  engine: Engine,
  { run: id }: WarningsTell['params'],
): Promise<WarningsTell['result']> {
  const run = engine.run(id);
  if (run === undefined) throw new LosslineError('run.unknown', `There is no run ${id}.`);
  return { text: warningLines(run, await explainedFindings(engine, run)).join('\n') };
}
