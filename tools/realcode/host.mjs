// Runs test/extension inside a real VS Code in a browser. `--vsix` tests the packed extension instead of the folder.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { format } from 'node:util';
import { packExtension } from '../package.mjs';
import { startBrowser } from './browser.mjs';
import { tempFolder } from './cleanup.mjs';
import { openWorkbench } from './page.mjs';
import { ROOT, run } from './run.mjs';
import { remoteUri, startCode } from './server.mjs';
import { bundleSuites, runSuites } from './suite.mjs';

/** For one suite: half a minute where nothing else runs. */
const LIMIT_MS = 400_000;
const packed = process.argv.includes('--vsix');

const { dir, remove } = tempFolder('host');
const entry = await bundleSuites();
const { extensions, development } = packed ? await packedExtension() : await builtExtension();
const browser = await startBrowser();
try {
  await runSuites(dir, runSuite);
} finally {
  await browser.close();
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

/** The report decides, not the exit code: an extension host that dies ends with 0. */
async function runSuite({ name, fill }, report) {
  const { dir: workspace } = fill(path.join(dir, name));
  const env = { TEST_REPORT: report, TEST_SUITE: name };
  const code = await startCode({ workspace, extensions, driver: true, env });
  const lines = [];
  let page;
  try {
    const exit = await new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, LIMIT_MS, `no end after ${LIMIT_MS / 1000} s`);
      const prepare = async (opened) => {
        page = opened;
        await page.exposeFunction('codeAutomationExit', (result) => {
          clearTimeout(timer);
          resolve(`the editor ended with ${result}`);
        });
        await page.exposeFunction('codeAutomationLog', (_type, args) => lines.push(format(...args)));
      };
      const payload = [
        ['extensionDevelopmentPath', remoteUri(code, development)],
        ['extensionTestsPath', remoteUri(code, entry)],
      ];
      openWorkbench(browser, code, { payload, prepare }).catch(reject);
    });
    return [...lines.slice(-60), exit].join('\n');
  } finally {
    await page?.context().close();
    await code.stop();
  }
}
