import { Global, Inert, type KnownCalls, Persistent, PickleDict, type PickleValue } from './values';

/** A pickle that cannot be read; `position` is a byte of it. */
export class PickleFault extends Error {
  override readonly name = 'PickleFault';

  constructor(
    message: string,
    readonly position: number,
    /** The bytes ended before the pickle did: more of them may help. */
    readonly cut = false,
  ) {
    super(message);
  }
}

/**
 * Work that one pickle may cause: 2 for each instruction and more for what it makes, by the memory and time that takes.
 * A tensor takes 500, a box of a distributed checkpoint 270.
 */
const MAX_WORK = 40_000_000;
const INSTRUCTION_WORK = 2;
const OBJECT_WORK = 8;
const TEXT_WORK = 8;
const ITEM_WORK = 2;
const FIRST_ITEM_WORK = 32;

/** Bytes of a whole number that is kept; larger ones occur only in attacks. */
const MAX_INTEGER_BYTES = 32;

const utf8 = new TextDecoder();

/** Stack, memo and input of a pickle that is being read. */
export class PickleMachine {
  position = 0;
  readonly persistent: Persistent[] = [];
  #stack: PickleValue[] = [];
  readonly #marks: PickleValue[][] = [];
  /** Indices as writers give them, one after the other, and those that only attackers choose. */
  readonly #memo: PickleValue[] = [];
  readonly #farMemo = new Map<number, PickleValue>();
  #work = 0;
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly calls: KnownCalls,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fault(message: string): PickleFault {
    return new PickleFault(message, this.position);
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.position)
      throw new PickleFault('The pickle is cut off.', this.position, true);
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  u8(): number {
    return this.take(1)[0]!;
  }

  /** A whole number of 2, 4 or 8 bytes; a length of 2^53 or more is refused. */
  length(bytes: 2 | 4 | 8): number {
    const at = this.position;
    this.take(bytes);
    if (bytes === 2) return this.#view.getUint16(at, true);
    if (bytes === 4) return this.#view.getUint32(at, true);
    const value = this.#view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.fault(`A length of ${value} bytes.`);
    return Number(value);
  }

  i32(): number {
    const at = this.position;
    this.take(4);
    return this.#view.getInt32(at, true);
  }

  f64(): number {
    const at = this.position;
    this.take(8);
    return this.#view.getFloat64(at, false);
  }

  text(length: number): string {
    return utf8.decode(this.take(length));
  }

  /** Text up to the next line feed, which is left out. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new PickleFault('The pickle is cut off.', this.position, true);
    this.spend(TEXT_WORK);
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  /** A little-endian whole number in two's complement. Those that no double holds stay `bigint`. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) throw this.fault(`A whole number of ${length} bytes.`);
    const bytes = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    if (length > 0) value = BigInt.asIntN(length * 8, value);
    return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  spend(work = INSTRUCTION_WORK): void {
    this.#work += work;
    if (this.#work > MAX_WORK) throw this.fault('The pickle makes too many objects.');
  }

  push(value: PickleValue): void {
    if (typeof value === 'object' && value !== null) this.spend(OBJECT_WORK);
    else if (typeof value === 'string') this.spend(TEXT_WORK);
    this.#stack.push(value);
  }

  /** Puts back what is known already. */
  again(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.fault('The pickle takes more than it has.');
    return value;
  }

  /** Drops the topmost value, or the mark where it stands above all values. */
  discard(): void {
    if (this.#stack.pop() === undefined) this.popMark();
  }

  top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.fault('The pickle takes more than it has.');
    return value;
  }

  /** The topmost `count` values, in the order in which they came. */
  popMany(count: number): PickleValue[] {
    if (this.#stack.length < count) throw this.fault('The pickle takes more than it has.');
    return this.#stack.splice(this.#stack.length - count);
  }

  popArray(): PickleValue[] {
    const value = this.pop();
    if (!Array.isArray(value)) throw this.fault('Arguments are no tuple.');
    return value;
  }

  mark(): void {
    this.spend(OBJECT_WORK);
    this.#marks.push(this.#stack);
    this.#stack = [];
  }

  /** Everything since the last mark. */
  popMark(): PickleValue[] {
    const below = this.#marks.pop();
    if (below === undefined) throw this.fault('The pickle has no mark.');
    const items = this.#stack;
    this.#stack = below;
    return items;
  }

  /** Keeps the topmost value as number `index`, or as the next one. */
  keep(index = this.#memo.length + this.#farMemo.size): void {
    this.spend(ITEM_WORK);
    if (index <= this.#memo.length) this.#memo[index] = this.top();
    else {
      this.spend(FIRST_ITEM_WORK);
      this.#farMemo.set(index, this.top());
    }
  }

  recall(index: number): void {
    const value = this.#memo[index] ?? this.#farMemo.get(index) ?? (index < this.#memo.length ? null : undefined);
    if (value === undefined) throw this.fault(`Nothing was kept as ${index}.`);
    this.again(value);
  }

  outside(id: PickleValue): void {
    const value = new Persistent(id);
    this.persistent.push(value);
    this.push(value);
  }

  /** What a call stands for. */
  call(made: PickleValue, args: readonly PickleValue[]): void {
    const call = made instanceof Global ? this.calls.get(made.path) : undefined;
    const known = call?.(args, (entries) => this.spend(FIRST_ITEM_WORK + ITEM_WORK * entries));
    this.push(known ?? new Inert(made, args));
  }

  /** `object.extend(items)` */
  append(items: readonly PickleValue[]): void {
    const target = this.top();
    const list = target instanceof Inert ? target.ownItems() : target;
    if (!Array.isArray(list)) throw this.fault('What is extended is no list.');
    for (const item of items) list.push(item);
  }

  /** `object[key] = value`, for keys and values in turn. */
  setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    const dict = target instanceof Inert ? target.ownDict() : target;
    if (!(dict instanceof PickleDict) || items.length % 2 === 1) throw this.fault('What gets items is no dictionary.');
    if (items.length > 0 && dict.size === 0) this.spend(FIRST_ITEM_WORK);
    this.spend(ITEM_WORK * items.length);
    for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
  }

  /** `object.__setstate__(state)`; what is no stub keeps its value. */
  setState(state: PickleValue): void {
    const target = this.top();
    if (target instanceof Inert) target.state = state;
  }
}
