import type { Prediction } from '../engine/prediction';

/** Version of the JSON that Lossline writes. */
export const JSON_SCHEMA = 1;

/** A prediction as `lossline predict --json` prints it; what was not asked for is left out. */
export function predictionJson({ forecast, report, ...rest }: Prediction): Record<string, unknown> {
  const { run, series, also, at, target, compare } = rest;
  const { seen, finalStep, finalLoss, lawId, refused } = forecast;
  return {
    run,
    series,
    seen,
    finalStep,
    finalLoss,
    law: lawId,
    weights: { [lawId]: 1 },
    refused,
    report: { ...report, also },
    ...(at === null ? {} : { at }),
    ...(target === null ? {} : { target }),
    ...(compare === null ? {} : { compare }),
  };
}
