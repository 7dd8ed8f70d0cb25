// Compiles src/kernels (AssemblyScript) to WebAssembly, as a plug-in for esbuild: `import bytes from 'kernels:simd'`.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './realcode/run.mjs';

const FOLDER = path.join(ROOT, 'src/kernels');
const CACHE = path.join(ROOT, 'out/kernels');
const FLAGS = ['--runtime', 'stub', '--noAssert', '--optimizeLevel', '3', '--shrinkLevel', '0', '--initialMemory', '1'];

/** One binary for every engine of today, one for those that have fused multiply-add. */
const VARIANTS = { simd: ['--enable', 'simd'], relaxed: ['--enable', 'simd', '--enable', 'relaxed-simd'] };

/** The plug-in. Binaries are kept in out/kernels until a source changes. */
export function kernels() {
  return {
    name: 'kernels',
    setup(build) {
      build.onResolve({ filter: /^kernels:/ }, ({ path: name }) => ({ path: name.slice(8), namespace: 'kernels' }));
      build.onLoad({ filter: /.*/, namespace: 'kernels' }, async ({ path: variant }) => ({
        contents: await binary(variant),
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

async function binary(variant) {
  const flags = [...FLAGS, ...VARIANTS[variant]];
  const hash = createHash('sha256').update(flags.join(' '));
  for (const file of sources()) hash.update(fs.readFileSync(file));
  const cached = path.join(CACHE, `${variant}-${hash.digest('hex').slice(0, 16)}.wasm`);
  if (!fs.existsSync(cached)) {
    fs.mkdirSync(CACHE, { recursive: true });
    const part = `${cached}.${process.pid}`;
    fs.writeFileSync(part, await compile(flags));
    fs.renameSync(part, cached);
  }
  return fs.readFileSync(cached);
}

async function compile(flags) {
  const { default: asc } = await import('assemblyscript/asc');
  let result;
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'kernels.wasm', ...flags], {
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
