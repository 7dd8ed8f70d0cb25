/** Keeps what was made last for as long as the key stays the same: most redrawings change one thing. */
export class Kept<T> {
  #last: { readonly key: string; readonly value: T } | null = null;

  get(key: string, make: () => T): T {
    if (this.#last?.key !== key) this.#last = { key, value: make() };
    return this.#last.value;
  }
}
