import type { LogFormat, RecordSink } from './format';
import { EventLines, type JsonEvent, numberOf, probeEvents } from './json/eventLines';

const SCALAR = 'training_stats_scalar';

/**
 * Scalars of a ClearML task that ran offline: `metrics.jsonl` in the folder of its session, a list of events per line.
 * Source: clearml/clearml, clearml/backend_interface/metrics/interface.py (_do_write_events).
 */
export const clearml: LogFormat = {
  id: 'clearml',
  title: 'ClearML offline session',
  source: {
    authors: 'ClearML',
    year: 2019,
    title: 'ClearML',
    id: 'clearml/clearml',
    where: 'clearml/backend_interface/metrics/interface.py',
  },
  kind: 'stream',
  refines: 'jsonl',
  probe: (sample) => probeEvents(sample, isScalar),
  open: () => new EventLines(take),
};

function isScalar(event: JsonEvent): boolean {
  return event.type === SCALAR && typeof event.metric === 'string' && typeof event.task === 'string';
}

/** A chart (`metric`) has one curve per `variant`; a curve named as its chart needs no second name. */
function take(event: JsonEvent, sink: RecordSink): boolean {
  const { metric, variant } = event;
  const step = numberOf(event.iter);
  const value = numberOf(event.value);
  if (!isScalar(event) || step === undefined || value === undefined || !Number.isFinite(step)) return false;
  const label = typeof variant === 'string' && variant !== metric ? `${metric}/${variant}` : String(metric);
  sink.point(sink.series(label), step, value);
  return true;
}
