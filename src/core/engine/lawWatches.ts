import { CancelledError, messageOf } from '../errors';
import type { ForecastInput } from '../forecast/forecast';
import type { EngineHost } from './host';
import { LawWatch } from './lawWatch';
import type { TrackedRun } from './trackedRun';

/** Holds runs against the forecasts of their own past when somebody looks at them, one look at a time for each. */
export class LawWatches {
  readonly #ofRun = new WeakMap<TrackedRun, { readonly watch: LawWatch; look: Promise<void> | undefined }>();

  constructor(
    readonly host: EngineHost,
    readonly onChange: (run: TrackedRun) => void,
  ) {}

  /** Looks at the newest losses of a run; calls that overlap share one look. Faults are logged. */
  look(run: TrackedRun): Promise<void> {
    const law = this.#ofRun.get(run) ?? { watch: new LawWatch(), look: undefined };
    this.#ofRun.set(run, law);
    law.look ??= this.#update(run, law.watch).finally(() => {
      law.look = undefined;
    });
    return law.look;
  }

  async #update(run: TrackedRun, watch: LawWatch): Promise<void> {
    const fit = async (input: ForecastInput) => (await this.host.pool.run('forecast', { input, options: {} })).forecast;
    try {
      if (!(await watch.update(run, fit))) return;
      run.offCurve = watch.warnings;
      this.onChange(run);
    } catch (error) {
      if (!(error instanceof CancelledError)) this.host.log.warn(`Forecasts of ${run.name}: ${messageOf(error)}`);
    }
  }
}
