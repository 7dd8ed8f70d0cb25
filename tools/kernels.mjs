// Compiles src/kernels (AssemblyScript) to WebAssembly, as a plug-in for esbuild: `import bytes from 'kernels:simd'`.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './realcode/run.mjs';

const FOLDER = path.join(ROOT, 'src/kernels');
const CACHE = path.join(ROOT, 'out/kernels');
const FLAGS = ['--runtime', 'stub', '--noAssert', '--optimizeLevel', '3', '--shrinkLevel', '0', '--initialMemory', '1'];

/**
 * The binaries: their entry and its flags. Of the algebra one for every engine of today, one for those that have fused
 * multiply-add; the reader of rows of a log, and what packs columns, apart so that each is compiled only where it is needed.
 */
const BINARIES = {
  simd: { entry: 'index.ts', flags: ['--enable', 'simd'] },
  relaxed: { entry: 'index.ts', flags: ['--enable', 'simd', '--enable', 'relaxed-simd'] },
  rows: { entry: 'rows.ts', flags: [] },
  columns: { entry: 'columns.ts', flags: [] },
};

/** The plug-in. Binaries are kept in out/kernels until a source changes. */
export function kernels() {
  return {
    name: 'kernels',
    setup(build) {
      build.onResolve({ filter: /^kernels:/ }, ({ path: name }) => ({ path: name.slice(8), namespace: 'kernels' }));
      build.onLoad({ filter: /.*/, namespace: 'kernels' }, async ({ path: name }) => ({
        contents: await binary(name),
        loader: 'binary',
        watchFiles: sources(),
      }));
    },
  };
}

function sources() {
  const names = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => path.join(FOLDER, name));
}

async function binary(name) {
  const { entry } = BINARIES[name];
  const flags = [...FLAGS, ...BINARIES[name].flags];
  const hash = createHash('sha256').update(flags.join(' '));
  for (const file of sources()) hash.update(fs.readFileSync(file));
  const cached = path.join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}.wasm`);
  if (!fs.existsSync(cached)) {
    fs.mkdirSync(CACHE, { recursive: true });
    const part = `${cached}.${process.pid}`;
    fs.writeFileSync(part, await compile(entry, flags));
    fs.renameSync(part, cached);
  }
  return fs.readFileSync(cached);
}

async function compile(entry, flags) {
  const { default: asc } = await import('assemblyscript/asc');
  let result;
  const { error, stderr } = await asc.main([entry, '--outFile', 'kernels.wasm', ...flags], {
    readFile: (name, base) => {
      const file = path.resolve(base === '.' ? FOLDER : base, name);
      return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
    },
    writeFile: (_name, contents) => {
      result = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`src/kernels: ${error.message}\n${stderr.toString()}`);
  return result;
}
