export { narrowBf16, narrowF16, widenBf16, widenF16 } from './halves';
export { product32, product64, productWork } from './product';
export { scan } from './reduce';
export { backward, forward, sweep, sweepWork } from './sweep';
export { tridiagonalise } from './tridiagonal';
