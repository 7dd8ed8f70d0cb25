import type { CheckpointTensor, Matrix } from '../checkpoints/checkpoint';
import { bytesOf } from '../checkpoints/dtypes';
import type { FileSystem } from '../sources/fileSystem';
import type { TensorReport } from './analyseTensors';
import type { KernelVariant } from './kernels';

/** Where texts are kept under short names, as long as there is room. Nothing rejects: what cannot be kept is not. */
export interface TextStore {
  read(key: string): Promise<string | null>;
  write(key: string, text: string): Promise<void>;
}

/** What decides on a report besides the matrix. */
export interface CacheSettings {
  readonly exact: boolean;
  readonly seed?: number;
  readonly variant: KernelVariant;
}

/** Raised whenever reports of the same matrix may differ from those before. */
const VERSION = 1;

/** Reports kept in memory, the latest used: a few kB each. */
const MAX_KEPT = 4096;

/** Places of a matrix whose bytes are part of its key, and bytes of each. */
const SAMPLES = 8;
const SAMPLE_BYTES = 64;

/**
 * Reports of matrices that were measured before. A matrix is known by its files (path, size, time of change, identity), its place in
 * them, bytes sampled from it and the settings of the analysis. Entries that are damaged or of another version are passed over.
 */
export class SpectraCache {
  readonly #kept = new Map<string, TensorReport>();

  constructor(
    readonly fs: FileSystem,
    public store: TextStore | null = null,
  ) {}

  /** Key of the matrix that the tensors are; null when their bytes cannot be read. */
  async keyOf(tensors: readonly CheckpointTensor[], settings: CacheSettings): Promise<string | null> {
    const hash = new Hash();
    const { exact, seed = 0, variant } = settings;
    hash.text(`${VERSION} ${exact} ${seed} ${variant}`);
    try {
      for (const tensor of tensors) {
        hash.text(`${tensor.name} ${tensor.kind} ${tensor.layer} ${tensor.aliases.join()}`);
        for (const matrix of tensor.scale === null ? [tensor] : [tensor, tensor.scale.factors]) {
          await this.#addMatrix(hash, matrix);
        }
      }
      return hash.hex();
    } catch {
      return null;
    }
  }

  /** The report under `key`, or null. */
  async get(key: string): Promise<TensorReport | null> {
    const report = this.#kept.get(key) ?? parsed((await this.store?.read(key)) ?? '');
    if (report !== null) this.#keep(key, report);
    return report;
  }

  /** Keeps a report; one with numbers that JSON cannot say only in memory. */
  async put(key: string, report: TensorReport): Promise<void> {
    this.#keep(key, report);
    const text = finiteJson(report);
    if (text !== null) await this.store?.write(key, `${checksum(text)}\n${text}`);
  }

  #keep(key: string, report: TensorReport): void {
    this.#kept.delete(key);
    this.#kept.set(key, report);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
  }

  async #addMatrix(hash: Hash, { shape, dtype, pieces }: Matrix): Promise<void> {
    hash.text(`${shape.join('x')} ${dtype.name}`);
    for (const piece of pieces) {
      const { source, offset, rows, columns, rowStride, columnStride } = piece;
      const stat = await this.fs.stat(source.path);
      hash.text(`${source.path} ${stat?.size} ${stat?.mtimeMs} ${stat?.identity}`);
      hash.text([offset, piece.row, piece.column, rows, columns, rowStride, columnStride].join());
      const length = bytesOf(dtype, (rows - 1) * rowStride + (columns - 1) * columnStride + 1);
      const last = Math.max(0, length - SAMPLE_BYTES);
      for (let i = 0; i < SAMPLES; i++) {
        const at = offset + Math.floor((last * i) / (SAMPLES - 1));
        await source.read(at, Math.min(SAMPLE_BYTES, length), (bytes) => hash.bytes(bytes));
      }
    }
  }
}

function parsed(text: string): TensorReport | null {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== checksum(body)) return null;
  try {
    return JSON.parse(body) as TensorReport;
  } catch {
    return null;
  }
}

/** The report as JSON; null when a number in it is not finite. */
function finiteJson(report: TensorReport): string | null {
  let allFinite = true;
  const text = JSON.stringify(report, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) allFinite = false;
    return value;
  });
  return allFinite ? text : null;
}

function checksum(text: string): string {
  const hash = new Hash();
  hash.text(text);
  return hash.hex();
}

/** 128 bits of FNV-1a with four different beginnings: enough to tell matrices apart, not to withstand an attacker. */
class Hash {
  readonly #state = Uint32Array.of(0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35);

  bytes(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.#add(bytes[i]!);
  }

  /** Its end is part of it: two texts are not the same as one. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#add(text.charCodeAt(i));
    this.#add(0x1ffff);
  }

  hex(): string {
    return Array.from(this.#state, (part) => part.toString(16).padStart(8, '0')).join('');
  }

  #add(value: number): void {
    const state = this.#state;
    for (let k = 0; k < 4; k++)
      state[k] = Math.imul(state[k]! ^ (value + k * 0x1003f), 0x01000193) ^ (state[k]! >>> 15);
  }
}
