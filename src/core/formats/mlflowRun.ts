import { MAX_CONFIG_TEXT } from '../limits';
import type { ConfigValue } from '../model';
import type { LogFormat, LogParser, LogSample, RecordSink, Verdict } from './format';
import { ByteBuffer, plainBytes } from './json/byteBuffer';
import { isTotalKey } from './keys';
import { mlflowPart } from './text/mlflowPath';

const MAX_META = 64 * 1024;
const decoder = new TextDecoder();

/** Numbers in `meta.yaml`. Source: mlflow/mlflow, mlflow/protos/service.proto (RunStatus). */
const FINISHED = '3';
const FAILED: Readonly<Record<string, string>> = { '4': 'MLflow calls the run failed.', '5': 'The run was killed.' };

/**
 * What an MLflow file store keeps of a run beside its metrics: `meta.yaml` with the status, `params/<key>` with one
 * value each.
 * Source: mlflow/mlflow, mlflow/store/tracking/file_store.py (_get_run_info, _get_param_from_file).
 */
export const mlflowRun: LogFormat = {
  id: 'mlflowRun',
  title: 'MLflow run: status and parameters',
  source: {
    authors: 'MLflow',
    year: 2018,
    title: 'MLflow',
    id: 'mlflow/mlflow',
    where: 'mlflow/store/tracking/file_store.py',
  },
  kind: 'document',
  probe,
  open: (sample) => new RunParser(sample.path ?? sample.name),
};

function probe({ path, head }: LogSample): Verdict {
  const part = mlflowPart(path ?? '');
  if (part?.kind === 'param') return 'yes';
  return part?.kind === 'meta' && /^run_(?:id|uuid):/m.test(decoder.decode(head.subarray(0, MAX_META))) ? 'yes' : 'no';
}

class RunParser implements LogParser {
  readonly #held = new ByteBuffer(MAX_META);
  #tooLarge = false;

  constructor(readonly path: string) {}

  push(chunk: Uint8Array, sink: RecordSink): void {
    if (this.#tooLarge || this.#held.append(plainBytes(chunk), 0, chunk.length)) return;
    this.#tooLarge = true;
    sink.issue('file.tooLarge', `The file is larger than ${MAX_META} bytes: it is left out.`, null);
  }

  flush(sink: RecordSink): void {
    if (this.#tooLarge) return;
    const part = mlflowPart(this.path);
    const text = decoder.decode(this.#held.view());
    if (part?.kind === 'param') readParameter(part.key, text, sink);
    else if (part?.kind === 'meta') status(text, sink);
  }
}

function status(text: string, sink: RecordSink): void {
  const code = /^status: (\d+)\s*$/m.exec(text)?.[1] ?? '';
  const reason = FAILED[code];
  if (code === FINISHED) sink.status({ kind: 'finished' });
  else if (reason !== undefined) sink.status({ kind: 'failed', reason });
}

/** Reports the MLflow parameter `key`, which is kept as the text `text`; a planned number of steps is part of the plan. */
export function readParameter(key: string, text: string, sink: RecordSink): void {
  const value = pythonValue(text.trim().slice(0, MAX_CONFIG_TEXT));
  if (value === null) return;
  sink.config(key, value);
  if (typeof value === 'number' && value > 0 && isTotalKey(key)) {
    sink.plan({ totalSteps: value }, `${key} in the MLflow parameters`);
  }
}

/** Parameters are texts, written by `str` of Python. */
function pythonValue(text: string): ConfigValue {
  if (text === '' || text === 'None') return null;
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}
