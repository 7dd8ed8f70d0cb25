import type { Citation } from '../citation';
import type { Mark } from '../hints/rule';

/** One measure, for people: what it is, where it comes from, and when it says something. */
export interface MeasureFacts {
  /** Its file in `measures/`. */
  readonly file: string;
  readonly title: string;
  /** Keys of the JSON. */
  readonly keys: readonly string[];
  readonly formula: string;
  readonly mark: Mark;
  readonly source: Citation | null;
  readonly validity: string;
}

const cite = (authors: string, year: number, title: string, id: string, where?: string): Citation => ({
  authors,
  year,
  title,
  id,
  ...(where !== undefined && { where }),
});

const WIDTH = cite('Jha, Reagen', 2025, 'Spectral scaling laws of FFN width', '2510.00537');
const NERVE = cite('Jha, Reagen', 2026, 'NerVE', '2603.06922');
const WATCHER = cite('Martin, Mahoney', 2021, 'WeightWatcher', 'CalculatedContent/WeightWatcher');
const FARMS = cite('Hu et al.', 2025, 'Eyes on the tail: FARMS', '2506.06280');
const PROXIES = cite('Wortsman et al.', 2023, 'Small-scale proxies', '2309.14322', 'section 3.1');

/** Every measure of a weight matrix; D is the shorter side, λ = σ², p = λ/Σλ. */
export const MEASURES: readonly MeasureFacts[] = [
  {
    file: 'hardRank',
    title: 'hard rank',
    keys: ['hardRank'],
    formula: '(Σλ)² / Σλ²',
    mark: 'verified',
    source: WIDTH,
    validity: 'any matrix; the published laws are of activations, so compare weights with weights only',
  },
  {
    file: 'softRank',
    title: 'soft rank',
    keys: ['softRank'],
    formula: 'exp(−Σ p ln p)',
    mark: 'verified',
    source: WIDTH,
    validity: 'any matrix; shares of σ², not of σ as in RankMe',
  },
  {
    file: 'concentration',
    title: 'spectral concentration',
    keys: ['concentration'],
    formula: '(2/D) Σᵢ (cᵢ − i/D), c the cumulative shares',
    mark: 'verified',
    source: NERVE,
    validity: '0 flat, (D−1)/D rank one',
  },
  {
    file: 'utilization',
    title: 'spectral utilization',
    keys: ['utilization'],
    formula: '2hs/(h+s), h = hard rank/D, s = soft rank/D',
    mark: 'derived',
    source: WIDTH,
    validity: 'harmonic form; the composite index of the paper could not be read',
  },
  {
    file: 'stableRank',
    title: 'stable rank',
    keys: ['stableRank', 'frobenius'],
    formula: '‖W‖²_F / σ₁²',
    mark: 'verified',
    source: WATCHER,
    validity: 'any matrix',
  },
  {
    file: 'topValues',
    title: 'largest singular values',
    keys: ['sigma', 'spectralNorm'],
    formula: 'σ₁ … σ₈ ± residual bound',
    mark: 'verified',
    source: cite('Musco, Musco', 2015, 'Randomized block Krylov methods', '1504.05477'),
    validity: 'the bound is rigorous for some singular value near; estimates are never too large',
  },
  {
    file: 'condition',
    title: 'condition number',
    keys: ['condition'],
    formula: 'σ₁ / σ_D',
    mark: 'verified',
    source: null,
    validity: 'a lower bound where the error is null: estimates, and ratios above 10⁶',
  },
  {
    file: 'numericalRank',
    title: 'numerical rank',
    keys: ['numericalRank'],
    formula: '#{σ > max(m,n) ε σ₁}',
    mark: 'verified',
    source: cite('NumPy', 2026, 'numpy.linalg.matrix_rank', 'numpy/numpy'),
    validity: 'ε of float32, whatever the stored format',
  },
  {
    file: 'tailExponent',
    title: 'tail exponent',
    keys: ['alpha', 'alphaHill'],
    formula: '1 + n / Σ ln(λ/λ_min), λ_min by least Kolmogorov distance; Hill: the larger half',
    mark: 'verified',
    source: cite(
      'Clauset, Shalizi, Newman',
      2007,
      'Power-law distributions in empirical data',
      '0706.1062',
      'section 3',
    ),
    validity:
      'at least 50 eigenvalues; depends on the shape even for noise: read it beside `alphaNoise`, above 8 it is no power law',
  },
  {
    file: 'noiseSpectrum',
    title: 'tail exponent of noise',
    keys: ['alphaNoise'],
    formula: 'the same fit on the quantiles of the Marchenko–Pastur law of this shape',
    mark: 'derived',
    source: cite('Marchenko, Pastur', 1967, 'Distribution of eigenvalues', '10.1070/SM1967v001n04ABEH001994'),
    validity: 'any shape with 50 eigenvalues',
  },
  {
    file: 'farms',
    title: 'FARMS exponent',
    keys: ['alphaFarms', 'alphaFarmsNoise'],
    formula: 'Hill on pooled eigenvalues of 3 × 3 windows of 256 × 256',
    mark: 'verified',
    source: FARMS,
    validity:
      'comparable between shapes; the windows are fewer and smaller than in the paper, so compare within Lossline',
  },
  {
    file: 'bulk',
    title: 'bulk edge and spikes',
    keys: ['bulkEdge', 'spikes', 'bulkSoftRank'],
    formula: 's(√n + √m); spikes: λ above it by the Tracy–Widom 99 % quantile',
    mark: 'verified',
    source: cite('Johnstone', 2001, 'On the largest eigenvalue', '10.1214/aos/1009210544'),
    validity: 'variance from the median eigenvalue; weaker directions than the BBP threshold cannot be seen',
  },
  {
    file: 'randomBaseline',
    title: 'random baseline',
    keys: ['random', 'untouched'],
    formula: 'mn/(m+n+1), m exp(−m/2n), mn/(√m+√n)²',
    mark: 'derived',
    source: null,
    validity: 'derived from the moments of the Marchenko–Pastur law, checked on samples; `untouched` from D = 64',
  },
  {
    file: 'superWeight',
    title: 'largest entry',
    keys: ['largestEntry', 'hardRankWithoutLargest'],
    formula: 'max abs(w) / RMS(w); candidate from 64',
    mark: 'derived',
    source: cite('Yu et al.', 2024, 'The Super Weight in Large Language Models', '2411.07191'),
    validity: 'a screen from weights alone with an own threshold; the paper decides by activations',
  },
  {
    file: 'lowRankProduct',
    title: 'low-rank update',
    keys: ['rank'],
    formula: 'singular values of R_B R_Aᵀ from the QR factors of B and Aᵀ',
    mark: 'verified',
    source: null,
    validity: 'exact; D is the rank; without the scaling of the adapter',
  },
  {
    file: 'attentionLogit',
    title: 'attention logit bound',
    keys: ['attention'],
    formula: 'd σ₁(g W_qᵀ W_k g)/√h, g the gain of the norm; with rotary positions d σ₁(W_q g) σ₁(W_k g)/√h',
    mark: 'verified',
    source: PROXIES,
    validity: 'normalised inputs of RMS 1, biases left out; not with q-k normalisation; 10⁴ is where runs diverged',
  },
];
