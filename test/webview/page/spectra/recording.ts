import type { ComparisonView, MatrixView, SpectraState } from '../../../../src/protocol/spectra';

/** What a session said of one opened checkpoint. */
export interface RecordedSession {
  readonly state: SpectraState;
  /** By path and name with a blank between. */
  readonly matrices: Readonly<Record<string, MatrixView>>;
  /** The first checkpoint against the last. */
  readonly comparison: ComparisonView | null;
}

/** What the page is shown: a training of five checkpoints, and a checkpoint whose matrices are estimated. */
export interface Recording {
  readonly series: RecordedSession;
  readonly single: RecordedSession;
}
