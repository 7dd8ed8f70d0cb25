// Learns the shipped prior and interval widths from recorded curves. Arguments: a folder with manifest.json and
// curves/, the project's own copy unless given; `write` to put them into src/core/prior.
import * as fs from 'node:fs';
import type { Calibration, Score } from '../../src/core/forecast/calibration';
import { calibrate } from '../../src/core/forecast/calibration';
import { type GeneralPrior, type Group, learnPrior } from '../../src/core/prior/learnPrior';
import { type LoadedCurve, loadCurve, readManifest } from '../core/fit/curveFolder';
import { thinGroups } from '../core/fit/protocols';
import {
  FRACTIONS,
  familiesOf,
  isSound,
  type Knowledge,
  knowing,
  memoryOf,
  priorsWithout,
  trial,
} from '../core/forecast/tasks';

const words = process.argv.slice(2);
const mode = words.includes('write') ? 'write' : '';
const folder = words.find((word) => word !== 'write') ?? 'test/fixtures/curves';
const curves = readManifest(folder).map((facts) => loadCurve(folder, facts));
const families = familiesOf(curves);
const prior = learnPrior(families);
const calibration = calibrate(scoresOf(curves));
console.log(priorFile(prior));
console.log(calibrationFile(calibration));
if (mode === 'write') {
  fs.writeFileSync('src/core/prior/shippedPrior.ts', priorFile(prior));
  fs.writeFileSync('src/core/prior/shippedCalibration.ts', calibrationFile(calibration));
}

/** Scores of forecasts whose prior never saw their source. */
function scoresOf(all: readonly LoadedCurve[]): Score[] {
  const priors = priorsWithout(families);
  const memory = memoryOf(all);
  const names = new Set(
    ['val', 'train'].flatMap((kind) =>
      thinGroups(all.map((c) => c.facts).filter((f) => f.loss_kind === kind)).map((f) => f.id),
    ),
  );
  const used = all.filter((curve) => names.has(curve.facts.id) && isSound(curve));
  const known: readonly Knowledge[] = ['cold', 'once', 'warm'];
  return used.flatMap((curve) =>
    known.flatMap((knowledge) =>
      FRACTIONS.flatMap((fraction) => {
        const general = priors.get(curve.facts.source) ?? prior;
        const found = trial(curve, fraction, {
          ...knowing(knowledge, curve, { general, memory }),
          lawId: 'generalisedAnnealing',
        });
        return found === undefined || !Number.isFinite(found.error) ? [] : [found.score];
      }),
    ),
  );
}

function list(values: readonly number[]): string {
  return `[${values.map((value) => String(Number(value.toPrecision(3)))).join(', ')}]`;
}

function priorFile({ adamw, perLogLr, other, balance, from }: GeneralPrior): string {
  const sources = from.sources.map((source) => `'${source}'`).join(', ');
  const group = ({ centre, spread }: Group): string => `{ centre: ${list(centre)}, spread: ${list(spread)} }`;
  return `import type { GeneralPrior } from './learnPrior';

/** Prior learnt from public runs. Written by \`npm run bench learnPrior\`: change nothing by hand. */
export const SHIPPED_PRIOR: GeneralPrior = {
  adamw: ${group(adamw)},
  perLogLr: ${list(perLogLr)},
  other: ${group(other)},
  balance: { mean: ${round(balance.mean)}, sd: ${round(balance.sd)} },
  from: { families: ${from.families}, sources: [${sources}] },
};
`;
}

function calibrationFile(of: Calibration): string {
  const rows = Object.entries(of).map(
    ([regime, { of80, of95 }]) => `  ${regime}: { of80: ${round(of80)}, of95: ${round(of95)} },`,
  );
  return `import type { Calibration } from '../forecast/calibration';

/** Half-widths learnt from forecasts of public runs. Written by \`npm run bench learnPrior\`: change nothing by hand. */
export const SHIPPED_CALIBRATION: Calibration = {
${rows.join('\n')}
};
`;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
