import type { LayerKind, ParamGroup, SkippedTensor } from '../core/checkpoints/checkpoint';
import type { RunId } from '../core/model';
import type { AttentionReport } from '../core/spectra/analyseAttention';
import type { MatrixMeasures } from '../core/spectra/analyseMatrix';
import type { TensorReport } from '../core/spectra/analyseTensors';
import type { CheckpointComparison } from '../core/spectra/compareCheckpoints';
import type { Estimate } from '../core/spectra/spectrum';
import type { SpectraWarning } from '../core/spectra/warningRule';

export type { CheckpointComparison, Estimate, LayerKind, MatrixMeasures, SpectraWarning };

/** A checkpoint that was found by its name; nothing of it has been read. */
export interface FoundCheckpointView {
  /** What is opened: a file, or a folder that is one checkpoint. */
  readonly path: string;
  /** Path below the folder that was searched. */
  readonly label: string;
  readonly step: number | null;
  readonly epoch: number | null;
  /** Size of its weights on disk; `null` when it was not looked up. */
  readonly bytes: number | null;
}

/** Checkpoints of a run or of a folder, by step. */
export interface CheckpointList {
  readonly checkpoints: readonly FoundCheckpointView[];
  /** A limit ended the search early. */
  readonly capped: boolean;
}

/**
 * Where the analysis of a checkpoint stands. `idle`: nobody asked for it. `cancelled` and `failed` keep what was measured before.
 */
export type AnalysisState = 'idle' | 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

/** Why an analysis failed, with the place in the file where it is known. */
export interface AnalysisFault {
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly offset: number | null;
}

/** A checkpoint of the panel and how far its analysis is. */
export interface CheckpointView extends FoundCheckpointView {
  /** Brought in to compare with: none of this training. */
  readonly added: boolean;
  readonly state: AnalysisState;
  readonly done: {
    readonly bytes: number;
    readonly ofBytes: number;
    readonly matrices: number;
    readonly ofMatrices: number;
  };
  readonly fault: AnalysisFault | null;
}

/** A matrix as the tables and maps show it: its report without the curve, and what is found wrong. */
export interface TensorView extends Omit<TensorReport, 'measures'> {
  readonly measures: Omit<MatrixMeasures, 'curve'> | null;
  readonly findings: readonly SpectraWarning[];
}

/** What a checkpoint says beside its matrices, known when its analysis ends. */
export interface CheckpointFacts {
  readonly skipped: readonly SkippedTensor[];
  readonly attention: { readonly layers: readonly AttentionReport[]; readonly reason: string | null };
  readonly paramGroups: readonly ParamGroup[];
}

/** Matrices of one checkpoint that were measured, the newest of each name counts. */
export interface TensorBatch {
  readonly path: string;
  readonly tensors: readonly TensorView[];
}

/** A number that a law needs, and where it was read; `null`: unknown. */
export interface ScaleInput {
  readonly value: number | null;
  /** For people: `in config.yaml, line 3`, or why it is not known. */
  readonly where: string;
}

/** What σ₁ ∝ √(η/λ)·d^0.75 needs of one checkpoint (arXiv 2510.15262). */
export interface ScaleFacts {
  readonly path: string;
  readonly learningRate: ScaleInput;
  readonly weightDecay: ScaleInput;
  /** Width of the model. */
  readonly width: ScaleInput;
  /** √(η/λ)·d^0.75; `null` when an input is missing. */
  readonly scale: number | null;
  /** Steps over which weights forget, 1/(ηλ): before two of them nothing is settled. `null` when unknown. */
  readonly averagingSteps: number | null;
}

/** Everything that a spectra panel needs to draw itself from nothing. */
export interface SpectraState {
  /** The checkpoint that was opened. */
  readonly path: string;
  /** Run that it belongs to, when one is followed. */
  readonly run: { readonly id: RunId; readonly name: string } | null;
  /** All checkpoints beside it, by step; the opened one is among them. */
  readonly checkpoints: readonly CheckpointView[];
  readonly capped: boolean;
  readonly tensors: readonly TensorBatch[];
  readonly facts: readonly (CheckpointFacts & { readonly path: string })[];
  readonly scales: readonly ScaleFacts[];
}

