import type { Reply } from '../../../../src/protocol/channel';
import type { CompareLook } from '../../../../src/protocol/compare';
import { event, FirstDrawing, lost, scenarioName as name, type Request, standIn } from '../host';
import { Sweep, type SweepOptions } from './sweep';

// Answers the compare panel from a made sweep.
const SCENARIOS: Readonly<Record<string, SweepOptions>> = {
  empty: { count: 0 },
  one: { count: 1 },
  three: { count: 3 },
  ready: { count: 30 },
  fitting: { count: 120, forecast: 37 },
  large: { count: 500 },
  hostile: { count: 12, isHostile: true },
};

const sweep = new Sweep(SCENARIOS[name] ?? SCENARIOS.ready!);
const told = new Set<string>();
let lastPinned: string | null | undefined;
const first = new FirstDrawing();

async function answer(request: Request): Promise<Reply | null> {
  if (request.name !== 'view/open') {
    if (request.name === 'view/look') setTimeout(() => tell(request.body as CompareLook));
    return { ok: request.name === 'host/save' ? { saved: true } : null };
  }
  if (name === 'loading') return null;
  if (name === 'error') return lost('sweep/7/metrics.jsonl');
  first.answered();
  return { ok: sweep.state() };
}

/** Tells the page of the curves that it looks at for the first time. */
function tell({ runs, pinned }: CompareLook): void {
  const fresh = runs.filter((run) => !told.has(run));
  for (const run of fresh) told.add(run);
  for (let k = 0; k < fresh.length; k += 25) event('curves/didChange', sweep.curves(fresh.slice(k, k + 25)));
  if (lastPinned !== pinned) event('standings/didChange', sweep.standings(pinned));
  lastPinned = pinned;
}

/** Lets some live runs go on by a step, as growing logs do. */
function grow(count: number): void {
  const live = sweep.runs.filter(({ row }) => row.state === 'live').slice(0, count);
  const rows = live.map(({ row }) => ({ ...row, step: (row.step ?? 0) + 1, loss: (row.loss ?? 3) - 0.001 }));
  event('rows/didChange', { rows, removed: [], progress: sweep.state().progress });
  event('curves/didChange', sweep.curves(live.map(({ row }) => row.run)));
}

standIn(answer, { grow, timings: () => first.ms });
