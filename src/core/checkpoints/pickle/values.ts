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

/** A dictionary; the later of two equal keys counts. Keys that are objects are equal only to themselves. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();

  get(key: PickleValue): PickleValue | undefined {
    return this.entries.get(key);
  }
}

/** What stands for an object whose making would have run code: what would have been called, with what. Never called. */
export class Inert {
  /** What `__setstate__` would have been given, or the attributes. */
  state: PickleValue = null;
  /** What `append` and `__setitem__` would have been given. */
  readonly items: PickleValue[] = [];
  readonly dict = new PickleDict();

  constructor(
    readonly made: PickleValue,
    readonly args: readonly PickleValue[],
  ) {}

  /** Name of what would have been called: `posix.system`. */
  get path(): string {
    return this.made instanceof Global ? this.made.path : 'an object without a name';
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
 * The calls that mean something, by `module.name`: each returns the value that stands for the result, or undefined when the
 * arguments are not as expected. Every other call becomes an `Inert`.
 */
export type KnownCalls = ReadonlyMap<string, (args: readonly PickleValue[]) => PickleValue | undefined>;
