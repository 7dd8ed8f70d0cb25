// Runs test/extension in desktop VS Code, downloaded by @vscode/test-electron. For developers with a screen.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { createWorkspace } from '../../test/journeys/workspace.mjs';
import { tempFolder } from './cleanup.mjs';
import { finish, printRows } from './report.mjs';
import { ROOT, run } from './run.mjs';
import { QUIET_SETTINGS } from './server.mjs';
import { bundleSuite } from './suite.mjs';

const version = process.argv[2] ?? 'stable';

const { dir, remove } = tempFolder('desktop');
try {
  await run(process.execPath, ['esbuild.mjs', '--production'], { cwd: ROOT, quiet: true });
  const { entry } = await bundleSuite();
  const { dir: workspace } = createWorkspace(path.join(dir, 'workspace'));
  const user = path.join(dir, 'user');
  fs.mkdirSync(path.join(user, 'User'), { recursive: true });
  fs.writeFileSync(path.join(user, 'User/settings.json'), JSON.stringify(QUIET_SETTINGS));
  const report = path.join(dir, 'report.json');
  await runTests({
    version,
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: entry,
    extensionTestsEnv: { TEST_REPORT: report },
    launchArgs: [workspace, '--user-data-dir', user, '--disable-extensions', '--disable-workspace-trust'],
  }).catch((error) => console.log(error.message));
  const rows = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')).rows : [];
  printRows(rows);
  const failed = rows.filter((row) => row.state === 'failed').length;
  finish(rows.filter((row) => row.state === 'passed').length, rows.length === 0 ? 1 : failed);
} finally {
  remove();
}
