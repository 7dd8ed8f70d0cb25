// Measures the spectra: kernels against OpenBLAS, one matrix against LAPACK and ml-matrix, true errors and coverage of
// estimates, whole checkpoints. Arguments: parts to run (kernels, accuracy, matrix, warm, checkpoint, memory; all without), and `full` for
// 4096 × 11008 instead of half of it. Times of one thread are processor time. NumPy is asked when python3 has it, on one thread with OpenBLAS' AVX2 kernel.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { analyseMatrix } from '../../src/core/spectra/analyseMatrix';
import { bestVariant, Kernels, type KernelVariant } from '../../src/core/spectra/kernels';
import { topRightVectors } from '../../src/core/spectra/krylov';
import { principalCosines, rotation } from '../../src/core/spectra/laws/principalAngles';
import { hardRank } from '../../src/core/spectra/measures/hardRank';
import { softRank } from '../../src/core/spectra/measures/softRank';
import { topValues } from '../../src/core/spectra/measures/topValues';
import { rowsOfArray } from '../../src/core/spectra/rowSource';
import type { StoredMatrix } from '../../src/core/spectra/storedMatrix';
import { gaussian, SHAPES, withSingularValues } from '../core/spectra/matrices';
import { estimateOf, exactOf, kernels as kernelsOfTests, withMatrix } from '../core/spectra/spectra';

const words = process.argv.slice(2);
const full = words.includes('full');
const wanted = words.filter((word) => word !== 'full');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-bench-'));

const PARTS: Readonly<Record<string, () => void | Promise<void>>> = {
  kernels,
  accuracy,
  matrix,
  warm,
  checkpoint,
  memory,
};

void main();

async function main(): Promise<void> {
  try {
    for (const [name, part] of Object.entries(PARTS)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      console.log(`\n### ${name}\n`);
      await part();
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of processor time of this process: what else the machine does counts less than on the clock. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Least milliseconds of several runs. */
function best(run: () => void, times = 9): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = processorTime();
    run();
    least = Math.min(least, processorTime() - start);
  }
  return least;
}

/** What a NumPy script prints as JSON; null without NumPy. */
function numpy<T>(script: string): T | null {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OPENBLAS_CORETYPE: 'Haswell' };
  const { status, stdout } = spawnSync('python3', ['-c', `import numpy as np, time, json\n${script}`], {
    env,
    encoding: 'utf8',
  });
  return status === 0 ? (JSON.parse(stdout) as T) : null;
}

