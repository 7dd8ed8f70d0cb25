// Measures the forecasts on recorded curves, each source with priors and interval widths learnt from the others, and
// prints the tables of docs/forecast-quality.md. Arguments: a folder with manifest.json and curves/, the project's own copy
// unless given; `write` to put the tables into that page.
import * as fs from 'node:fs';
import { reduceSeries } from '../../src/core/fit/binAccumulator';
import { backTestLaws } from '../../src/core/forecast/backTest';
import type { Calibration } from '../../src/core/forecast/calibration';
import type { ForecastInput } from '../../src/core/forecast/forecast';
import { predictFinalLoss } from '../../src/core/forecast/predict';
import { generalisedAnnealing } from '../../src/core/laws/generalisedAnnealing';
import { lrAnnealing } from '../../src/core/laws/lrAnnealing';
import { multiPower } from '../../src/core/laws/multiPower';
import { type LoadedCurve, loadCurve, readManifest } from '../core/fit/curveFolder';
import { quantile, type Scores, thinGroups } from '../core/fit/protocols';
import { normals } from '../core/fit/random';
import { compareWithReference } from '../core/fit/reference';
import {
  cooldownFamilies,
  type ErrorRow,
  LOSS_LAWS,
  liveErrors,
  publishedCooldown,
  publishedTransfer,
  selectedErrors,
} from '../core/forecast/lawComparison';
import {
  calibrationsWithout,
  FRACTIONS,
  familiesOf,
  firstPart,
  isSound,
  type Knowledge,
  knowing,
  mean,
  memoryOf,
  priorsWithout,
  type Trial,
  trial,
} from '../core/forecast/tasks';
import {
  cooldowns,
  fromConstantPart,
  fromEarlierCooldown,
  fromOneCooldown,
  priorFor,
  rankings,
} from '../core/forecast/transfer';
import { oneModelScores, seedSpread } from '../core/forecast/transferScores';
import { scoreWorld, WORLDS } from '../core/forecast/worlds';

const words = process.argv.slice(2);
const mode = words.includes('write') ? 'write' : '';
const folder = words.find((word) => word !== 'write') ?? 'test/fixtures/curves';
const curves = readManifest(folder).map((facts) => loadCurve(folder, facts));
const law = generalisedAnnealing;
/** Runs drawn in each made world. */
const WORLD_RUNS = 18;
const lines: string[] = [];
const say = (line: string): void => {
  console.log(line);
  lines.push(line);
};

const families = familiesOf(curves);
const priors = priorsWithout(families);
const memory = memoryOf(curves);
const val = curves.filter((curve) => curve.facts.loss_kind === 'val');
const ownPriors = (curve: LoadedCurve) => priorFor(curve, priors.get(curve.facts.source)!);

if (priors.size > 1) {
  const live = { val: liveTrials('val'), train: liveTrials('train') };
  const widths = calibrationsWithout([...Object.values(live.val), ...Object.values(live.train)].flat());
  liveTables('val', live.val, widths);
  liveTables('train', live.train, widths);
  restTable(liveTrials('val', false), widths);
}
if (priors.size > 1) comparisonTable();
transferTables();
planTables();
worldTable();
floorTable();
speedTable();
referenceTable();
if (mode === 'write') writePage();

type Trials = Readonly<Record<Knowledge, readonly Trial[]>>;

/** Forecasts of the curves that thinning keeps, or of those it leaves out. */
function liveTrials(kind: 'val' | 'train', kept = true): Trials {
  const facts = curves.map((curve) => curve.facts).filter((f) => f.loss_kind === kind);
  const names = new Set(thinGroups(facts).map((f) => f.id));
  const tested = curves.filter((c) => c.facts.loss_kind === kind && names.has(c.facts.id) === kept && isSound(c));
  const of = (knowledge: Knowledge): Trial[] =>
    tested.flatMap((curve) => {
      const options = knowing(knowledge, curve, { general: priors.get(curve.facts.source)!, memory });
      return FRACTIONS.flatMap((fraction) => trial(curve, fraction, { ...options, lawId: law.id }) ?? []);
    });
  return { cold: of('cold'), once: of('once'), warm: of('warm') };
}

