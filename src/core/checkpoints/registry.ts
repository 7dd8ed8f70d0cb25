import type { CheckpointFormat } from './format';
import { safetensors } from './formats/safetensors';
import { torchLegacy } from './formats/torchLegacy';
import { torchZip } from './formats/torchZip';

/** Every format of checkpoints, by id; the first that recognises a file reads it. */
export const CHECKPOINT_FORMATS: readonly CheckpointFormat[] = [safetensors, torchLegacy, torchZip];
