const WIDTH = 30;

/** A bar on standard error that is drawn over itself; nothing is drawn when that is no terminal. */
export class ProgressBar {
  readonly #shown = process.stderr.isTTY === true;

  /** `fraction` from 0 to 1, and what is being done. */
  draw(fraction: number, label: string): void {
    if (!this.#shown) return;
    const filled = Math.round(WIDTH * Math.max(0, Math.min(1, fraction)));
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const room = Math.max(0, (process.stderr.columns ?? 80) - WIDTH - 8);
    process.stderr.write(
      `\r${bar} ${String(Math.floor(100 * fraction)).padStart(3)} % ${label.slice(0, room)}\u001b[K`,
    );
  }

  /** Removes the bar, so that what follows begins on a clean line. */
  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
  }
}
