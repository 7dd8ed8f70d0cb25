import * as fs from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

interface Row {
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly title: string;
  readonly ms?: number | undefined;
  readonly error?: string;
}

/** Entry point that the editor calls: runs the test files of the folder that TEST_SUITE names. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', timeout: 120_000, color: false });
  const folder = path.join(__dirname, process.env.TEST_SUITE ?? 'sample');
  const tests = fs.readdirSync(folder).filter((file) => file.endsWith('.test.js'));
  for (const file of tests.sort()) mocha.addFile(path.join(folder, file));
  const rows: Row[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => rows.push({ state: 'passed', title: test.fullTitle(), ms: test.duration }));
    runner.on('pending', (test) => rows.push({ state: 'skipped', title: test.fullTitle() }));
    runner.on('fail', (test, error) =>
      rows.push({ state: 'failed', title: test.fullTitle(), error: String(error.stack ?? error) }),
    );
  });
  const report = process.env.TEST_REPORT;
  if (report) fs.writeFileSync(report, JSON.stringify({ files: tests.length, failures, rows }));
  if (failures > 0 || rows.length === 0) throw new Error(`${failures} of ${rows.length} tests failed`);
}
