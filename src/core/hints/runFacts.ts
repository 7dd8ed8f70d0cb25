import { median } from '../fit/robust';
import type { ConfigValue, SeriesName } from '../model';
import { numbersOf, quantityOf } from '../plan/configReader';
import type { Plan } from '../plan/plan';
import type { Span } from '../series/series';
import type { SettingValue } from './code/setting';
import type { HyperId } from './hyperparameters';
import type { RunFacts } from './inputs';
import { meaningsOf } from './spelling';

/** A followed run, as far as hints look into it. */
export interface RunLike {
  readonly name: string;
  config(): ReadonlyMap<string, ConfigValue>;
  spans(name: SeriesName): readonly Span[];
  plan(): { readonly plan: Plan };
}

/** Points from the end of a series that stand for the present. */
const RECENT = 200;

/** What a run tells to hints. Constant work: only the last points of a series are looked at. */
export function runFactsOf(run: RunLike): RunFacts {
  const settings = new Map<HyperId, SettingValue>();
  for (const [key, logged] of run.config()) {
    const parts = key.split(/[./]|::/);
    for (const { hyper } of meaningsOf({ name: parts.at(-1)!, owners: parts.slice(0, -1) })) {
      const value = settingOf(logged, hyper.accepts);
      if (value === undefined) continue;
      if (!settings.has(hyper.id)) settings.set(hyper.id, value);
      break;
    }
  }
  const { plan } = run.plan();
  const measured: Partial<Record<keyof RunFacts['measured'], number>> = {};
  const put = (name: keyof RunFacts['measured'], value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value)) measured[name] = value;
  };
  put('lr', plan.peakLr?.value);
  put('steps', plan.totalSteps?.value);
  put('warmupSteps', plan.warmupSteps?.value);
  put('loss', median(recent(run, 'train_loss')));
  put('noiseScale', median(recent(run, 'noise_scale')));
  put('batchTokens', tokensPerStep(run));
  return { name: run.name, settings, measured, gradNorms: recent(run, 'grad_norm') };
}

function settingOf(logged: ConfigValue, accepts: (value: SettingValue) => boolean): SettingValue | undefined {
  const numbers = typeof logged === 'string' && /^[[(]/.test(logged) ? numbersOf(logged) : [];
  const candidates: (SettingValue | undefined)[] = [logged, numbers, quantityOf(logged)?.value];
  return candidates.find((value) => value !== undefined && accepts(value));
}

/** The last finite values of a series. */
function recent(run: RunLike, name: SeriesName): number[] {
  const values = run.spans(name).at(-1)?.values ?? [];
  return [...values.slice(-RECENT)].filter(Number.isFinite);
}

/** Tokens that each step takes, by the counter of tokens; `undefined` without one. */
function tokensPerStep(run: RunLike): number | undefined {
  const span = run.spans('tokens').at(-1);
  if (span === undefined || span.steps.length < 2) return undefined;
  const first = Math.max(0, span.steps.length - RECENT);
  const tokens = span.values.at(-1)! - span.values[first]!;
  const steps = span.steps.at(-1)! - span.steps[first]!;
  return tokens > 0 && steps > 0 ? tokens / steps : undefined;
}
