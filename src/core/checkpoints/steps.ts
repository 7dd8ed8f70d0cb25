/** Steps and epochs in the names of checkpoints. */
export interface NamedStep {
  /** Optimizer steps; null when the name says none. */
  readonly step: number | null;
  readonly epoch: number | null;
}

/**
 * Where trainers put the step: PyTorch Lightning `epoch=3-step=900.ckpt`, OLMo `step1000-unsharded`, torchtitan
 * `step-1000`, DeepSpeed `global_step1000`, Megatron `iter_0001000`, LitGPT `iter-000500-ckpt.pth`, Composer
 * `ep1-ba4800-rank0.pt`, fairseq `checkpoint_EPOCH_UPDATES.pt`, Hugging Face `checkpoint-500`, nanochat
 * `model_000500.pt`.
 */
const STEPS: readonly RegExp[] = [
  /step[-_=]?(\d+)/i,
  /iter(?:ation)?[-_=]?(\d+)/i,
  /(?:^|[-_])ba(\d+)/,
  /^checkpoint_\d+_(\d+)\./,
  /^(?:checkpoint|ckpt)[-_](\d+)(?:\.\w+)?$/i,
  /^model_(\d{3,})\.pt$/,
];

/** Epochs: Lightning, MMEngine `epoch_12.pth`, Composer, fairseq `checkpoint12.pt`. */
const EPOCHS: readonly RegExp[] = [
  /epoch[-_=]?(\d+)/i,
  /^ep(\d+)-/,
  /^checkpoint(\d+)\.pt$/,
  /^checkpoint_(\d+)_\d+\./,
];

/** Folders whose names count: `iter_0001000/mp_rank_00/model_optim_rng.pt`. */
const FOLDERS = 2;

/** What the last names of a path say: those of the file before those of its folders. */
export function stepInPath(path: string): NamedStep {
  const names = path
    .split(/[/\\]/)
    .filter((name) => name !== '')
    .slice(-1 - FOLDERS)
    .reverse();
  return { step: firstNumber(names, STEPS), epoch: firstNumber(names, EPOCHS) };
}

function firstNumber(names: readonly string[], patterns: readonly RegExp[]): number | null {
  for (const name of names) {
    for (const pattern of patterns) {
      const value = Number(pattern.exec(name)?.[1]);
      if (Number.isSafeInteger(value)) return value;
    }
  }
  return null;
}
