import { CancelledError, messageOf } from '../errors';
import type { EngineHost } from './host';
import { planTaskOf } from './runPlan';
import type { TrackedRun } from './trackedRun';

/** Plans made one after another for a run that goes on growing. */
const MOST_TRIES = 3;

/**
 * Makes plans on other threads: reading a schedule off the learning rates takes longer than the event loop should. Without
 * other threads plans are made where they are asked for.
 */
export class Planner {
  readonly #underWay = new Map<TrackedRun, Promise<void>>();

  /** `onPlan` hears of runs that got another plan. */
  constructor(
    readonly host: Pick<EngineHost, 'pool' | 'log'>,
    readonly onPlan: (run: TrackedRun) => void,
  ) {}

  /** Makes the plans of `run` from now on. */
  adopt(run: TrackedRun): void {
    if (this.host.pool.isElsewhere) run.planner = () => void this.#refresh(run);
  }

  /**
   * Resolves when the plan is made from everything known. A log that grows faster than plans are made gets its third one, and
   * the rest is left to who asks for it.
   */
  async settle(run: TrackedRun): Promise<void> {
    if (!this.host.pool.isElsewhere) return;
    for (let i = 0; i < MOST_TRIES && !run.isPlanned; i++) await this.#refresh(run);
  }

  /** One plan of a run at a time. */
  #refresh(run: TrackedRun): Promise<void> {
    const making = this.#underWay.get(run) ?? this.#make(run).finally(() => this.#underWay.delete(run));
    this.#underWay.set(run, making);
    return making;
  }

  async #make(run: TrackedRun): Promise<void> {
    const version = run.planVersion;
    try {
      run.takePlan(await this.host.pool.run('plan', planTaskOf(run)), version);
      this.onPlan(run);
    } catch (error) {
      if (!(error instanceof CancelledError)) this.host.log.warn(`Plan of ${run.name} failed: ${messageOf(error)}`);
    }
  }
}