/** One matrix in full. */
export interface MatrixView {
  readonly path: string;
  readonly name: string;
  readonly curve: MatrixMeasures['curve'];
  /** Singular values of noise of this shape and bulk at the ranks of the curve; `null` without a bulk. */
  readonly noise: readonly number[] | null;
  /** The fitted tail as a line: ranks and singular values of its two ends; `null` without a fit. */
  readonly tail: { readonly ranks: readonly [number, number]; readonly sigma: readonly [number, number] } | null;
}

/** How the comparison of two checkpoints stands. */
export interface ComparisonView {
  readonly path: string;
  readonly other: string;
  /** Matrices that are done. */
  readonly done: number;
  readonly of: number;
  /** `null` until all are done, and when it failed. */
  readonly result: CheckpointComparison | null;
  /** Why it failed; empty otherwise. */
  readonly fault: string;
}

/** Whether a checkpoint is analysed when its panel opens: at once, only when that takes seconds, or not. */
export type FirstAnalysis = 'always' | 'small' | 'never';

/** What the spectra panel can be saved as by the background process. */
export type SpectraExport = 'csv' | 'json' | 'markdown';

/**
 * The spectra panel. Requests named `host/…` are answered by the extension host; all others pass to the background process
 * unchanged. After `view/open` the panel receives events until it is hidden.
 */
export interface SpectraPanelContract {
  requests: {
    /** Sent when the panel starts or is shown again; analyses what nobody has asked for yet, as far as `analyse` allows. */
    'view/open': { params: { path: string; analyse: FirstAnalysis }; result: SpectraState };
    /** Analyses checkpoints one after the other; those that are done or running stay as they are. */
    'spectra/start': { params: { paths: readonly string[] }; result: null };
    /** Ends analyses; what they have found stays. */
    'spectra/cancel': { params: { paths: readonly string[] }; result: null };
    /** One matrix with its spectrum. Error `argument.invalid` when it was not measured. */
    'spectra/matrix': { params: { path: string; name: string }; result: MatrixView };
    /** Adds a checkpoint from elsewhere to compare with, and analyses it. */
    'spectra/add': { params: { path: string }; result: null };
    /** Compares two analysed checkpoints by the principal angles of their leading directions; events tell how it goes. */
    'spectra/compare': { params: { path: string; other: string }; result: null };
    /** All that is known as a text to be saved. */
    'spectra/export': { params: { path: string; format: SpectraExport }; result: { name: string; content: string } };
    'host/copy': { params: { text: string }; result: null };
    'host/save': { params: { name: string; content: string; base64: boolean }; result: { saved: boolean } };
    /** Asks the user for a checkpoint; `null` when none was chosen. */
    'host/pickCheckpoint': { params: null; result: { path: string } | null };
    /** The panel is drawn: what it shows, for tests and for its title. */
    'host/drawn': { params: SpectraFactsShown; result: null };
  };
  toPanel: {
    /** A checkpoint appeared or its analysis went on; by path. */
    'checkpoints/didChange': readonly CheckpointView[];
    /** Matrices that were measured since the last event. */
    'tensors/didArrive': readonly TensorBatch[];
    /** An analysis ended. */
    'facts/didArrive': readonly (CheckpointFacts & { readonly path: string })[];
    'scales/didChange': readonly ScaleFacts[];
    'comparison/didChange': ComparisonView;
    /** The background process is back: open the view again. */
    'server/didRestart': null;
  };
}

/** What a spectra panel shows, in numbers. */
export interface SpectraFactsShown {
  readonly path: string;
  readonly matrices: number;
  readonly checkpoints: number;
}
