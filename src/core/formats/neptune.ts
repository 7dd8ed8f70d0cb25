import type { ConfigValue } from '../model';
import type { LogFormat, LogParser, RecordSink } from './format';
import { EventLines, isObject, type JsonEvent, numberOf, probeEvents } from './json/eventLines';
import { isTotalKey } from './keys';

/** Operations that set one value. */
const ASSIGNED = new Set(['AssignInt', 'AssignFloat', 'AssignString', 'AssignBool']);
/** Where the client keeps what it knows of the machine. */
const SYSTEM = new Set(['sys', 'monitoring', 'source_code']);

/**
 * The queue of a Neptune run that is or was offline: `.neptune/…/data-1.log`, one operation per line. Series are read, single
 * values are hyperparameters; what is said of the machine is left out.
 * Source: neptune-ai/neptune-client, src/neptune/internal/operation.py, disk_queue.py.
 */
export const neptune: LogFormat = {
  id: 'neptune',
  title: 'Neptune offline run',
  source: {
    authors: 'Neptune',
    year: 2021,
    title: 'Neptune client',
    id: 'neptune-ai/neptune-client',
    where: 'src/neptune/internal/operation.py, disk_queue.py',
  },
  kind: 'stream',
  refines: 'jsonl',
  probe: (sample) => probeEvents(sample, (event) => operationOf(event) !== undefined),
  open: newParser,
};

interface Operation {
  readonly type: string;
  readonly path: readonly string[];
  readonly body: JsonEvent;
}

function operationOf({ obj, version }: JsonEvent): Operation | undefined {
  if (!isObject(obj) || typeof version !== 'number' || typeof obj.type !== 'string') return undefined;
  const { path, type } = obj;
  if (!Array.isArray(path) || !path.every((part) => typeof part === 'string')) return undefined;
  return { type, path, body: obj };
}

function newParser(): LogParser {
  /** Points so far of each series that is logged without steps. */
  const counts = new Map<string, number>();
  return new EventLines((event, sink) => {
    const operation = operationOf(event);
    if (operation === undefined || SYSTEM.has(operation.path[0] ?? '')) return false;
    if (operation.type === 'LogFloats') return takeSeries(operation, counts, sink);
    return ASSIGNED.has(operation.type) && takeValue(operation, sink);
  });
}

function takeSeries({ path, body }: Operation, counts: Map<string, number>, sink: RecordSink): boolean {
  const label = path.join('/');
  const entries = Array.isArray(body.values) ? body.values.filter(isObject) : [];
  for (const entry of entries) {
    const value = numberOf(entry.value);
    const count = counts.get(label) ?? 0;
    const step = numberOf(entry.step) ?? count;
    counts.set(label, count + 1);
    if (value !== undefined && Number.isFinite(step)) sink.point(sink.series(label), step, value);
  }
  return entries.length > 0;
}

function takeValue({ path, body }: Operation, sink: RecordSink): boolean {
  const { value } = body;
  if (!['string', 'number', 'boolean'].includes(typeof value)) return false;
  const key = path.at(-1)!;
  sink.config(path.slice(1).join('/') || key, value as ConfigValue);
  if (typeof value === 'number' && value > 0 && isTotalKey(key)) {
    sink.plan({ totalSteps: value }, `${path.join('/')} in the Neptune run`);
  }
  return true;
}
