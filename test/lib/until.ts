import { inspect } from 'node:util';

/** Milliseconds that a wait may take: far above what a slow machine needs, and far below what a file of tests may take. */
const LIMIT = 120_000;
/** Milliseconds between two looks. */
const PAUSE = 10;

/**
 * Looks again and again until `look` gives something true, and returns that. Await what stays once it is there: a fast
 * machine is past what does not. Throws what was awaited and what was `seen`, or else looked at, last.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  seen?: () => unknown,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  for (const end = Date.now() + LIMIT; ; ) {
    const value = await within(what, Promise.resolve(look()));
    if (value) return value as Exclude<T, undefined | null | false | 0 | ''>;
    if (Date.now() > end) throw inVain(what, `Last seen: ${inspect(seen === undefined ? value : seen())}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** What `promise` gives; throws what was awaited when that does not come. */
export async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(inVain(what, 'Nothing came.')), LIMIT);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

function inVain(what: string, seen: string): Error {
  return new Error(`Waited ${LIMIT / 1000} s in vain for ${what}. ${seen}`);
}
