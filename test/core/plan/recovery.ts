// Measures what `inferSchedule` recovers: `node recovery.mjs [folder of real curves]` after bundling. Prints the tables of docs/plans.md.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inferSchedule } from '../../../src/core/plan/infer';
import { FAMILIES, randomRun, seededRandom } from './randomRuns';

const PREFIXES = [0.1, 0.3, 0.5, 0.7, 0.9];
const RUNS = Number(process.env.RUNS ?? 40);

interface Verdict {
  kind: string;
  confidence: number;
  right: boolean;
}
const verdicts: Verdict[] = [];

function bins(kind: string): void {
  const edges = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01];
  for (let i = 1; i < edges.length; i++) {
    const inside = verdicts.filter((v) => v.kind === kind && v.confidence >= edges[i - 1]! && v.confidence < edges[i]!);
    if (inside.length === 0) continue;
    const said = inside.reduce((sum, v) => sum + v.confidence, 0) / inside.length;
    const right = inside.filter((v) => v.right).length / inside.length;
    console.log(
      `${kind.padEnd(12)} ${edges[i - 1]}-${edges[i]}  n=${String(inside.length).padStart(5)}  said ${said.toFixed(2)}  right ${right.toFixed(2)}`,
    );
  }
}

const hit = (known: { value: number } | undefined, truth: number, room: number): boolean =>
  known !== undefined && Math.abs(known.value - truth) <= room;

function synthetic(withTotal: boolean): void {
  verdicts.length = 0;
  const random = seededRandom(Number(process.env.SEED ?? 303));
  const confusion = new Map<string, Map<string, number>>();
  const horizons = new Map<string, number[]>();
  const wrong: string[] = [];
  let time = 0;
  let count = 0;
  for (const family of FAMILIES)
    for (const prefix of PREFIXES)
      for (let i = 0; i < RUNS; i++) {
        const run = randomRun(family, random, prefix);
        const { schedule } = run;
        const begin = performance.now();
        const found = inferSchedule({
          steps: run.steps,
          lrs: run.lrs,
          hints: {},
          ...(withTotal ? { totalSteps: schedule.totalSteps } : {}),
        });
        time += performance.now() - begin;
        count++;
        const seen = prefix * schedule.totalSteps;
        const began =
          seen > schedule.decayStart + 3 * run.interval + 0.03 * schedule.decaySteps && family !== 'constant';
        const label = found.phase === 'decaying' || found.phase === 'decayed' ? found.facts.family!.value : found.phase;
        if (began) {
          const row = confusion.get(family) ?? new Map<string, number>();
          row.set(label, (row.get(label) ?? 0) + 1);
          confusion.set(family, row);
        }
        if (found.phase === 'decaying' || found.phase === 'decayed') {
          const fam = found.facts.family!;
          const right = fam.value === family;
          verdicts.push({ kind: 'family', confidence: fam.confidence, right });
          if (!right && fam.confidence > 0.9)
            wrong.push(
              `${family} as ${fam.value} ${fam.confidence} at ${prefix} ${run.rounding} n=${run.steps.length} int=${run.interval} T=${schedule.totalSteps} W=${schedule.warmupSteps} d=${schedule.decayStart} f=${(schedule.finalLr / schedule.peakLr).toFixed(3)} peak=${schedule.peakLr} p=${schedule.power}`,
            );
          if (found.facts.totalSteps) {
            const ok = hit(found.facts.totalSteps, schedule.totalSteps, 0.05 * schedule.totalSteps);
            verdicts.push({ kind: 'total', confidence: found.facts.totalSteps.confidence, right: ok });
            if (!ok && found.facts.totalSteps.confidence > 0.9)
              wrong.push(
                `TOTAL ${family}→${fam.value} said ${found.facts.totalSteps.value} ${found.facts.totalSteps.confidence} at ${prefix} ${run.rounding} n=${run.steps.length} T=${schedule.totalSteps} W=${schedule.warmupSteps} d=${schedule.decayStart} f=${(schedule.finalLr / schedule.peakLr).toFixed(3)} peak=${schedule.peakLr}`,
              );
          }
          if (began) {
            const key = `${family} ${prefix}`;
            const row = horizons.get(key) ?? [0, 0, 0];
            row[0]!++;
            if (hit(found.facts.totalSteps, schedule.totalSteps, 0.05 * schedule.totalSteps)) row[1]!++;
            if (hit(found.facts.totalSteps, schedule.totalSteps, Math.max(2, 0.005 * schedule.totalSteps))) row[2]!++;
            horizons.set(key, row);
          }
          if (found.facts.finalLr)
            verdicts.push({
              kind: 'final',
              confidence: found.facts.finalLr.confidence,
              right: hit(found.facts.finalLr, schedule.finalLr, 0.02 * schedule.peakLr),
            });
        }
        if (found.facts.warmupSteps) {
          verdicts.push({
            kind: 'warmup',
            confidence: found.facts.warmupSteps.confidence,
            right: hit(
              found.facts.warmupSteps,
              schedule.warmupSteps,
              Math.max(2, 0.05 * schedule.warmupSteps, 0.002 * schedule.totalSteps),
            ),
          });
        }
        if (found.phase === 'stable') {
          const fam = found.facts.family!;
          verdicts.push({
            kind: 'stable',
            confidence: fam.confidence,
            right: family === fam.value || (fam.value === 'constant' && family === 'step' && !withTotal),
          });
        }
      }
  console.log(
    `\n== synthetic, total ${withTotal ? 'known' : 'unknown'}: ${count} inferences, ${(time / count).toFixed(2)} ms each`,
  );
  for (const [family, row] of confusion)
    console.log(
      family.padEnd(16),
      [...row]
        .sort((a, b) => b[1] - a[1])
        .map(([k, n]) => `${k} ${n}`)
        .join(', '),
    );
  for (const kind of ['family', 'total', 'final', 'warmup', 'stable']) bins(kind);
  if (!withTotal)
    for (const family of FAMILIES) {
      const cells = PREFIXES.map((prefix) => horizons.get(`${family} ${prefix}`)).map((row) =>
        row ? `${row[1]}/${row[0]} (${row[2]})` : '-',
      );
      console.log(family.padEnd(16), cells.join('  '));
    }
  console.log('confidently wrong:', wrong.length);
  for (const line of wrong.slice(0, 25)) console.log('  ', line);
}