function liveTables(kind: 'val' | 'train', sets: Trials, widths: ReadonlyMap<string, Calibration>): void {
  const tested = new Set(sets.cold.map(({ curve }) => curve));
  if (tested.size === 0) return;
  say(`\n### ${kind === 'val' ? 'Validation' : 'Training'} loss, ${tested.size} curves\n`);
  say(`| |error| in %, median / p90 | ${FRACTIONS.map((f) => `${100 * f} %`).join(' | ')} |`);
  say(`|---|${FRACTIONS.map(() => '---|').join('')}`);
  for (const [name, trials] of Object.entries(sets)) {
    say(row(name, trials, errorCell));
    const early = new Set(trials.filter((t) => t.fraction === FRACTIONS[0]).map((t) => t.curve));
    const whole = trials.filter(({ curve }) => early.has(curve));
    if (early.size < tested.size - 4) say(row('- the curves that can be asked at 10 %', whole, errorCell));
    for (const label of new Set(trials.map(labelOf))) {
      const own = trials.filter((t) => labelOf(t) === label);
      say(row(`- ${label}`, own, errorCell));
    }
  }
  say(`\n| interval | ${FRACTIONS.map((f) => `${100 * f} %`).join(' | ')} |`);
  say(`|---|${FRACTIONS.map(() => '---|').join('')}`);
  const width = (t: Trial, of: 'of80' | 'of95'): number => widths.get(t.curve.facts.source)![t.score.regime][of];
  for (const [name, trials] of Object.entries(sets)) {
    say(row(`${name}: inside 80 % / 95 %`, trials, (own) => insideCell(own, widths)));
    say(
      row(
        `${name}: half-width 80 %, median`,
        trials,
        (own) =>
          `${quantile(
            own.map((t) => width(t, 'of80') * t.sd),
            0.5,
          ).toFixed(2)} %`,
      ),
    );
  }
  const refused = sets.cold.filter((t) => !Number.isFinite(t.error));
  say(
    `\nRefused cold: ${refused.map((t) => `${t.curve.facts.id} at ${100 * t.fraction} % (${t.forecast.refused?.code})`).join(', ') || 'none'}.`,
  );
}

function restTable(sets: Trials, widths: ReadonlyMap<string, Calibration>): void {
  if (sets.cold.length === 0) return;
  const count = new Set(sets.cold.map(({ curve }) => curve)).size;
  say(`\n### Validation loss, the ${count} curves that thinning leaves out\n`);
  say(`| |error| in %, median / p90 | ${FRACTIONS.map((f) => `${100 * f} %`).join(' | ')} |`);
  say(`|---|${FRACTIONS.map(() => '---|').join('')}`);
  for (const [name, trials] of Object.entries(sets)) say(row(name, trials, errorCell));
  for (const [name, trials] of Object.entries(sets)) {
    say(row(`${name}: inside 80 % / 95 %`, trials, (own) => insideCell(own, widths)));
  }
}

/** Shares inside with their standard errors, for which the runs of one model at one rate count as one. */
function insideCell(own: readonly Trial[], widths: ReadonlyMap<string, Calibration>): string {
  const families = [...new Set(own.map((t) => t.score.family))];
  const share = (of: 'of80' | 'of95'): string => {
    const isInside = (t: Trial): boolean =>
      Math.abs(t.score.z) <= widths.get(t.curve.facts.source)![t.score.regime][of];
    const part = own.filter(isInside).length / own.length;
    const excess = families.map((name) => {
      return own.reduce((sum, t) => sum + (t.score.family === name ? Number(isInside(t)) - part : 0), 0);
    });
    return `${(100 * part).toFixed(0)} ± ${((100 * Math.hypot(...excess)) / own.length).toFixed(0)}`;
  };
  return `${share('of80')} / ${share('of95')}`;
}

function row(name: string, trials: readonly Trial[], cell: (own: readonly Trial[]) => string): string {
  const cells = FRACTIONS.map((f) => {
    const own = trials.filter((t) => t.fraction === f && Number.isFinite(t.error));
    return own.length === 0 ? '' : cell(own);
  });
  return `| ${name} | ${cells.join(' | ')} |`;
}

function errorCell(trials: readonly Trial[]): string {
  return sizes(
    trials.map((t) => t.error),
    true,
  );
}

function sizes(errors: readonly number[], withCount = false): string {
  const values = errors.map(Math.abs);
  const cell = `${quantile(values, 0.5).toFixed(2)} / ${quantile(values, 0.9).toFixed(2)}`;
  return withCount ? `${cell} (${values.length})` : cell;
}

function labelOf({ curve }: Trial): string {
  return curve.facts.id.startsWith('mng3') ? 'modded-nanogpt, record runs of 2026' : curve.facts.source;
}

