import type { CheckpointView, SpectraState } from '../../../../src/protocol/spectra';
import type { RecordedSession, Recording } from './recording';

type Change = (session: RecordedSession) => RecordedSession;

const state =
  (change: (state: SpectraState) => Partial<SpectraState>): Change =>
  (session) => ({ ...session, state: { ...session.state, ...change(session.state) } });

/** Changes the checkpoint that was opened. */
const opened = (change: (checkpoint: CheckpointView) => Partial<CheckpointView>): Change =>
  state(({ path, checkpoints }) => ({
    checkpoints: checkpoints.map((each) => (each.path === path ? { ...each, ...change(each) } : each)),
  }));

/** Only what was measured first, of the opened checkpoint alone; the others were not asked for. */
const partly =
  (matrices: number): Change =>
  (session) => {
    const { path, checkpoints, tensors } = session.state;
    const cut = tensors.filter((batch) => batch.path === path);
    return state(() => ({
      checkpoints: checkpoints.map((each) => (each.path === path ? each : { ...each, state: 'idle', done: NOTHING })),
      tensors: cut.map((batch) => ({ ...batch, tensors: batch.tensors.slice(0, matrices) })),
      facts: [],
    }))(session);
  };

const NOTHING = { bytes: 0, ofBytes: 0, matrices: 0, ofMatrices: 0 };
const alone = state(({ path, checkpoints }) => ({ checkpoints: checkpoints.filter((each) => each.path === path) }));
const halfway = (done: CheckpointView['done']): CheckpointView['done'] => ({
  ...done,
  matrices: Math.round(done.ofMatrices / 2),
  bytes: Math.round(done.ofBytes * 0.42),
});

const skippedAll = (reason: string): Change =>
  state(({ path, facts }) => ({
    tensors: [],
    facts: [
      {
        ...facts[0]!,
        path,
        skipped: ['exp_avg', 'exp_avg_sq'].flatMap((kind) =>
          [0, 1, 2].map((layer) => ({ name: `state.${layer}.${kind}`, file: path, reason })),
        ),
      },
    ],
  }));

const chain =
  (...changes: readonly Change[]): Change =>
  (session) =>
    changes.reduce((result, change) => change(result), session);

/** As many layers and checkpoints as a long training of a large model has; the values repeat. */
const repeated =
  (layers: number, steps: number): Change =>
  (session) => {
    const { path, tensors, checkpoints, scales } = session.state;
    const of = (index: number): string => (index === steps - 1 ? path : `${path}-${index}`);
    const grown = tensors.map((batch) =>
      Array.from({ length: layers }, (_, layer) =>
        batch.tensors
          .filter((tensor) => tensor.layer === layer % 8)
          .map((tensor) => ({ ...tensor, name: tensor.name.replace(/\d+/, String(layer)), layer })),
      ).flat(),
    );
    const indices = Array.from({ length: steps }, (_, i) => i);
    return state(() => ({
      checkpoints: indices.map((i) => ({
        ...checkpoints.at(-1)!,
        path: of(i),
        label: `step-${1000 * i}`,
        step: 1000 * i,
      })),
      tensors: indices.map((i) => ({ path: of(i), tensors: grown[Math.floor((i * grown.length) / steps)]! })),
      scales: indices.map((i) => ({ ...scales[0]!, path: of(i) })),
    }))(session);
  };

/** Every state of the panel, made of what was recorded. */
export const SCENARIOS: Readonly<Record<string, (recording: Recording) => RecordedSession>> = {
  ready: ({ series }) => series,
  large: ({ series }) => repeated(80, 40)(series),
  single: ({ series }) => alone(partly(999)(series)),
  estimated: ({ single }) => single,
  analysing: ({ series }) =>
    chain(
      partly(26),
      opened(({ done }) => ({ state: 'running', done: halfway(done) })),
    )(series),
  starting: ({ series }) =>
    chain(
      alone,
      partly(0),
      opened(() => ({ state: 'running', done: NOTHING })),
    )(series),
  idle: ({ series }) =>
    chain(
      alone,
      partly(0),
      opened(() => ({ state: 'idle', done: NOTHING, bytes: 14_200_000_000 })),
    )(series),
  cancelled: ({ series }) =>
    chain(
      partly(26),
      opened(({ done }) => ({ state: 'cancelled', done: halfway(done) })),
    )(series),
  failed: ({ series }) =>
    chain(
      alone,
      partly(0),
      opened(({ path }) => ({
        state: 'failed',
        done: NOTHING,
        fault: {
          code: 'checkpoint.invalid',
          message: 'Tensor model.norm.weight ends behind the file.',
          file: path,
          offset: 184_320,
        },
      })),
    )(series),
  optimizer: ({ series }) => chain(alone, skippedAll('optimizer state'))(series),
  quantised: ({ series }) => chain(alone, skippedAll('Q4_K, a quantised format that is not read'))(series),
  missing: ({ series }) =>
    state(({ scales }) => ({
      scales: scales.map((facts) => ({
        ...facts,
        weightDecay: { value: null, where: 'no optimizer state in the checkpoint, and no followed run around it' },
        scale: null,
        averagingSteps: null,
      })),
    }))(series),
};
