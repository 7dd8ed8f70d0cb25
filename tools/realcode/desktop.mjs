// Runs test/extension in desktop VS Code, downloaded by @vscode/test-electron. For developers with a screen.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { tempFolder } from './cleanup.mjs';
import { ROOT, run } from './run.mjs';
import { QUIET_SETTINGS } from './server.mjs';
import { bundleSuites, runSuites } from './suite.mjs';

const version = process.argv[2] ?? 'stable';

const { dir, remove } = tempFolder('desktop');
try {
  await run(process.execPath, ['esbuild.mjs', '--production'], { cwd: ROOT, quiet: true });
  const entry = await bundleSuites();
  await runSuites(dir, (suite, report) => runSuite(entry, suite, report));
} finally {
  remove();
}

function runSuite(entry, { name, fill }, report) {
  const { dir: workspace } = fill(path.join(dir, name));
  const user = path.join(dir, `${name}-user`);
  fs.mkdirSync(path.join(user, 'User'), { recursive: true });
  fs.writeFileSync(path.join(user, 'User/settings.json'), JSON.stringify(QUIET_SETTINGS));
  return runTests({
    version,
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: entry,
    extensionTestsEnv: { TEST_REPORT: report, TEST_SUITE: name },
    launchArgs: [workspace, '--user-data-dir', user, '--disable-extensions', '--disable-workspace-trust'],
  }).catch((error) => error.message);
}
