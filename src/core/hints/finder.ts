import { quantityOf } from '../plan/configReader';
import { isNamedCall } from './code/callSignatures';
import type { Setting, SettingValue, SourceFacts } from './code/setting';
import type { HyperId } from './hyperparameters';
import { type Meaning, meaningsOf } from './spelling';

/** A hyperparameter that a source file sets. */
export interface HyperSetting {
  readonly id: HyperId;
  readonly setting: Setting;
  /** `undefined` when the value is worked out at run time. */
  readonly value: SettingValue | undefined;
}

/** Packages that only programs import which train something, by the first part of the module's name. */
const TRAINING_PACKAGES = new Set(
  (
    'torch pytorch_lightning lightning transformers deepspeed accelerate trl peft unsloth composer llmfoundry megatron ' +
    'nemo torchtitan torchtune litgpt fairseq fairseq2 olmo olmo_core jax flax optax haiku equinox levanter maxtext ' +
    'tensorflow keras paddle mindspore mxnet fastai timm detectron2 mmengine mmcv ultralytics bitsandbytes xformers tinygrad mlx'
  ).split(' '),
);

/**
 * The hyperparameters among the settings of a file, in the order of the text. Common words (`epochs`, `depth`, `lr`) count
 * only in a file that trains something: one that imports a training library, names an optimizer or scheduler, or sets
 * something that nothing else is called.
 */
export function findHyperparameters(facts: SourceFacts): HyperSetting[] {
  const candidates: (Meaning & { setting: Setting; value: SettingValue | undefined })[] = [];
  for (const setting of facts.settings) {
    const meanings = meaningsOf(setting);
    if (meanings.length === 0) continue;
    const value = withoutUnit(setting.value);
    const meaning = meanings.find((each) => isPlausible(setting, value, each));
    if (meaning !== undefined) candidates.push({ ...meaning, setting, value });
  }
  const trains =
    facts.imports.some((module) => TRAINING_PACKAGES.has(module.split('.')[0]!)) ||
    candidates.some(({ isWeak, hyper }) => !isWeak && !SHARED_NAMES.has(hyper.id));
  return candidates
    .filter(({ isWeak }) => trains || !isWeak)
    .filter(({ hyper }) => trains || !SHARED_NAMES.has(hyper.id))
    .map(({ hyper, setting, value }) => ({ id: hyper.id, setting, value }))
    .sort((a, b) => a.setting.span.from - b.setting.span.from);
}

/** What inference code and other numerical programs name too: no sign of training by itself. */
const SHARED_NAMES = new Set<HyperId>([
  'precision',
  'fp16',
  'bf16',
  'fp8',
  'width',
  'ffnWidth',
  'depth',
  'heads',
  'vocabulary',
  'parameters',
  'sequenceLength',
  'totalSteps',
  'worldSize',
  'betas',
  'totalTokens',
  'globalBatch',
  'microBatch',
  'finalLr',
]);

/** `100ba`, which counts batches, is the number of steps. */
function withoutUnit(value: SettingValue | undefined): SettingValue | undefined {
  const quantity = typeof value === 'string' ? quantityOf(value) : undefined;
  return quantity?.unit === 'steps' ? quantity.value : value;
}

/** A value that the hyperparameter can have; without a known value only what is passed on under a name that is clear. */
function isPlausible(setting: Setting, value: SettingValue | undefined, { hyper, isWeak }: Meaning): boolean {
  if (value !== undefined && value !== null) return hyper.accepts(value);
  if (setting.form !== 'keyword' && setting.form !== 'flag') return false;
  return !isWeak || (hyper.id === 'learningRate' && isNamedCall(setting.owners.at(-1) ?? ''));
}
