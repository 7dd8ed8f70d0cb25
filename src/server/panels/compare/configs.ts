import type { TrackedRun } from '../../../core/engine/trackedRun';
import type { ConfigValue, RunId } from '../../../core/model';
import type { Configs } from '../../../protocol/compare';

/** Hyperparameters of one run that are sent, and characters of one text. */
const MAX_KEYS = 400;
const MAX_TEXT = 200;

/** Facts of the plan that stand beside what was logged, by the name they are shown and filtered by. */
const PLAN_KEYS = ['peakLr', 'family', 'warmupSteps', 'totalSteps'] as const;

/** Hyperparameters of the runs and the facts of their plans (`plan.…`); what all share is told once. */
export function configsOf(runs: readonly TrackedRun[]): Configs {
  const all = runs.map((run) => [run.id, settingsOf(run)] as const);
  const [first, ...others] = all.map(([, settings]) => settings);
  if (first === undefined) return { shared: {}, own: {} };
  const isShared = (key: string): boolean => others.every((settings) => settings.get(key) === first.get(key));
  const shared = new Map([...first].filter(([key, value]) => isShared(key) && value !== undefined));
  const own = all.map(([run, settings]): [RunId, Record<string, ConfigValue>] => [
    run,
    Object.fromEntries([...settings].filter(([key]) => !shared.has(key))),
  ]);
  return { shared: Object.fromEntries(shared), own: Object.fromEntries(own) };
}

function settingsOf(run: TrackedRun): Map<string, ConfigValue> {
  const { plan } = run.plan();
  const logged = [...run.config()].slice(0, MAX_KEYS);
  const planned = PLAN_KEYS.flatMap((key): [string, ConfigValue][] => {
    const fact = plan[key];
    if (fact === null) return [];
    // What was read off the learning rates is a little off: as a number it would tell equal runs apart.
    if (fact.source === 'inferred' && typeof fact.value === 'number') return [];
    return [[`plan.${key}`, fact.value]];
  });
  return new Map([...logged, ...planned].map(([key, value]) => [key, shortened(value)]));
}

function shortened(value: ConfigValue): ConfigValue {
  if (typeof value !== 'string' || value.length <= MAX_TEXT) return value;
  return `${value.slice(0, MAX_TEXT)}…`;
}
