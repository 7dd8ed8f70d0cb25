import type { Clock } from '../../../core/engine/host';

/** Milliseconds of work after which others get their turn. */
const SLICE = 8;

/** Does `work` with each item and gives the event loop back between slices of it, so that nobody waits behind a long list. */
export async function inSlices<T>(clock: Clock, items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let end = clock.now() + SLICE;
  for (const item of items) {
    if (clock.now() >= end) {
      await new Promise<void>((resolve) => clock.after(0, resolve));
      end = clock.now() + SLICE;
    }
    work(item);
  }
}
