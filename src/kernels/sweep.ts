import { TILE_ROWS, tileColumns, tileRows } from './tile';

// Products of a tall or wide matrix A (float32, row-major, rows `strideA` values apart) with few vectors, without packing.
// Vectors come in panels of 8: value i of the 8 lies at `x + (panel·lengthX + i)·32`. The number of rows is a multiple of `TILE_ROWS`.

/** Stretch of the long side that is done at a time: its part of a panel (16 kB) stays in the first cache. */
const STRETCH: usize = 512;
/** Rows that are done at a time, so that both halves of a sweep find them in the second cache. */
const HEIGHT: usize = 48;
/** Bytes of a row of one panel: 8 columns in float32. */
const PANEL_ROW: usize = 32;

/** Bytes that `sweep` needs at `work`. */
export function sweepWork(panels: usize): usize {
  return HEIGHT * panels * PANEL_ROW;
}

/** Z += Aᵀ·(A·X). X and Z are `length` long, of which `columns` are used. */
export function sweep(
  z: usize,
  a: usize,
  strideA: usize,
  x: usize,
  length: usize,
  rows: usize,
  columns: usize,
  panels: usize,
  work: usize,
): void {
  for (let row: usize = 0; row < rows; row += HEIGHT) {
    const height = min(HEIGHT, rows - row);
    memory.fill(work, 0, height * panels * PANEL_ROW);
    forward(work, height, a + row * strideA * 4, strideA, x, length, height, columns, panels);
    backward(z, length, a + row * strideA * 4, strideA, work, height, height, columns, panels);
  }
}

/** Y += A·X. */
export function forward(
  y: usize,
  lengthY: usize,
  a: usize,
  strideA: usize,
  x: usize,
  lengthX: usize,
  rows: usize,
  columns: usize,
  panels: usize,
): void {
  for (let from: usize = 0; from < columns; from += STRETCH) {
    const depth = min(STRETCH, columns - from);
    for (let panel: usize = 0; panel < panels; panel++) {
      const source = x + (panel * lengthX + from) * PANEL_ROW;
      for (let row: usize = 0; row < rows; row += TILE_ROWS) {
        const target = y + (panel * lengthY + row) * PANEL_ROW;
        tileRows<f32>(target, PANEL_ROW, a + (row * strideA + from) * 4, strideA * 4, source, depth);
      }
    }
  }
}

/** Z += Aᵀ·Y. */
export function backward(
  z: usize,
  lengthZ: usize,
  a: usize,
  strideA: usize,
  y: usize,
  lengthY: usize,
  rows: usize,
  columns: usize,
  panels: usize,
): void {
  for (let row: usize = 0; row < rows; row += HEIGHT) {
    const depth = min(HEIGHT, rows - row);
    const top = a + row * strideA * 4;
    const whole = columns - (columns % TILE_ROWS);
    for (let column: usize = 0; column < whole; column += TILE_ROWS) {
      for (let panel: usize = 0; panel < panels; panel++) {
        const source = y + (panel * lengthY + row) * PANEL_ROW;
        tileColumns<f32>(
          z + (panel * lengthZ + column) * PANEL_ROW,
          PANEL_ROW,
          top + column * 4,
          strideA * 4,
          source,
          depth,
        );
      }
    }
    for (let column = whole; column < columns; column++) {
      for (let panel: usize = 0; panel < panels; panel++) {
        const source = y + (panel * lengthY + row) * PANEL_ROW;
        addColumn(z + (panel * lengthZ + column) * PANEL_ROW, top + column * 4, strideA * 4, source, depth);
      }
    }
  }
}

/** What is left of the columns when they are not a multiple of a tile: one column of A, one row of Z. */
function addColumn(z: usize, a: usize, stepA: usize, y: usize, depth: usize): void {
  let first = v128.load(z);
  let second = v128.load(z, 16);
  for (const end = y + depth * PANEL_ROW; y < end; y += PANEL_ROW) {
    const value = v128.load_splat<f32>(a);
    first = v128.add<f32>(first, v128.mul<f32>(value, v128.load(y)));
    second = v128.add<f32>(second, v128.mul<f32>(value, v128.load(y, 16)));
    a += stepA;
  }
  v128.store(z, first);
  v128.store(z, second, 16);
}