interface Curve {
  id: string;
  file: string;
  source: string;
  lr_unit: string;
  loss_kind: string;
  schedule: {
    kind: string;
    total_steps: number;
    peak_lr: number;
    warmup_steps: number;
    decay_start?: number;
    decay_steps?: number;
    decay_shape?: string;
    final_lr?: number;
  };
}

const KIND: Record<string, string> = {
  linear: 'linear',
  cosine: 'cosine',
  '1-sqrt': 'sqrt',
  exp: 'exponential',
  step: 'step',
};

/** The manifest's kind in our words; two runs are given as knots of a cosine and of a trapezoid. */
function trueFamily({ id, schedule }: Curve): string {
  if (schedule.kind === 'knots') return id.includes('llmc') ? 'cosine' : 'wsd-linear';
  if (schedule.kind !== 'wsd' && schedule.kind !== 'two-stage') return schedule.kind;
  if (schedule.decay_shape === 'step') return 'step';
  if (schedule.decay_start! <= schedule.warmup_steps && schedule.decay_shape === 'linear') return 'linear';
  return `wsd-${KIND[schedule.decay_shape!]}`;
}

function real(folder: string): void {
  const { curves } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { curves: Curve[] };
  for (const withTotal of [false, true]) {
    verdicts.length = 0;
    const table = new Map<string, number[]>();
    const wrong: string[] = [];
    for (const curve of curves)
      for (const prefix of [0.3, 0.5, 0.7, 0.9]) {
        const rows = readFileSync(join(folder, curve.file), 'utf8')
          .trim()
          .split('\n')
          .slice(1)
          .map((line) => line.split(',').map(Number));
        const s = curve.schedule;
        const seen = rows.filter((row) => row[0]! <= prefix * s.total_steps);
        const found = inferSchedule({
          steps: seen.map((r) => r[0]!),
          lrs: seen.map((r) => r[1]!),
          hints: {},
          ...(withTotal ? { totalSteps: s.total_steps } : {}),
        });
        const start = s.decay_start ?? s.total_steps;
        const length = s.decay_steps ?? s.total_steps - start;
        const began = prefix * s.total_steps > start + 0.1 * length && s.kind !== 'constant' && s.kind !== 'knots';
        const truth = trueFamily(curve);
        const key = `${truth} ${began ? 'decay seen' : 'not yet'} ${prefix}`;
        const row = table.get(key) ?? [0, 0, 0, 0];
        row[0]!++;
        const { facts } = found;
        const famRight = facts.family?.value === truth;
        const end = start + length;
        const horizon =
          facts.decaySteps && facts.decayStart ? facts.decayStart.value + facts.decaySteps.value : undefined;
        const endRight = horizon !== undefined && Math.abs(horizon - end) <= 0.05 * end;
        const finalRight = hit(facts.finalLr, s.final_lr ?? s.peak_lr, 0.02 * s.peak_lr);
        if (famRight) row[1]!++;
        if (endRight) row[2]!++;
        if (finalRight) row[3]!++;
        table.set(key, row);
        if (facts.family) verdicts.push({ kind: 'family', confidence: facts.family.confidence, right: famRight });
        if (facts.decaySteps) verdicts.push({ kind: 'end', confidence: facts.decaySteps.confidence, right: endRight });
        if (facts.finalLr) verdicts.push({ kind: 'final', confidence: facts.finalLr.confidence, right: finalRight });
        if (facts.family && !famRight && facts.family.confidence > 0.8)
          wrong.push(
            `${curve.id} ${prefix}: ${truth} as ${facts.family.value} ${facts.family.confidence} ${found.sentence}`,
          );
        if (facts.decaySteps && !endRight && facts.decaySteps.confidence > 0.8)
          wrong.push(
            `${curve.id} ${prefix}: end ${horizon} not ${end} ${facts.decaySteps.confidence} ${found.sentence}`,
          );
      }
    console.log(`\n== real, total ${withTotal ? 'known' : 'unknown'}`);
    for (const [key, row] of [...table].sort())
      console.log(key.padEnd(36), `family ${row[1]}/${row[0]}  end ${row[2]}/${row[0]}  final ${row[3]}/${row[0]}`);
    for (const kind of ['family', 'end', 'final']) bins(kind);
    console.log('confidently wrong:', wrong.length);
    for (const line of wrong.slice(0, 15)) console.log('  ', line);
  }
}

synthetic(false);
synthetic(true);
const folder = process.argv[2];
if (folder !== undefined && existsSync(folder)) real(folder);
