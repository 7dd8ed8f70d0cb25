/** A map from byte strings to values, looked up in place: no string is made of a key that is known. */
export class ByteMap<V> {
  #buckets = new Map<number, Entry<V>[]>();
  #size = 0;

  /** Number of keys. */
  get size(): number {
    return this.#size;
  }

  /** Value of the key that lies at bytes [start, end), or `undefined`. O(length). */
  get(bytes: Uint8Array, start: number, end: number): V | undefined {
    const bucket = this.#buckets.get(hash(bytes, start, end));
    if (bucket === undefined) return undefined;
    for (const entry of bucket) if (isSame(entry.key, bytes, start, end)) return entry.value;
    return undefined;
  }

  /** Sets the value of the key at bytes [start, end), which are copied. */
  set(bytes: Uint8Array, start: number, end: number, value: V): void {
    const code = hash(bytes, start, end);
    const bucket = this.#buckets.get(code);
    const known = bucket?.find((entry) => isSame(entry.key, bytes, start, end));
    if (known !== undefined) {
      known.value = value;
      return;
    }
    const entry = { key: bytes.slice(start, end), value };
    if (bucket === undefined) this.#buckets.set(code, [entry]);
    else bucket.push(entry);
    this.#size++;
  }
}

interface Entry<V> {
  readonly key: Uint8Array;
  value: V;
}

/** Whether `key` equals bytes [start, end). */
export function isSame(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false;
  return true;
}

/** FNV-1a, kept to 30 bits so that it stays a small integer of the engine. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let code = 0x811c9dc5;
  for (let i = start; i < end; i++) code = Math.imul(code ^ bytes[i]!, 0x01000193);
  return code & 0x3fffffff;
}
