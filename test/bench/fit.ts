// Measures the laws on recorded curves and prints the tables of docs/laws.md.
// Argument: a folder with manifest.json and curves/ (test/fixtures/curves has 18 of them).
import { fitLaw } from '../../src/core/fit/fitLaw';
import { predictFinalLoss } from '../../src/core/forecast/predict';
import { annealingPriors } from '../../src/core/laws/annealedPower';
import { LAWS, STANDARD_LAW } from '../../src/core/laws/registry';
import { type LoadedCurve, loadCurve, readManifest } from '../core/fit/curveFolder';
import {
  type BackTest,
  backTest,
  fitAndTest,
  publishedBackTest,
  publishedCurve,
  quantile,
  thinGroups,
} from '../core/fit/protocols';

const FRACTIONS = [0.1, 0.2, 0.3, 0.5, 0.7];

const folder = process.argv[2] ?? 'test/fixtures/curves';
const all = readManifest(folder).map((facts) => loadCurve(folder, facts));

console.log(`${all.length} curves of ${folder}\n`);
transferTable();
for (const kind of ['val', 'train'] as const) liveTables(kind);
leftOutTable();
constantsTable();
speedTable();

function transferTable(): void {
  console.log('Three schedules fitted, six others predicted (means over the six)');
  console.log('| model | law | R2 | MAE | RMSE | PredE | WorstE |\n|---|---|---|---|---|---|---|');
  for (const group of [...new Set(all.filter((c) => c.facts.t1_role).map((c) => c.facts.group))]) {
    const curves = all.filter((curve) => curve.facts.group === group);
    for (const law of LAWS) {
      for (const settings of law.settings.length > 0 ? ([undefined, 'search'] as const) : [undefined]) {
        const { fit, scores } = fitAndTest(law, curves, settings);
        const name = `${law.id} ${fit.settings.join(' ')}${settings === 'search' ? ' (searched)' : ''}`;
        const digits = [4, 5, 5, 5, 5];
        const cells = Object.values(scores).map((value: number, k) => value.toFixed(digits[k]));
        console.log(`| ${group} | ${name} | ${cells.join(' | ')} |`);
      }
    }
  }
}

function liveTables(kind: 'val' | 'train'): void {
  const names = new Set(thinGroups(all.map((c) => c.facts).filter((f) => f.loss_kind === kind)).map((f) => f.id));
  const curves = all.filter((curve) => names.has(curve.facts.id));
  if (curves.length === 0) return;
  console.log(`\nLive forecasts, ${kind} loss, ${curves.length} curves: |relative error| %, median / p90 (forecasts)`);
  for (const lawId of [undefined, ...LAWS.map((law) => law.id)]) {
    const tests = FRACTIONS.map((f) => curves.flatMap((curve) => backTest(curve, f, { lawId }) ?? []));
    console.log(`| ${lawId ?? 'as chosen'} | ${tests.map(errorCell).join(' | ')} |`);
    if (lawId === STANDARD_LAW.id) {
      const published = FRACTIONS.map((f) =>
        curves.flatMap((curve) => publishedBackTest(STANDARD_LAW, curve, f) ?? []),
      );
      const cells = published.map((errors) => sizeCell(errors.map((error) => 100 * Math.abs(error))));
      console.log(`| ${lawId}, published recipe | ${cells.join(' | ')} |`);
    }
    if (lawId !== undefined) continue;
    console.log(`| inside 80 % | ${tests.map((t) => shareInside(t, 'interval80')).join(' | ')} |`);
    console.log(`| inside 95 % | ${tests.map((t) => shareInside(t, 'interval95')).join(' | ')} |`);
    console.log(`| half-width of 80 %, median | ${tests.map(widthCell).join(' | ')} |`);
    console.log(`| refused | ${tests.map(refusalCell).join(' | ')} |`);
    const sources = [...new Set(curves.map((curve) => curve.facts.source))];
    for (const source of sources) {
      const own = tests.map((row) => row.filter((t) => t.curve.facts.source === source));
      const both = (t: BackTest[]): string =>
        `${errorCell(t)} in ${shareInside(t, 'interval80')}/${shareInside(t, 'interval95')}`;
      console.log(`|   ${source} | ${own.map(both).join(' | ')} |`);
    }
  }
}

function usable(tests: readonly BackTest[]): BackTest[] {
  return tests.filter(({ forecast, predicted }) => forecast.refused === null && Number.isFinite(predicted));
}

function errorCell(tests: readonly BackTest[]): string {
  return sizeCell(usable(tests).map(({ predicted, target }) => 100 * Math.abs(predicted / target - 1)));
}

function sizeCell(errors: readonly number[]): string {
  return `${quantile(errors, 0.5).toFixed(2)} / ${quantile(errors, 0.9).toFixed(2)} (${errors.length})`;
}

