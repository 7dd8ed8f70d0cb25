/** Anything a pickle can hold here. Lists, tuples and sets are arrays. Nothing in it can act. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | Global
  | Inert
  | Persistent
  | Rebuilt;

/** A name that the pickle would have imported. */
export class Global {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  /** `module.name` */
  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

const NO_ENTRIES: ReadonlyMap<PickleValue, PickleValue> = new Map();

/** A dictionary; the later of two equal keys counts. Keys that are objects are equal only to themselves. */
export class PickleDict {
  /** Made with the first entry: an empty dictionary costs an attacker one byte. */
  #entries: Map<PickleValue, PickleValue> | undefined;

  get entries(): ReadonlyMap<PickleValue, PickleValue> {
    return this.#entries ?? NO_ENTRIES;
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: PickleValue): PickleValue | undefined {
    return this.#entries?.get(key);
  }

  set(key: PickleValue, value: PickleValue): void {
    this.#entries ??= new Map();
    this.#entries.set(key, value);
  }
}

/** What stands for an object whose making would have run code: what would have been called, with what. Never called. */
export class Inert {
  /** What `__setstate__` would have been given, or the attributes. */
  state: PickleValue = null;
  /** What `append` and `__setitem__` would have been given, if anything. */
  items: PickleValue[] | null = null;
  dict: PickleDict | null = null;

  constructor(
    readonly made: PickleValue,
    readonly args: readonly PickleValue[],
  ) {}

  /** Name of what would have been called: `posix.system`. */
  get path(): string {
    return this.made instanceof Global ? this.made.path : 'an object without a name';
  }

  ownItems(): PickleValue[] {
    this.items ??= [];
    return this.items;
  }

  ownDict(): PickleDict {
    this.dict ??= new PickleDict();
    return this.dict;
  }

  /** The attribute `name`, where the state holds attributes; undefined otherwise. */
  attribute(name: string): PickleValue | undefined {
    return this.state instanceof PickleDict ? this.state.get(name) : undefined;
  }
}

/** A reference to something outside the pickle, as `persistent_id` wrote it. */
export class Persistent {
  constructor(readonly id: PickleValue) {}
}

/** What a reader of one library made of a call it knows; see `KnownCalls`. */
export abstract class Rebuilt {}

/**
 * A call that means something: the value that stands for its result, or undefined when the arguments are not as
 * expected. It tells `spend` how many entries it makes, since arguments can be shared by any number of calls.
 */
export type KnownCall = (args: readonly PickleValue[], spend: (entries: number) => void) => PickleValue | undefined;

/** Calls by `module.name`. Every other one becomes an `Inert`. */
export type KnownCalls = ReadonlyMap<string, KnownCall>;
