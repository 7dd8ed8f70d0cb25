import { answerWhatIf } from '../answers/question';
import { rankRuns } from '../answers/ranking';
import { fitForecast } from '../forecast/predict';
import { fittedRunOf } from '../prior/fittedRun';
import { runReport } from '../report/runReport';
import type { FileSystem } from '../sources/fileSystem';
import { measureActivation } from '../spectra/activations/measureActivation';
import { analyseAttention } from '../spectra/analyseAttention';
import { analyseTensors } from '../spectra/analyseTensors';
import { compareTensors } from '../spectra/compareTensors';
import type { JobName, Jobs } from './jobs';
import { solvePlan } from './runPlan';

type Job<N extends JobName> = (
  input: Jobs[N]['input'],
  fs: FileSystem,
) => Jobs[N]['result'] | Promise<Jobs[N]['result']>;

const JOBS: { readonly [N in JobName]: Job<N> } = {
  forecast: ({ input, options }) => fitForecast(input, options),
  whatIf: ({ fitted, question }) => answerWhatIf(fitted, question),
  report: ({ fit, input, options }) => runReport(fit, input, options),
  ranking: (contenders) => rankRuns(contenders),
  plan: (task) => solvePlan(task),
  learn: ({ curve, facts }) => fittedRunOf(curve, facts) ?? null,
  spectra: (task, fs) => analyseTensors(fs, task),
  attention: (task, fs) => analyseAttention(fs, task),
  activation: (task, fs) => measureActivation(fs, task),
  comparison: (task, fs) => compareTensors(fs, task),
};

/** Does one job on the calling thread. `fs`: where the files are that the job reads itself. */
export async function runJob<N extends JobName>(
  name: N,
  input: Jobs[N]['input'],
  fs: FileSystem,
): Promise<Jobs[N]['result']> {
  return JOBS[name](input, fs);
}
