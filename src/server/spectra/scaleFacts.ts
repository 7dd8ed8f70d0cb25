import type { TrackedRun } from '../../core/engine/trackedRun';
import { runFactsOf } from '../../core/hints/runFacts';
import { nearestPoint } from '../../core/series/nearestPoint';
import { averagingSteps, decayScale } from '../../core/spectra/laws/decayScale';
import { WIDTH_EXPONENT } from '../../core/spectra/laws/matchTopValues';
import type { ScaleFacts, ScaleInput } from '../../protocol/spectra';
import type { Analysis } from './analysis';
import { modelWidth } from './views';

/** What σ₁ ∝ √(η/λ)·d^0.75 needs of one checkpoint, each number with its source, or why it is missing (arXiv 2510.15262). */
export function scaleFactsOf(analysis: Analysis, step: number | null, run: TrackedRun | undefined): ScaleFacts {
  const learningRate = rateOf(analysis, step, run);
  const weightDecay = decayOf(analysis, run);
  const width = widthOf(analysis);
  const known = learningRate.value !== null && weightDecay.value !== null && weightDecay.value > 0;
  const setting = known ? { learningRate: learningRate.value!, weightDecay: weightDecay.value! } : null;
  return {
    path: analysis.path,
    learningRate,
    weightDecay,
    width,
    scale: setting !== null && width.value !== null ? decayScale(setting) * width.value ** WIDTH_EXPONENT : null,
    averagingSteps: setting === null || setting.learningRate === 0 ? null : averagingSteps(setting),
  };
}

/** The rate at the checkpoint: the optimizer's own, else the logged one nearest to its step, else the one configured. */
function rateOf({ report }: Analysis, step: number | null, run: TrackedRun | undefined): ScaleInput {
  const rates = report?.paramGroups.flatMap(({ lr }) => lr ?? []) ?? [];
  if (rates.length > 0) return { value: Math.max(...rates), where: 'optimizer state of the checkpoint' };
  if (run === undefined) return missing('no optimizer state in the checkpoint, and no followed run around it');
  const logged = step === null ? undefined : nearestPoint(run.spans('learning_rate'), step);
  if (logged !== undefined) return { value: logged.value, where: `logged at step ${logged.step}` };
  const { settings, measured } = runFactsOf(run);
  const peak = settings.get('learningRate') ?? measured.lr;
  if (typeof peak === 'number') return { value: peak, where: 'peak of the run, its rate at this step is not logged' };
  return missing('neither the checkpoint nor the run says it');
}

/** The decay of the matrices: groups of norms and biases have none. */
function decayOf({ report }: Analysis, run: TrackedRun | undefined): ScaleInput {
  const decays = report?.paramGroups.flatMap(({ weightDecay }) => weightDecay ?? []) ?? [];
  if (decays.length > 0) {
    const value = Math.max(...decays);
    const where = value > 0 ? 'optimizer state of the checkpoint' : 'optimizer state: no decay, so no steady state';
    return { value, where };
  }
  if (run === undefined) return missing('no optimizer state in the checkpoint, and no followed run around it');
  const configured = runFactsOf(run).settings.get('weightDecay');
  if (typeof configured !== 'number') return missing('neither the checkpoint nor the configuration of the run says it');
  return { value: configured, where: 'configuration of the run' };
}

function widthOf({ tensors }: Analysis): ScaleInput {
  const found = modelWidth(tensors.values());
  if (found === undefined) return missing('no matrix whose inputs are the width of the model');
  return { value: found.width, where: `columns of ${found.name}` };
}

function missing(where: string): ScaleInput {
  return { value: null, where };
}