/** Every law on validation curves, cold, with the standard one in its own tables above. */
function comparisonTable(): void {
  const facts = val.map((curve) => curve.facts);
  const names = new Set(thinGroups(facts).map((f) => f.id));
  const tested = val.filter((curve) => names.has(curve.facts.id) && isSound(curve));
  say(`\n### All laws, validation loss, cold, ${tested.length} curves\n`);
  say(`| |error| in %, median / p90 | ${FRACTIONS.map((f) => `${100 * f} %`).join(' | ')} |`);
  say(`|---|${FRACTIONS.map(() => '---|').join('')}`);
  const print = (name: string, row: ErrorRow): void =>
    say(`| ${name} | ${row.map((e) => sizes(e, true)).join(' | ')} |`);
  for (const other of LOSS_LAWS) {
    print(other.id, liveErrors(other, tested, { recipe: 'own', generals: priors }));
    // The published recipe of laws with a memory takes minutes.
    if (other.needsLr && other.params.length < 5) {
      print(`${other.id}, published recipe`, liveErrors(other, tested, { recipe: 'published', generals: priors }));
    }
  }
  print('the law that did best earlier in the run', selectedErrors(tested, priors));
}

function transferTables(): void {
  say('\n### Three schedules fitted, six others predicted\n');
  say('| model | law | R2 | MAE | RMSE | PredE | WorstE |\n|---|---|---|---|---|---|---|');
  for (const group of new Set(val.filter((c) => c.facts.t1_role).map((c) => c.facts.group))) {
    const own = val.filter((c) => c.facts.group === group);
    const terms = priors.size > 1 ? ownPriors(own[0]!) : law.priors;
    const print = (name: string, { r2, mae, rmse, predE, worstE }: Scores): void =>
      say(
        `| ${group} | ${name} | ${r2.toFixed(4)} | ${[mae, rmse, predE, worstE].map((v) => v.toFixed(5)).join(' | ')} |`,
      );
    print(law.id, oneModelScores(own, law, terms));
    for (const other of LOSS_LAWS) if (other !== law) print(other.id, publishedTransfer(other, own));
  }
  say('\n### Constant run and shortest 20 % cool-down fitted, ends of all other schedules, median / p90 in %\n');
  const asked = cooldownFamilies(val).slice(0, 4);
  say(`| law | ${asked.map((own) => `${own[0]!.facts.prefix_group} (${own.length - 2})`).join(' | ')} |`);
  say(`|---|${asked.map(() => '---|').join('')}`);
  const cells = asked.map((own) => sizes(fromOneCooldown(own, law, ownPriors(own[0]!)).map((t) => t.error)));
  say(`| ${law.id} | ${cells.join(' | ')} |`);
  for (const other of LOSS_LAWS) {
    if (other !== law) say(`| ${other.id} | ${asked.map((own) => sizes(publishedCooldown(other, own))).join(' | ')} |`);
  }
}

function planTables(): void {
  const asked = cooldowns(val);
  if (asked.length === 0) return;
  say('\n### Change of plan\n');
  say('| question | cases | median / p90, % |\n|---|---|---|');
  const before = asked.map((curve) => fromConstantPart(curve, law, ownPriors(curve)).error);
  say(`| cool-down from the constant part only | ${before.length} | ${sizes(before)} |`);
  const seen = asked.flatMap(
    (curve) => fromEarlierCooldown(curve, { curves: val, law, priors: ownPriors(curve) })?.error ?? [],
  );
  say(`| the same, one earlier cool-down seen | ${seen.length} | ${sizes(seen)} |`);
  const ranked = rankings(val, { lawId: law.id, priors: ownPriors });
  const differences = ranked.flatMap((r) => r.differences);
  say(`| difference to the 20 % plan, from 10 % of the run | ${differences.length} | ${sizes(differences)} |`);
  const regrets = ranked.map((r) => r.regret);
  say(
    `| regret of the plan chosen, mean / max | ${regrets.length} | ${mean(regrets).toFixed(3)} / ${Math.max(...regrets).toFixed(3)} |`,
  );
  const custom = ranked.map((r) => r.regretOfCustom);
  say(
    `| regret of always 20 %, mean / max | ${custom.length} | ${mean(custom).toFixed(3)} / ${Math.max(...custom).toFixed(3)} |`,
  );
}

