// One way to print results for every kind of test, so that `npm test` can add them up.

/** Prints one result per row and the failures' reasons. */
export function printRows(rows) {
  for (const { state, title, ms } of rows) {
    const time = ms === undefined ? '' : ` (${Math.round(ms)} ms)`;
    console.log(`${{ passed: '  ok  ', failed: '  FAIL', skipped: '  skip' }[state]} ${title}${time}`);
  }
  for (const { state, title, error } of rows) {
    if (state === 'failed') console.log(`\n${title}\n${error}`);
  }
}

/** Prints the totals as the last line, the form that `npm test` reads, and sets the exit code. */
export function finish(passed, failed) {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** Reads the totals from a part's output: the last line of the agreed form. */
export function readTotals(output) {
  const matches = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)];
  const last = matches.at(-1);
  return last && { passed: Number(last[1]), failed: Number(last[2]) };
}
