// Runs test/extension inside a real VS Code in a browser. `--vsix` tests the packed extension instead of the folder.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { format } from 'node:util';
import { createWorkspace } from '../../test/journeys/workspace.mjs';
import { packExtension } from '../package.mjs';
import { startBrowser } from './browser.mjs';
import { tempFolder } from './cleanup.mjs';
import { openWorkbench } from './page.mjs';
import { finish, printRows } from './report.mjs';
import { ROOT, run } from './run.mjs';
import { remoteUri, startCode } from './server.mjs';
import { bundleSuite } from './suite.mjs';

const LIMIT_MS = 180_000;
const packed = process.argv.includes('--vsix');

const { dir, remove } = tempFolder('host');
try {
  const suite = await bundleSuite();
  const under = packed ? await packedExtension() : await builtExtension();
  const outcome = await runSuite(suite.entry, under);
  judge(outcome, suite.files);
} finally {
  remove();
}

async function builtExtension() {
  await run(process.execPath, ['esbuild.mjs', '--production'], { cwd: ROOT, quiet: true });
  return { extensions: [], development: ROOT };
}

/** The packed file is installed as a user would; the test entry still needs some development extension to hang on. */
async function packedExtension() {
  const { file } = await packExtension();
  const carrier = path.join(dir, 'carrier');
  const manifest = { name: 'carrier', publisher: 'lossline-test', version: '0.0.0', engines: { vscode: '*' } };
  fs.mkdirSync(carrier);
  fs.writeFileSync(path.join(carrier, 'package.json'), JSON.stringify(manifest));
  return { extensions: [file], development: carrier };
}

async function runSuite(entry, { extensions, development }) {
  const report = path.join(dir, 'report.json');
  const { dir: workspace } = createWorkspace(path.join(dir, 'workspace'));
  const code = await startCode({ workspace, extensions, driver: true, env: { TEST_REPORT: report } });
  const browser = await startBrowser();
  const lines = [];
  try {
    const exit = await new Promise((resolve, reject) => {
      const prepare = async (page) => {
        await page.exposeFunction('codeAutomationExit', resolve);
        await page.exposeFunction('codeAutomationLog', (_type, args) => lines.push(format(...args)));
      };
      const payload = [
        ['extensionDevelopmentPath', remoteUri(code, development)],
        ['extensionTestsPath', remoteUri(code, entry)],
      ];
      openWorkbench(browser, code, { payload, prepare }).catch(reject);
      setTimeout(resolve, LIMIT_MS, `no end after ${LIMIT_MS / 1000} s`).unref();
    });
    return { exit, lines, report: readReport(report) };
  } finally {
    await browser.close();
    await code.stop();
  }
}

function readReport(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
}

/** The report decides: an extension host that dies ends with exit code 0. */
function judge({ exit, lines, report }, files) {
  if (!report) {
    console.log(`${lines.slice(-60).join('\n')}\nThe suite left no report (editor said: ${exit}).`);
    finish(0, 1);
    return;
  }
  printRows(report.rows);
  const count = (state) => report.rows.filter((row) => row.state === state).length;
  const missing = files - report.files;
  if (missing > 0) console.log(`${missing} test files were not run.`);
  finish(count('passed'), count('failed') + missing);
}