/** Runs that no source has: other laws, other units, events on the way; by the shipped prior and widths. */
function worldTable(): void {
  say(`\n### Made runs, ${WORLD_RUNS} of each kind\n`);
  say('| kind | asked | refused | median / p90, % | inside 80 % / 95 % |\n|---|---|---|---|---|');
  for (const world of WORLDS) {
    const { name, asked, refused, errors, inside80, inside95 } = scoreWorld(world, WORLD_RUNS);
    const why = [...refused].map(([code, count]) => `${code} ${count}`).join(', ') || 'none';
    const shares = [inside80, inside95].map((share) => (100 * share).toFixed(0)).join(' / ');
    say(`| ${name} | ${asked} | ${why} | ${errors.length > 0 ? `${sizes(errors)} | ${shares}` : ' | '} |`);
  }
}

function floorTable(): void {
  const spreads = seedSpread(val.filter(isSound));
  if (spreads.length === 0) return;
  say('\n### Floor: spread of the final loss between seeds of one recipe\n');
  say('| recipe | seeds | standard deviation, % |\n|---|---|---|');
  for (const { name, seeds, sd } of spreads) say(`| ${name} | ${seeds} | ${sd.toFixed(3)} |`);
}

function speedTable(): void {
  const near = (count: number): LoadedCurve =>
    curves.reduce((best, c) => (Math.abs(c.steps.length - count) < Math.abs(best.steps.length - count) ? c : best));
  const input = firstPart(near(500), 0.8)!;
  const long = longRun();
  const bins = reduceSeries(long.steps, long.losses);
  const rows: [string, () => unknown][] = [
    [`forecast with curve and report, ${input.steps.length} points`, () => predictFinalLoss(input)],
    ['the same by lrAnnealing', () => predictFinalLoss({ ...input, lawId: 'lrAnnealing' })],
    ['the same, other laws tested on the run itself', () => [predictFinalLoss(input), backTestLaws(input)]],
    ['live refit, 100 000 points reduced while they arrived', () => predictFinalLoss(long, { reduced: bins })],
    ['reducing 100 000 points once', () => reduceSeries(long.steps, long.losses)],
  ];
  say('\n### Speed, processor time\n');
  say('| what | first, ms | median, ms |\n|---|---|---|');
  for (const [name, work] of rows) {
    const times = Array.from({ length: 25 }, () => {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    say(`| ${name} | ${times[0]!.toFixed(1)} | ${quantile(times, 0.5).toFixed(1)} |`);
  }
}

/** Beside the same laws in numpy and scipy, where they are installed: processor time, same points, same loss, no priors. */
function referenceTable(): void {
  const curve = val.find(({ facts }) => facts.schedule.kind === 'cosine' && facts.t1_role === 'fit') ?? val[0];
  const found = [lrAnnealing, multiPower].flatMap((other) => (curve && compareWithReference(other, curve)) ?? []);
  if (found.length === 0) return;
  say('\n### Speed beside scipy\n');
  say('| law | points | scipy, ms | here, ms | ratio | cost, scipy | cost, here |\n|---|---|---|---|---|---|---|');
  for (const { law, points, reference, own, referenceCost, ownCost } of found) {
    const times = [1000 * reference, 1000 * own].map((value) => value.toFixed(0));
    const ratio = (reference / own).toFixed(0);
    say(
      `| ${law} | ${points} | ${times.join(' | ')} | ${ratio} | ${referenceCost.toFixed(3)} | ${ownCost.toFixed(3)} |`,
    );
  }
}

/** A run logged at each of 100 000 steps, half of its plan. */
function longRun(): ForecastInput {
  const steps = Float64Array.from({ length: 100_000 }, (_, i) => i + 1);
  const errors = normals(steps.length, 5);
  const losses = steps.map((step, i) => (2.8 + 8 * step ** -0.35) * (1 + 0.02 * errors[i]!));
  const lr = { steps: Float64Array.of(0, 2000, 150_000, 200_000), lrs: Float64Array.of(0, 6e-4, 6e-4, 0) };
  return { steps, losses, lr, finalStep: 200_000, seed: 1 };
}

function writePage(): void {
  const page = 'docs/forecast-quality.md';
  const [begin, end] = ['<!-- tables:begin -->', '<!-- tables:end -->'];
  const before = fs.readFileSync(page, 'utf8');
  const [head, tail] = [before.indexOf(begin) + begin.length, before.indexOf(end)];
  fs.writeFileSync(page, `${before.slice(0, head)}\n${lines.join('\n').trim()}\n${before.slice(tail)}`);
}