function kernels(): void {
  const size = 1024;
  const flops = 2 * size ** 3;
  const timed = `
def best(f):
    t = []
    for _ in range(9):
        s = time.process_time(); f(); t.append(time.process_time() - s)
    return min(t) * 1000`;
  const blas = numpy<Record<string, number>>(`${timed}
a = np.random.randn(${size}, ${size}).astype('f'); d = a.astype('d')
x = np.random.randn(11008, 16).astype('f'); w = np.random.randn(480, 11008).astype('f')
print(json.dumps({'product': best(lambda: a @ a), 'gram64': best(lambda: d.T @ d), 'eigen': best(lambda: np.linalg.eigvalsh(d.T @ d)),
  'sweep': best(lambda: w.T @ (w @ x))}))`);
  console.log(
    '| variant | product f32 GF/s | of OpenBLAS | sweep, 16 columns GF/s | of OpenBLAS | Gram f64 ms | eigenvalues ms |',
  );
  console.log('|---|---|---|---|---|---|---|');
  const variants: readonly KernelVariant[] = bestVariant() === 'relaxed' ? ['simd', 'relaxed'] : ['simd'];
  for (const variant of variants) {
    const times = kernelTimes(new Kernels(variant), size);
    const sweepFlops = 4 * 480 * 11_008 * 16;
    const part = (mine: number, theirs: number | undefined): string =>
      theirs === undefined ? '–' : (theirs / mine).toFixed(2);
    const cells = [
      variant,
      (flops / times.product / 1e6).toFixed(1),
      part(times.product, blas?.product),
      (sweepFlops / times.sweep / 1e6).toFixed(1),
      part(times.sweep, blas?.sweep),
      times.gram.toFixed(0),
      times.eigen.toFixed(0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  if (blas === null) return;
  const gf = (flops / blas.product! / 1e6).toFixed(1);
  console.log(
    `| OpenBLAS, AVX2 | ${gf} | 1 | ${((4 * 480 * 11_008 * 16) / blas.sweep! / 1e6).toFixed(1)} | 1 | ${blas.gram64!.toFixed(0)} | ${(blas.eigen! - blas.gram64!).toFixed(0)} |`,
  );
}

function kernelTimes(k: Kernels, n: number): Record<'product' | 'sweep' | 'gram' | 'eigen', number> {
  const [rows, columns] = [480, 11_008];
  const [a, c, c64] = [k.allocate(4 * n * n), k.allocate(4 * n * n), k.allocate(8 * n * n)];
  k.f32(a, n * n).set(gaussian(n, n, 1));
  const work = k.allocate(k.call.productWork(n));
  const [w, x, z] = [k.allocate(4 * rows * columns), k.allocate(64 * columns), k.zeros(16 * columns, 4)];
  k.f32(w, rows * columns).fill(0.01);
  k.f32(x, 16 * columns).fill(0.01);
  const scratch = k.allocate(k.call.sweepWork(2));
  const vectors = k.allocate(48 * n);
  const gram = (): void => {
    k.f64(c64, n * n).fill(0);
    k.call.product64(c64, n, a, n, true, a, n, false, n, n, n, true, work);
  };
  return {
    product: best(() => k.call.product32(c, n, a, n, false, a, n, false, n, n, n, false, work)),
    sweep: best(() => k.call.sweep(z, w, columns, x, columns, rows, columns, 2, scratch)),
    gram: best(gram),
    eigen:
      best(() => {
        gram();
        k.call.tridiagonalise(c64, n, vectors, vectors + 8 * n, vectors + 16 * n);
      }, 3) - best(gram, 3),
  };
}

async function accuracy(): Promise<void> {
  const [rows, columns, steps, seeds] = [1100, 1500, 10, full ? 60 : 20];
  console.log(`${rows} × ${columns}, ${seeds} seeds; errors are relative root mean squares in %, bars 95 %`);
  console.log(
    '| spectrum | hard rank | covered | soft rank | covered | σ₁…σ₈ largest | covered | settled |\n|---|---|---|---|---|---|---|---|',
  );
  for (const shape of ['noise', ...Object.keys(SHAPES)]) {
    const values =
      shape === 'noise' ? gaussian(rows, columns, 1) : withSingularValues(SHAPES[shape]!(rows), rows, columns, 2);
    await withMatrix(values, rows, columns, async (stored) => {
      const exact = await exactOf(stored);
      const truths = [hardRank(exact).value, softRank(exact).value];
      const [squares, covered] = [
        [0, 0],
        [0, 0, 0],
      ];
      let [largest, settled] = [0, 0];
      for (let seed = 0; seed < seeds; seed++) {
        const spectrum = await estimateOf(stored, steps, seed);
        settled += spectrum.settled / seeds;
        [hardRank(spectrum), softRank(spectrum)].forEach(({ value, error }, i) => {
          squares[i]! += (value / truths[i]! - 1) ** 2 / seeds;
          if (Math.abs(value - truths[i]!) <= error!) covered[i]!++;
        });
        topValues(spectrum).forEach(({ value, error }, i) => {
          const truth = Math.sqrt(exact.values[i]!);
          largest = Math.max(largest, Math.abs(value / truth - 1));
          if (Math.abs(value - truth) <= error! + 1e-6 * truth) covered[2]! += 1 / 8;
        });
      }
      const percent = (value: number): string => (100 * value).toFixed(3);
      const share = (i: number): string => `${((100 * covered[i]!) / seeds).toFixed(0)} %`;
      const [hard, soft] = squares.map((square) => percent(Math.sqrt(square)));
      console.log(
        `| ${[shape, hard, share(0), soft, share(1), percent(largest), share(2), settled.toFixed(0)].join(' | ')} |`,
      );
    });
  }
}

async function matrix(): Promise<void> {
  const [rows, columns] = full ? [4096, 11_008] : [2048, 5504];
  const values = gaussian(rows, columns, 1, 0.02);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < bits.length; i++) bits[i]! &= 0xffff0000;
  const source = { ...rowsOfArray(values, rows, columns), width: 'bf16' as const };
  let mine = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const start = processorTime();
    await analyseMatrix(new Kernels(), source);
    mine = Math.min(mine, processorTime() - start);
  }
  console.log(`all measures of ${rows} × ${columns} bf16, one thread, ${bestVariant()}: ${(mine / 1000).toFixed(2)} s`);
  // Small enough to finish, large enough to leave the caches as the whole would.
  const small = full ? 1024 : 512;
  const dense = new Matrix(
    Array.from({ length: small }, (_, i) => Array.from(values.subarray(i * small, (i + 1) * small))),
  );
  const evd = best(() => new EigenvalueDecomposition(dense, { assumeSymmetric: true }), 1);
  const product = best(() => dense.mmul(dense), 1);
  // Its eigenvalues of the Gram matrix; both grow with the cube at least.
  const scaled = evd * (rows / small) ** 3 + product * (rows / small) ** 2 * (columns / small);
  console.log(
    `ml-matrix, scaled from ${small}: Gram matrix and eigenvalues ${(scaled / 1000).toFixed(0)} s, ${(scaled / mine).toFixed(0)} ×`,
  );
  const lapack = numpy<{ svd: number; gram: number }>(`
w = (0.02 * np.random.randn(${rows}, ${columns})).astype('f')
s = time.process_time(); np.linalg.svd(w, compute_uv=False); svd = time.process_time() - s
s = time.process_time(); np.linalg.eigvalsh(w @ w.T); print(json.dumps({'svd': svd, 'gram': time.process_time() - s}))`);
  if (lapack === null) return;
  const ratio = (seconds: number): string => ((1000 * seconds) / mine).toFixed(1);
  console.log(`LAPACK singular values, float32, one thread: ${lapack.svd.toFixed(1)} s, ${ratio(lapack.svd)} ×`);
  console.log(`LAPACK eigenvalues of the Gram matrix: ${lapack.gram.toFixed(1)} s, ${ratio(lapack.gram)} ×`);
}

/** The eight leading directions of the next checkpoint, from nothing and from those of the one before. */
async function warm(): Promise<void> {
  const [rows, columns] = [1024, 2816];
  const spectrum = SHAPES.powerLaw!(rows);
  const before = withSingularValues(spectrum, rows, columns, 1);
  console.log(`${rows} × ${columns}, σ ∝ i^−½; change: norm of what was added over that of the matrix`);
  console.log('| change | walks cold | walks warm | ms cold | ms warm | turned |\n|---|---|---|---|---|---|');
  const norm = Math.sqrt(spectrum.reduce((sum, value) => sum + value * value, 0) / (rows * columns));
  const search = async (values: Float32Array, start?: readonly Float32Array[]) => {
    const stored = (look: (matrix: StoredMatrix) => Promise<unknown>) => withMatrix(values, rows, columns, look);
    let [least, found] = [Number.POSITIVE_INFINITY, { vectors: [] as Float32Array[], walks: 0, settled: false }];
    await stored(async (matrix) => {
      for (let round = 0; round < 5; round++) {
        const from = processorTime();
        found = await topRightVectors(kernelsOfTests, matrix, 8, 1, start);
        least = Math.min(least, processorTime() - from);
      }
    });
    return { ...found, ms: least };
  };
  const first = await search(before);
  for (const change of [0.001, 0.01, 0.05, 0.2]) {
    const noise = gaussian(rows, columns, 9, change * norm);
    const after = before.map((value, i) => value + noise[i]!);
    const [cold, hot] = [await search(after), await search(after, first.vectors)];
    const turned = rotation(principalCosines(first.vectors, hot.vectors));
    console.log(
      `| ${[change, cold.walks, hot.walks, cold.ms.toFixed(0), hot.ms.toFixed(0), turned.toFixed(4)].join(' | ')} |`,
    );
  }
}

/** A safetensors file of random matrices, written piece by piece. */
function writeCheckpoint(
  file: string,
  tensors: readonly (readonly [name: string, rows: number, columns: number])[],
  dtype: 'F32' | 'BF16',
): number {
  const width = dtype === 'F32' ? 4 : 2;
  let at = 0;
  const header = Object.fromEntries(
    tensors.map(([name, rows, columns]) => {
      const from = at;
      at += rows * columns * width;
      return [name, { dtype, shape: [rows, columns], data_offsets: [from, at] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const out = fs.openSync(file, 'w');
  fs.writeSync(out, length);
  fs.writeSync(out, text);
  const noise = gaussian(1, 1_000_003, 1, 0.02);
  const upper = Uint16Array.from(new Uint32Array(noise.buffer), (bits) => bits >>> 16);
  const bytes = dtype === 'F32' ? new Uint8Array(noise.buffer) : new Uint8Array(upper.buffer);
  for (let left = at; left > 0; left -= bytes.length) fs.writeSync(out, bytes, 0, Math.min(left, bytes.length));
  fs.closeSync(out);
  return at / width;
}

/** Runs the built command line in a process of its own and prints its time and memory. */
function audit(file: string, label: string, threads: number): void {
  if (!fs.existsSync('dist/cli.js')) {
    console.log('dist/cli.js is missing: npm run build first');
    return;
  }
  const script = `process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)));
    process.argv.splice(1, 0, 'cli.js'); require(${JSON.stringify(path.resolve('dist/cli.js'))})`;
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['-e', script, 'spectra', file, '--json', '--threads', String(threads)],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${label}, ${threads} threads: ${seconds} s, peak ${(Number(stderr) / 1024).toFixed(0)} MiB, exit ${status}`,
  );
}

function checkpoint(): void {
  const d = 768;
  const layers = Array.from({ length: 12 }, (_, l) => [
    [`h.${l}.attn.c_attn.weight`, d, 3 * d] as const,
    [`h.${l}.attn.c_proj.weight`, d, d] as const,
    [`h.${l}.mlp.c_fc.weight`, d, 4 * d] as const,
    [`h.${l}.mlp.c_proj.weight`, 4 * d, d] as const,
  ]).flat();
  const file = path.join(folder, 'gpt2.safetensors');
  const weights = writeCheckpoint(file, [['wte.weight', 50_257, d], ['wpe.weight', 1024, d], ...layers], 'F32');
  for (const threads of [1, 2]) audit(file, `GPT-2 small, ${(weights / 1e6).toFixed(0)} M weights`, threads);
}

function memory(): void {
  const layers = Array.from({ length: full ? 2 : 1 }, (_, l) => [
    ...['q', 'k', 'v', 'o'].map((name) => [`model.layers.${l}.self_attn.${name}_proj.weight`, 4096, 4096] as const),
    ...['gate', 'up'].map((name) => [`model.layers.${l}.mlp.${name}_proj.weight`, 11_008, 4096] as const),
    [`model.layers.${l}.mlp.down_proj.weight`, 4096, 11_008] as const,
  ]).flat();
  const outside = ['model.embed_tokens.weight', 'lm_head.weight'].map((name) => [name, 32_000, 4096] as const);
  const file = path.join(folder, '7b.safetensors');
  const weights = writeCheckpoint(file, [...outside, ...layers], 'BF16');
  audit(
    file,
    `7B shapes, ${layers.length / 7} of 32 layers and both embeddings, ${(weights / 1e6).toFixed(0)} M weights`,
    2,
  );
}
