import { CancelSource } from '../../core/cancel';
import { checkpointStamp } from '../../core/checkpoints/around';
import type { JobPool } from '../../core/engine/jobs';
import { CancelledError, LosslineError, messageOf } from '../../core/errors';
import type { FileSystem } from '../../core/sources/fileSystem';
import {
  analyseCheckpoint,
  type CheckpointOptions,
  type CheckpointReport,
  type Progress,
} from '../../core/spectra/analyseCheckpoint';
import type { TensorReport } from '../../core/spectra/analyseTensors';
import type { AnalysisFault, AnalysisState } from '../../protocol/spectra';

const NOTHING: Progress = { bytes: 0, ofBytes: 0, matrices: 0, ofMatrices: 0 };

/** The analysis of one checkpoint: where it stands and all that it has found. What was found is kept until it is found anew. */
export class Analysis {
  state: AnalysisState = 'idle';
  done: Progress = NOTHING;
  fault: AnalysisFault | null = null;
  /** By name, in the order in which they were measured. */
  readonly tensors = new Map<string, TensorReport>();
  /** What is known at the end only. */
  report: CheckpointReport | null = null;
  #cancel: CancelSource | undefined;
  #stamp = '';

  constructor(
    readonly path: string,
    readonly onChange: (analysis: Analysis, found: readonly TensorReport[]) => void,
  ) {}

  /** Puts it in the queue; false when it is there already, runs or is done. */
  wait(): boolean {
    if (this.state === 'waiting' || this.state === 'running' || this.state === 'done') return false;
    this.#set('waiting', null);
    return true;
  }

  /** Measures everything. Never rejects: faults become the state. */
  async run(fs: FileSystem, pool: JobPool, options: Pick<CheckpointOptions, 'budget' | 'cache'>): Promise<void> {
    if (this.state !== 'waiting') return;
    const cancel = new CancelSource();
    this.#cancel = cancel;
    this.done = NOTHING;
    this.#set('running', null);
    this.#stamp = await checkpointStamp(fs, this.path);
    try {
      const onResult = (tensor: TensorReport, done: Progress): void => {
        this.done = done;
        this.tensors.set(tensor.name, tensor);
        this.onChange(this, [tensor]);
      };
      this.report = await analyseCheckpoint(fs, pool, this.path, { ...options, signal: cancel, onResult });
      if (cancel.aborted) throw new CancelledError();
      this.#set('done', null);
    } catch (error) {
      if (cancel.aborted || error instanceof CancelledError) this.#set('cancelled', null);
      else this.#set('failed', faultOf(error));
    } finally {
      this.#cancel = undefined;
    }
  }

  /** Forgets everything when the files have changed since they were read: trainers write over their last checkpoint. */
  async renew(fs: FileSystem): Promise<void> {
    if (this.state === 'idle' || this.state === 'waiting' || this.state === 'running') return;
    if ((await checkpointStamp(fs, this.path)) === this.#stamp) return;
    this.tensors.clear();
    this.report = null;
    this.done = NOTHING;
    this.#set('idle', null);
  }

  /** Ends it, or takes it out of the queue. */
  cancel(): void {
    if (this.state === 'waiting') this.#set('cancelled', null);
    this.#cancel?.abort();
  }

  #set(state: AnalysisState, fault: AnalysisFault | null): void {
    this.state = state;
    this.fault = fault;
    this.onChange(this, []);
  }
}

function faultOf(error: unknown): AnalysisFault {
  if (error instanceof LosslineError) return error.toJSON();
  return { code: 'internal', message: messageOf(error), file: null, offset: null };
}
