/** Where a record stands that has an epoch and a step, as logged. */
export interface EpochPlace {
  readonly epoch: number;
  readonly step: number;
  /** Steps of an epoch, as the record states them; 0 when it does not. */
  readonly total: number;
  /** Planned epochs as the record states them; 0 when it does not. */
  readonly epochs: number;
  /** Whether the step is known to count within its epoch. */
  readonly isWithin: boolean;
}

/** What the records so far tell of steps that begin anew with each epoch. Replaced, never changed. */
export interface EpochSteps {
  /** Epoch and step of the last record; -1 before the first. */
  readonly epoch: number;
  readonly step: number;
  readonly firstEpoch: number;
  readonly firstStep: number;
  /** Steps between the last two records of an epoch. */
  readonly interval: number;
  /** Steps of one epoch, once it is known that steps begin anew with each; 0 before. */
  readonly perEpoch: number;
}

/** No record yet. */
export const NO_EPOCHS: EpochSteps = { epoch: -1, step: -1, firstEpoch: 0, firstStep: 0, interval: 1, perEpoch: 0 };

/**
 * The state after a record at `place`. Steps begin anew with each epoch where they fall as the epoch rises, or where the
 * record says how many an epoch has. An epoch whose length is not stated ends one interval after its last record if
 * its steps are counted from 0, else with it: a log may not show the last steps of an epoch.
 */
export function nextPlace(last: EpochSteps, { epoch, step, total, epochs, isWithin }: EpochPlace): EpochSteps {
  const isFirst = last.epoch < 0;
  const firstEpoch = !isFirst ? last.firstEpoch : epochs > 0 && epoch > 0 ? 1 : Math.floor(epoch);
  const firstStep = isFirst ? step : last.firstStep;
  const interval = epoch === last.epoch && step > last.step ? step - last.step : last.interval;
  const hasFallen = !isFirst && Number.isInteger(epoch) && epoch > last.epoch && step < last.step;
  const isStated = total > 0 && step <= total && (isWithin || epochs > 1);
  let { perEpoch } = last;
  // `Epoch: 1.97/4.0`: a part of an epoch goes with steps that are counted over all.
  if (!isWithin && !Number.isInteger(epoch)) perEpoch = 0;
  else if (perEpoch === 0 && (hasFallen || isStated))
    perEpoch = total > 0 ? total : last.step + (firstStep === 0 ? last.interval : 0);
  return { epoch, step, firstEpoch, firstStep, interval, perEpoch };
}

/** The step counted over all epochs; as logged while nothing says that steps begin anew with each. */
export function stepOverEpochs({ epoch, step, firstEpoch, perEpoch }: EpochSteps): number {
  return perEpoch === 0 ? step : Math.max(0, Math.floor(epoch) - firstEpoch) * perEpoch + step;
}
