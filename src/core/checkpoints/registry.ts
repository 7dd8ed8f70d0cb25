import type { CheckpointFormat } from './format';
import { distcp } from './formats/distcp';
import { gguf } from './formats/gguf';
import { npy } from './formats/npy';
import { npz } from './formats/npz';
import { safetensors } from './formats/safetensors';
import { torchLegacy } from './formats/torchLegacy';
import { torchZip } from './formats/torchZip';

/** Every format of checkpoints, by id; the first that recognises a file reads it. */
export const CHECKPOINT_FORMATS: readonly CheckpointFormat[] = [
  distcp,
  gguf,
  npy,
  npz,
  safetensors,
  torchLegacy,
  torchZip,
];
