import { PickleFault, PickleMachine } from './machine';
import { INSTRUCTIONS } from './opcodes';
import type { KnownCalls, Persistent, PickleValue } from './values';

const STOP = 0x2e;

/** A pickle that was read. */
export interface Unpickled {
  readonly value: PickleValue;
  /** Byte after its last one. */
  readonly end: number;
  /** Every reference to something outside, in order. */
  readonly persistent: readonly Persistent[];
}

/**
 * Reads the pickle at the start of `bytes` as data. Nothing is imported or called: names become `Global`, calls become
 * what `calls` makes of them or `Inert`. Byte strings are views of `bytes`. Throws `PickleFault` when it is malformed,
 * cut off or makes too many objects.
 */
export function unpickle(bytes: Uint8Array, calls: KnownCalls): Unpickled {
  const machine = new PickleMachine(bytes, calls);
  for (;;) {
    const code = machine.u8();
    if (code === STOP) return { value: machine.pop(), end: machine.position, persistent: machine.persistent };
    const run = INSTRUCTIONS[code];
    if (run === undefined) {
      throw new PickleFault(`0x${code.toString(16)} is no instruction of a pickle.`, machine.position - 1);
    }
    machine.spend();
    run(machine);
  }
}
