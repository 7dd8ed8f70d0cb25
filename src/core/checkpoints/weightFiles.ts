import type { FolderEntry } from '../sources/fileSystem';

/** The lists of shards that Hugging Face writes. */
export const SHARD_INDEX = /\.(safetensors|bin|pt)\.index\.json$/;

/** What a folder's weights are called: files that are one checkpoint together, or each one of its own. */
interface Kind {
  readonly pattern: RegExp;
  readonly together: boolean;
}

/** The first kind that occurs in a folder is its weights. */
const KINDS: readonly Kind[] = [
  { pattern: SHARD_INDEX, together: true },
  { pattern: /^\.metadata$/, together: true },
  {
    pattern: /^(model|diffusion_pytorch_model|adapter_model|consolidated)([.-][\w.-]*)?\.safetensors$/,
    together: true,
  },
  { pattern: /-\d{5}-of-\d{5}\.(safetensors|bin)$/, together: true },
  { pattern: /^(pytorch_model|adapter_model)[\w.-]*\.bin$/, together: true },
  {
    pattern: /^(consolidated\.\d+|mp_rank_\d+_model_states|layer_\d+-model_\d+-model_states)\.(pth|pt)$/,
    together: true,
  },
  { pattern: /\.(pth?|ckpt|safetensors|gguf)$/, together: false },
  { pattern: /\.(npz|npy)$/, together: false },
];

/** States beside the weights, and data. */
const NO_WEIGHTS =
  /^(optim|scheduler|scaler|rng_state|training_args|random_states|zero_|bf16_zero|distrib_optim|common\.pt|(train|val|test|data|tokens|tokenizer|vocab)\.)/;

/** Optimizer states that Hugging Face keeps beside the weights. */
const OPTIMIZER = /^optimizer\.(pt|bin)$/;

/** The weights in a folder, by the names of its files. */
export interface FolderWeights {
  readonly names: readonly string[];
  /** They are one checkpoint together. */
  readonly together: boolean;
  readonly optimizers: readonly string[];
}

/** The weights among the entries of a folder; undefined when there are none. */
export function weightsIn(entries: readonly FolderEntry[]): FolderWeights | undefined {
  const files = namesOf(entries, 'file');
  const optimizers = files.filter((name) => OPTIMIZER.test(name));
  for (const { pattern, together } of KINDS) {
    const names = files.filter((name) => pattern.test(name) && !NO_WEIGHTS.test(name));
    if (names.length > 0) return { names, together, optimizers };
  }
  return undefined;
}

/** The folders in which Megatron keeps its ranks. */
export function rankFolders(entries: readonly FolderEntry[]): string[] {
  return namesOf(entries, 'folder').filter((name) => /^mp_rank_\d+/.test(name));
}

/** Names of the files or folders among `entries`, in order. */
function namesOf(entries: readonly FolderEntry[], kind: FolderEntry['kind']): string[] {
  return entries.flatMap((entry) => (entry.kind === kind ? [entry.name] : [])).sort();
}
