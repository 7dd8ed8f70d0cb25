// Serves the panels outside of the editor, under the editor's content security policy, with a fake host for each kind.
// `node webview/dev/server.mjs` prints the address; ?panel=…&scenario=…&theme=…&lang=… choose what is shown; ?host=none
// leaves the host to the caller.
import { execFile } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { kernels } from '../../tools/kernels.mjs';
import { NODE_BUNDLE } from '../../tools/nodeBundle.mjs';
import { PANEL_BUNDLE, PANEL_KINDS } from '../../tools/panelBundle.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, '../..');
const OUT = path.join(ROOT, 'out/panel');
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.map': 'application/json',
  '.json': 'application/json',
};
const NONCE = 'development';
const POLICY = `default-src 'none'; style-src 'self'; script-src 'nonce-${NONCE}' 'self'; font-src 'self'; connect-src 'self'; img-src data: blob:`;

/** Bundles the panels and their fake hosts as the product's build does; returns the sizes in bytes. */
export async function bundlePanels({ minify = false } = {}) {
  fs.rmSync(OUT, { recursive: true, force: true });
  const common = { ...PANEL_BUNDLE, minify, absWorkingDir: ROOT };
  const panels = await esbuild.build({ ...common, outdir: OUT });
  const hosts = PANEL_KINDS.map((kind) => [kind, `test/webview/page/${kind}/fakeHost.ts`]);
  await esbuild.build({
    ...common,
    // The hosts keep series and fit forecasts as the background process does.
    plugins: [kernels()],
    outdir: path.join(OUT, 'host'),
    entryPoints: Object.fromEntries(hosts),
  });
  for (const kind of PANEL_KINDS) await record(kind);
  return Object.fromEntries(
    Object.entries(panels.metafile.outputs).map(([file, { bytes }]) => [path.basename(file), bytes]),
  );
}

/** Pages that are shown results of the product itself have them made once for each state of its code. */
async function record(kind) {
  const source = path.join(ROOT, `test/webview/page/${kind}/record.ts`);
  if (!fs.existsSync(source)) return;
  const script = path.join(ROOT, `out/recordings/${kind}.mjs`);
  const { outputFiles } = await esbuild.build({
    ...NODE_BUNDLE,
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    target: 'node20',
    packages: 'external',
    entryPoints: [source],
    outfile: script,
    write: false,
  });
  const { text } = outputFiles.find((file) => file.path.endsWith('.mjs'));
  const key = crypto.createHash('sha256').update(text).digest('hex').slice(0, 12);
  const data = path.join(path.dirname(script), `${kind}-${key}.json`);
  if (!fs.existsSync(data)) {
    fs.mkdirSync(path.dirname(script), { recursive: true });
    fs.writeFileSync(script, text);
    await promisify(execFile)(process.execPath, [script, data]);
  }
  fs.copyFileSync(data, path.join(OUT, `${kind}.json`));
}

/** Starts the server; resolves to its address and a function that stops it. */
export function serve(port = 0) {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/') return page(url, response);
    const file = url.pathname.startsWith('/data/') ? path.join(HERE, url.pathname) : path.join(OUT, url.pathname);
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'text/plain' });
    return fs.createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve({ url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() });
    });
  });
}

function page(url, response) {
  const theme = url.searchParams.get('theme') ?? 'dark';
  const panel = url.searchParams.get('panel') ?? 'run';
  if (!PANEL_KINDS.includes(panel)) return response.writeHead(404).end();
  const lang = path.basename(url.searchParams.get('lang') ?? 'en');
  const bundle = path.join(ROOT, `l10n/bundle.l10n.${lang}.json`);
  const texts = fs.existsSync(bundle) ? fs.readFileSync(bundle, 'utf8') : '{}';
  const variables = JSON.parse(fs.readFileSync(path.join(HERE, 'themes', `${path.basename(theme)}.json`), 'utf8'));
  const kinds = { 'high-contrast-light': 'vscode-high-contrast vscode-high-contrast-light' };
  response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY });
  response.end(`<!DOCTYPE html><html lang="${lang}"><head><meta charset="utf-8">
<link rel="stylesheet" href="${panel}.css"><title>Lossline</title></head>
<body class="${kinds[theme] ?? `vscode-${theme}`}" data-run=""><main id="app"></main>
<script type="application/json" id="l10n">${texts.replaceAll('<', '\\u003c')}</script>
<script type="module" nonce="${NONCE}">const variables = ${JSON.stringify(variables)};
for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);</script>
${url.searchParams.get('host') === 'none' ? '' : `<script type="module" nonce="${NONCE}" src="host/${panel}.js"></script>`}
<script type="module" nonce="${NONCE}" src="${panel}.js"></script></body></html>`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await bundlePanels();
  const { url } = await serve(4173);
  console.log(`${url}?panel=run&scenario=ready&theme=dark`);
}
