import type { Clock } from '../core/engine/host';

/** The computer's clock. Its timers do not keep a process alive unless `keepAlive` is set. */
export class SystemClock implements Clock {
  constructor(readonly keepAlive = true) {}

  now(): number {
    return Date.now();
  }

  after(milliseconds: number, callback: () => void): { dispose(): void } {
    const timer = setTimeout(callback, milliseconds);
    if (!this.keepAlive) timer.unref();
    return { dispose: () => clearTimeout(timer) };
  }
}
