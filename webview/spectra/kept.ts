/** What something was made of: it is the same while every part is. */
export type Parts = readonly unknown[];

/** Keeps what was made last for as long as it would be made of the same: most redrawings change one thing. */
export class Kept<T> {
  #last: { readonly of: Parts; readonly value: T } | null = null;

  get(of: Parts, make: () => T): T {
    const last = this.#last;
    const isSame = last !== null && last.of.length === of.length && last.of.every((part, i) => part === of[i]);
    if (!isSame) this.#last = { of, value: make() };
    return this.#last!.value;
  }
}
