import type { Citation } from '../citation';
import { PAPERS } from './papers';
import type { Mark } from './rule';

/** A number of a law, with the paper that states it and how sure we are of it. */
export interface Constant {
  readonly value: number;
  readonly what: string;
  readonly mark: Mark;
  readonly cite: Citation;
}

const of = (value: number, what: string, mark: Mark, cite: Citation): Constant => ({ value, what, mark, cite });

/** Every constant that rules use. A rule has no number of its own but 1, 2 and thresholds that it names. */
export const CONSTANTS = {
  tauScale: of(1.084, 'best AdamW timescale, factor', 'recalled', PAPERS.powerLines),
  tauExponent: of(-0.527, 'best AdamW timescale, exponent of tokens per parameter', 'verified', PAPERS.powerLines),
  optimalBatchScale: of(0.0306, 'best batch in sequences of 2048, factor', 'recalled', PAPERS.powerLines),
  optimalBatchExponent: of(0.383, 'best batch, exponent of tokens', 'verified', PAPERS.powerLines),
  limitBatchScale: of(0.0471, 'critical batch in sequences of 2048, factor', 'recalled', PAPERS.powerLines),
  limitBatchExponent: of(0.462, 'critical batch, exponent of tokens', 'recalled', PAPERS.powerLines),
  powerLinesSequence: of(2048, 'tokens of a sequence in these fits', 'verified', PAPERS.powerLines),
  horizonExponent: of(-0.32, 'best learning rate, exponent of tokens at fixed batch', 'verified', PAPERS.tokenHorizons),
  horizonExponent50M: of(-0.7, 'the same at 50M parameters', 'verified', PAPERS.tokenHorizons),
  horizonExponent125M: of(-0.65, 'the same at 125M parameters', 'verified', PAPERS.tokenHorizons),
  horizonExponent2700M: of(-0.42, 'the same at 2.7B parameters', 'verified', PAPERS.tokenHorizons),
  stepLawLrIntercept: of(-6.249, 'ln of the best learning rate at N = 3e8, D = 1e10', 'verified', PAPERS.stepLaw),
  stepLawLrParameters: of(-0.713, 'best learning rate, exponent of parameters', 'verified', PAPERS.stepLaw),
  stepLawLrTokens: of(0.307, 'best learning rate, exponent of tokens', 'verified', PAPERS.stepLaw),
  stepLawBatchIntercept: of(12.603, 'ln of the best batch in tokens at D = 1e10', 'verified', PAPERS.stepLaw),
  stepLawBatchTokens: of(0.571, 'best batch, exponent of tokens', 'verified', PAPERS.stepLaw),
  deepseekLrScale: of(0.3118, 'best learning rate, factor', 'verified', PAPERS.deepseek),
  deepseekLrExponent: of(-0.125, 'best learning rate, exponent of compute', 'verified', PAPERS.deepseek),
  deepseekBatchScale: of(0.292, 'best batch in tokens, factor', 'verified', PAPERS.deepseek),
  deepseekBatchExponent: of(0.3271, 'best batch, exponent of compute', 'verified', PAPERS.deepseek),
  porianLrScale: of(3.7, 'best learning rate, factor', 'verified', PAPERS.porian),
  porianLrExponent: of(-0.36, 'best learning rate, exponent of parameters', 'verified', PAPERS.porian),
  porianBatchScale: of(0.7576, 'best batch in tokens, factor', 'verified', PAPERS.porian),
  porianBatchExponent: of(0.703, 'best batch, exponent of parameters', 'verified', PAPERS.porian),
  kaplanLrIntercept: of(0.003239, 'learning rate, constant', 'verified', PAPERS.kaplan),
  kaplanLrSlope: of(-0.0001395, 'learning rate, slope in ln N', 'verified', PAPERS.kaplan),
  criticalBatchScale: of(
    22.91,
    'critical batch in sequences of 512, D in millions of tokens',
    'verified',
    PAPERS.criticalBatch,
  ),
  criticalBatchExponent: of(0.47, 'critical batch, exponent of tokens', 'verified', PAPERS.criticalBatch),
  criticalBatchSequence: of(512, 'tokens of a sequence in this fit', 'verified', PAPERS.criticalBatch),
  lossBatchScale: of(2e8, 'critical batch at a loss of 1 nat, tokens', 'verified', PAPERS.kaplan),
  lossBatchExponent: of(0.21, 'critical batch, exponent of the loss', 'verified', PAPERS.kaplan),
  cooldownShare: of(0.2, 'share of the run for a cooldown as good as cosine', 'verified', PAPERS.cooldown),
  shortCooldownShare: of(0.1, 'share that comes close to it', 'recalled', PAPERS.cooldown),
  constantLrShare: of(0.5, 'best constant learning rate against the best of cosine', 'recalled', PAPERS.cooldown),
  ffnSoftAdam: of(0.661, 'soft rank, exponent of the feed-forward width, AdamW', 'verified', PAPERS.spectralDynamics),
  ffnSoftAdamLow: of(0.546, 'its 95 % interval, low', 'verified', PAPERS.spectralDynamics),
  ffnSoftAdamHigh: of(0.775, 'its 95 % interval, high', 'verified', PAPERS.spectralDynamics),
  ffnHardAdam: of(0.289, 'hard rank, exponent of the feed-forward width, AdamW', 'verified', PAPERS.spectralDynamics),
  ffnHardAdamLow: of(-0.115, 'its 95 % interval, low', 'verified', PAPERS.spectralDynamics),
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: measured, not ln 2
  ffnHardAdamHigh: of(0.693, 'its 95 % interval, high', 'verified', PAPERS.spectralDynamics),
  ffnSoftMuon: of(0.958, 'soft rank, exponent of the feed-forward width, Muon', 'verified', PAPERS.spectralDynamics),
  ffnHardMuon: of(0.821, 'hard rank, exponent of the feed-forward width, Muon', 'verified', PAPERS.spectralDynamics),
  loraPlusRatio: of(16, 'learning rate of B over that of A, as commonly set', 'verified', PAPERS.loraPlus),
  chinchillaE: of(1.8172, 'irreducible loss', 'recalled', PAPERS.replication),
  chinchillaA: of(482.01, 'factor of parameters', 'recalled', PAPERS.replication),
  chinchillaAlpha: of(0.3478, 'exponent of parameters', 'recalled', PAPERS.replication),
  chinchillaB: of(2085.43, 'factor of tokens', 'recalled', PAPERS.replication),
  chinchillaBeta: of(0.3658, 'exponent of tokens', 'recalled', PAPERS.replication),
  repetitionHalf: of(
    15.39,
    'epochs after which repeated tokens are worth 1/e of new ones',
    'recalled',
    PAPERS.repetition,
  ),
  e4m3Max: of(448, 'largest number of E4M3', 'verified', PAPERS.fp8Training),
  e5m2Max: of(57344, 'largest number of E5M2', 'verified', PAPERS.fp8Training),
} as const satisfies Record<string, Constant>;

/** Value of a constant. */
export function constant(name: keyof typeof CONSTANTS): number {
  return CONSTANTS[name].value;
}
