import { formatLr } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Gradients closer to ε than this factor are damped by it. */
const FACTOR = 10;

export const adamEpsilon = defineRule({
  id: 'adamEpsilon',
  title: 'ε against the size of the gradient',
  on: ['epsilon'],
  needs: ['epsilon', 'gradNorm', 'parameters'],
  formula: 'RMS of the gradient = norm / √N; it should stay above 10 ε',
  validity: 'Adam in 32-bit floating point, where 1e-15 is safe',
  mark: 'verified',
  problemOn: 'epsilon',
  cites: [PAPERS.smallScaleProxies],
  about:
    'The RMS of the gradient falls as models grow. Once it is near ε, updates shrink without a word; a smaller ε is safe in 32-bit floating point.',
  evaluate({ epsilon, gradNorm, parameters, optimizer }) {
    if (optimizer !== undefined && optimizer !== 'adam') return null;
    const rms = gradNorm / Math.sqrt(parameters);
    const isNear = rms < FACTOR * epsilon;
    return {
      verdict: isNear ? 'outside' : 'inside',
      summary: isNear
        ? `the RMS of the gradient, ${formatLr(rms)}, is close to ε: updates are damped`
        : `the RMS of the gradient is ${formatLr(rms)}, well above ε`,
      rows: [['RMS of the gradient', formatLr(rms)]],
      ...(isNear ? { suggestion: { of: ['epsilon'], value: 1e-15 } } : {}),
    };
  },
});