/** The interval of the final loss, moved to the steps of the target. */
function shareInside(tests: readonly BackTest[], level: 'interval80' | 'interval95'): string {
  const inside = usable(tests).filter(({ forecast, predicted, target }) => {
    const { value, [level]: interval } = forecast.finalLoss!;
    const shift = predicted / value;
    return target >= interval[0] * shift && target <= interval[1] * shift;
  });
  return `${((100 * inside.length) / Math.max(1, usable(tests).length)).toFixed(0)} %`;
}

function widthCell(tests: readonly BackTest[]): string {
  const widths = usable(tests).map(({ forecast }) => {
    const [low, high] = forecast.finalLoss!.interval80;
    return (50 * (high - low)) / forecast.finalLoss!.value;
  });
  return `${quantile(widths, 0.5).toFixed(2)} %`;
}

function refusalCell(tests: readonly BackTest[]): string {
  const counts = new Map<string, number>();
  for (const { forecast } of tests) {
    if (forecast.refused !== null) counts.set(forecast.refused.code, (counts.get(forecast.refused.code) ?? 0) + 1);
  }
  return [...counts].map(([code, count]) => `${code} ${count}`).join(', ') || 'none';
}

/** Medians over the models of `curves` of ln alpha, ln C and ln R: whole validation curves of runs whose rate moved. */
function constantsOf(curves: readonly LoadedCurve[]): { centre: number; spread: number; models: number }[] {
  const fitted = curves.filter(
    ({ facts, losses }) =>
      facts.loss_kind === 'val' && facts.schedule.kind !== 'constant' && losses.every((loss) => loss < 7),
  );
  const models = [...new Set(fitted.map((curve) => curve.facts.prefix_group))].map((model) => {
    const own = fitted.filter((curve) => curve.facts.prefix_group === model);
    const thetas = own.map((curve) => fitLaw(STANDARD_LAW, [publishedCurve(curve)], { priors: [] }).theta);
    const middle = (pick: (theta: Float64Array) => number): number => Math.log(quantile(thetas.map(pick), 0.5));
    return [middle((t) => t[2]!), middle((t) => t[3]!), middle((t) => t[1]! * 1000 ** -t[2]!)];
  });
  return [0, 1, 2].map((k) => {
    const logs = models.map((row) => row[k]!);
    const centre = quantile(logs, 0.5);
    const distances = logs.map((value) => Math.abs(value - centre));
    return { centre, spread: 1.4826 * quantile(distances, 0.5), models: logs.length };
  });
}

function constantsTable(): void {
  console.log('\nConstants of lrAnnealing, whole validation curves, no prior: median, spread of the logarithm, models');
  for (const [k, { centre, spread, models }] of constantsOf(all).entries()) {
    console.log(
      `| ${['alpha', 'C', 'R'][k]} | ${Math.exp(centre).toPrecision(3)} | ${spread.toFixed(2)} | ${models} |`,
    );
  }
}

/** The validation table again, each source forecast with a prior centred on the other sources only. */
function leftOutTable(): void {
  const sources = [...new Set(all.map((curve) => curve.facts.source))];
  if (sources.length < 2) return;
  const names = new Set(thinGroups(all.map((c) => c.facts).filter((f) => f.loss_kind === 'val')).map((f) => f.id));
  const priorsWithout = new Map(
    sources.map((source) => {
      const [alpha, drop, reach] = constantsOf(all.filter((curve) => curve.facts.source !== source));
      const priors = annealingPriors('C', {
        alpha: { mean: alpha!.centre, sd: 0.25 },
        drop: { mean: drop!.centre, sd: 0.5 },
        reach: { mean: reach!.centre, sd: 0.25 },
      });
      return [source, { priors: { lrAnnealing: priors } }];
    }),
  );
  const curves = all.filter((curve) => names.has(curve.facts.id));
  const tests = FRACTIONS.map((f) =>
    curves.flatMap((curve) => backTest(curve, f, priorsWithout.get(curve.facts.source)!) ?? []),
  );
  console.log('\nThe same for validation loss, prior from the other sources only');
  console.log(`| error | ${tests.map(errorCell).join(' | ')} |`);
  console.log(`| inside 80 % | ${tests.map((t) => shareInside(t, 'interval80')).join(' | ')} |`);
  console.log(`| inside 95 % | ${tests.map((t) => shareInside(t, 'interval95')).join(' | ')} |`);
}

function speedTable(): void {
  const curve = all.reduce<LoadedCurve>(
    (best, c) => (Math.abs(c.steps.length - 500) < Math.abs(best.steps.length - 500) ? c : best),
    all[0]!,
  );
  const seen = Math.round(0.8 * curve.steps.length);
  const input = {
    steps: curve.steps.slice(0, seen),
    losses: curve.losses.slice(0, seen),
    lr: curve.lr,
    finalStep: curve.total,
    seed: 1,
  };
  const times = Array.from({ length: 30 }, () => {
    const start = performance.now();
    predictFinalLoss(input);
    return performance.now() - start;
  });
  console.log(
    `\nOne forecast from ${seen} points: first ${times[0]!.toFixed(1)} ms, median ${quantile(times, 0.5).toFixed(1)} ms`,
  );
}
