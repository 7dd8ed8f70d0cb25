import { MAX_LABEL, MAX_TENSORS } from '../../limits';
import type { ParamGroup, SkippedTensor } from '../checkpoint';
import { Inert, PickleDict, type PickleValue } from '../pickle/values';
import { TensorRecord } from './objects';
import { collectParamGroups, factsOf, type TrainingFacts } from './trainingFacts';

/** Nesting that is looked into: a whole pickled model of blocks in blocks has 12. */
const MAX_DEPTH = 48;

/** Length of a name; the longest that models have is 120. */
const MAX_NAME = 500;

/** Reasons that are said once each: names of objects that are not made, and what went beyond a limit. */
const MAX_REMARKS = 1000;

/** A tensor and the keys that lead to it. */
export interface NamedRecord {
  readonly path: readonly string[];
  readonly record: TensorRecord;
}

/** What a pickled checkpoint holds. */
export interface StateDict {
  readonly records: readonly NamedRecord[];
  readonly skipped: readonly SkippedTensor[];
  readonly paramGroups: readonly ParamGroup[];
  readonly facts: TrainingFacts;
}

/** Keys under which trainers keep the weights; they are left out of names when no other part has weights. */
const MODEL_KEY = /^(model|state_dict|model_state_dict|model_state|module|net|network|weights|params|parameters)$/;

/** Keys under which trainers keep the state of optimizers. */
export const OPTIMIZER_KEY =
  /^(optim(izer)?(s|_states?|_state_dict|_history)?|opt|opt_state|last_optimizer_state|exp_avg(_sq)?|adam_\w+)$/;

/** How a pickled module keeps what it is made of. */
const MODULE_PART = /^(_parameters|_modules|_buffers)$/;

/**
 * Finds the tensors in an unpickled checkpoint: a dictionary of tensors, one with a dictionary of them among other
 * things, or a whole pickled module. Each container is visited once, so shared and circular ones end.
 */
export function stateDictOf(root: PickleValue, file: string): StateDict {
  const walk = new Walk(file);
  walk.visit(root, [], 0);
  return {
    records: withoutModelKey(walk.records),
    skipped: walk.skipped,
    paramGroups: walk.paramGroups,
    facts: factsOf(root),
  };
}

class Walk {
  readonly records: NamedRecord[] = [];
  readonly skipped: SkippedTensor[] = [];
  readonly paramGroups: ParamGroup[] = [];
  readonly #seen = new Set<PickleValue>();
  readonly #remarks = new Set<string>();

  constructor(readonly file: string) {}

  visit(value: PickleValue, path: readonly string[], depth: number): void {
    if (value instanceof TensorRecord) this.#tensor(value, path);
    if (typeof value !== 'object' || value === null || this.#seen.has(value)) return;
    this.#seen.add(value);
    if (depth > MAX_DEPTH) this.#remark(path, `nested deeper than ${MAX_DEPTH}`);
    else if (Array.isArray(value)) this.#list(value, path, depth);
    else if (value instanceof PickleDict) this.#dict(value, path, depth);
    else if (value instanceof Inert) this.#inert(value, path, depth);
  }

  #tensor(record: TensorRecord, path: readonly string[]): void {
    const length = path.reduce((sum, key) => sum + key.length + 1, 0);
    if (length > MAX_NAME) this.#remark([path[0]!], `names longer than ${MAX_NAME}`);
    else if (this.records.length >= MAX_TENSORS) this.#remark([], `more than ${MAX_TENSORS} tensors`);
    else this.records.push({ path, record });
  }

  /** Lists of numbers can be long: nothing is made for them. */
  #list(list: readonly PickleValue[], path: readonly string[], depth: number): void {
    for (let i = 0; i < list.length; i++) {
      const item = list[i]!;
      if (typeof item === 'object' && item !== null) this.visit(item, [...path, String(i)], depth + 1);
    }
  }

  #dict(dict: PickleDict, path: readonly string[], depth: number): void {
    if (isOptimizer(dict)) {
      this.#optimizer(dict, path);
      return;
    }
    for (const [key, value] of dict.entries) {
      if (typeof key !== 'string' && typeof key !== 'number') continue;
      const name = String(key).slice(0, MAX_LABEL);
      if (OPTIMIZER_KEY.test(name) && depth <= 1) this.#optimizer(value, [...path, name]);
      else this.visit(value, MODULE_PART.test(name) ? path : [...path, name], depth + 1);
    }
  }

  /** Attributes of an object that is not made: a whole pickled module is read through them. */
  #inert(value: Inert, path: readonly string[], depth: number): void {
    const before = this.records.length;
    this.visit(value.state, path, depth + 1);
    this.visit(value.items, path, depth + 1);
    this.visit(value.dict, path, depth + 1);
    if (this.records.length === before) this.#remark(path, `an object of ${value.path}, which is not made`);
  }

  #remark(path: readonly string[], reason: string): void {
    if (this.#remarks.has(reason) || this.#remarks.size > MAX_REMARKS) return;
    this.#remarks.add(reason);
    if (this.#remarks.size > MAX_REMARKS) this.#skip([], `more than ${MAX_REMARKS} kinds of objects that are not made`);
    else this.#skip(path, reason);
  }

  #optimizer(value: PickleValue, path: readonly string[]): void {
    collectParamGroups(value, this.paramGroups);
    const inside = new Walk(this.file);
    if (value instanceof PickleDict) for (const item of value.entries.values()) inside.visit(item, path, 1);
    else inside.visit(value, path, 1);
    this.skipped.push(...inside.skipped);
    const count = inside.records.length;
    if (count > 0) this.#skip(path, `optimizer state, ${count} tensor${count === 1 ? '' : 's'}`);
  }

  #skip(path: readonly string[], reason: string): void {
    this.skipped.push({ name: path.join('.'), file: this.file, reason });
  }
}

/** The state of `torch.optim`: `{"state": …, "param_groups": […]}`. */
function isOptimizer(dict: PickleDict): boolean {
  return Array.isArray(dict.get('param_groups')) && dict.get('state') !== undefined;
}

function withoutModelKey(records: readonly NamedRecord[]): readonly NamedRecord[] {
  const weights = records.filter(({ record }) => record.shape.length > 1);
  const key = weights[0]?.path[0] ?? '';
  const isInside = ({ path }: NamedRecord): boolean => path.length > 1 && path[0] === key;
  if (!MODEL_KEY.test(key) || !weights.every(isInside)) return records;
  return records.map((one) => (isInside(one) ? { ...one, path: one.path.slice(1) } : one));
}
