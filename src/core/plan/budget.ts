import type { ConfigMeaning } from './configKeys';
import { type ConfigReader, type Quantity, quantityOf } from './configReader';

/** A number of steps and how it was found. */
export interface Steps {
  readonly value: number;
  /** The key, or keys with `/` between what was divided: `train_samples / global_batch_size`. */
  readonly key: string;
  readonly confidence: number;
}

/** A total_batch_size above this counts tokens, below it sequences: no run has fewer tokens or more sequences per step. */
const TOKENS_NOT_SEQUENCES = 8192;

/** Confidence of a number that was computed from two others that were read. */
const DERIVED = 0.9;

/** Turns budgets in tokens, samples and epochs into optimizer steps, as far as batch sizes are known. */
export class Budget {
  readonly #reader: ConfigReader;
  readonly #isEpochs: boolean;

  /** `isEpochs`: the steps of the log are epochs. */
  constructor(reader: ConfigReader, isEpochs: boolean) {
    this.#reader = reader;
    this.#isEpochs = isEpochs;
  }

  /** Planned steps; `undefined` when nothing tells. */
  total(): Steps | undefined {
    if (this.#isEpochs) return this.#plain('epochs');
    return (
      this.#lengthOf('totalSteps', 'steps') ??
      this.#lengthOf('totalSamples', 'samples') ??
      this.#lengthOf('totalTokens', 'tokens') ??
      this.#fromEpochs()
    );
  }

  /** Steps after which the schedule has ended, when the configuration states them apart from the total. */
  horizon(): Steps | undefined {
    return (
      this.#lengthOf('horizonSteps', 'steps') ??
      this.#lengthOf('horizonSamples', 'samples') ??
      this.#lengthOf('horizonTokens', 'tokens')
    );
  }

  /** Length of the warm-up; `whole` is what ratios refer to. */
  warmup(whole: Steps | undefined): Steps | undefined {
    if (this.#isEpochs) return this.#plain('epochWarmup');
    return (
      this.#lengthOf('warmupSteps', 'steps', whole) ??
      this.#lengthOf('warmupRatio', 'share', whole) ??
      this.#lengthOf('warmupSamples', 'samples') ??
      this.#lengthOf('warmupTokens', 'tokens') ??
      this.#zeroWarmup()
    );
  }

  /** Length of the decay; `whole` is what ratios refer to. */
  decay(whole: Steps | undefined): Steps | undefined {
    return this.#lengthOf('decaySteps', 'steps', whole) ?? this.#lengthOf('decayRatio', 'share', whole);
  }

  #plain(meaning: ConfigMeaning): Steps | undefined {
    const hit = this.#reader.number(meaning);
    return hit === undefined ? undefined : { ...hit, confidence: 1 };
  }

  #lengthOf(meaning: ConfigMeaning, unit: Quantity['unit'], whole?: Steps): Steps | undefined {
    const hit = this.#reader.find(meaning, (value) => (quantityOf(value)?.value ?? 0) > 0);
    if (hit === undefined) return undefined;
    const quantity = quantityOf(hit.value)!;
    // GPT-NeoX and Levanter write a fraction where others write steps.
    const isFraction = quantity.value < 1 && whole !== undefined;
    return this.#convert({ ...quantity, unit: quantity.unit ?? (isFraction ? 'share' : unit) }, hit.key, whole);
  }

  #convert(quantity: Quantity, key: string, whole?: Steps): Steps | undefined {
    const { value, unit } = quantity;
    if (unit === 'steps') return value >= 1 ? { value: Math.round(value), key, confidence: 1 } : undefined;
    if (unit === 'share') {
      if (whole === undefined || value > 1) return undefined;
      return {
        value: Math.round(value * whole.value),
        key: `${key} × ${whole.key}`,
        confidence: Math.min(0.95, whole.confidence),
      };
    }
    if (unit === 'epochs') return this.#epochsToSteps(value, key);
    const batch = unit === 'tokens' ? this.#batchTokens() : this.#batchSamples();
    if (batch === undefined) return undefined;
    return { value: Math.round(value / batch.value), key: `${key} / ${batch.key}`, confidence: DERIVED };
  }

  #fromEpochs(): Steps | undefined {
    const epochs = this.#reader.number('epochs');
    return epochs === undefined ? undefined : this.#epochsToSteps(epochs.value, epochs.key);
  }

  #epochsToSteps(epochs: number, key: string): Steps | undefined {
    const samples = this.#reader.number('epochSamples');
    const batch = this.#batchSamples();
    if (samples === undefined || batch === undefined) return undefined;
    const value = Math.ceil(epochs * Math.ceil(samples.value / batch.value));
    return { value, key: `${key} × ${samples.key} / ${batch.key}`, confidence: 0.8 };
  }

  #batchSamples(): { value: number; key: string } | undefined {
    const whole = this.#reader.number('batchSamples');
    if (whole !== undefined) return whole;
    const total = this.#reader.number('batchTokens');
    if (total !== undefined && total.value <= TOKENS_NOT_SEQUENCES) return total;
    const micro = this.#reader.number('microBatch');
    const world = this.#reader.number('worldSize');
    if (micro === undefined || world === undefined) return undefined;
    const accumulation = this.#reader.number('accumulation')?.value ?? 1;
    return { value: micro.value * world.value * accumulation, key: `${micro.key} × ${world.key}` };
  }

  #batchTokens(): { value: number; key: string } | undefined {
    const tokens = this.#reader.number('batchTokens');
    if (tokens !== undefined && tokens.value > TOKENS_NOT_SEQUENCES) return tokens;
    const samples = this.#batchSamples();
    const length = this.#reader.number('sequenceLength');
    if (samples === undefined || length === undefined) return undefined;
    return { value: samples.value * length.value, key: `(${samples.key} × ${length.key})` };
  }

  #zeroWarmup(): Steps | undefined {
    const hit = this.#reader.find('warmupSteps', (value) => quantityOf(value)?.value === 0);
    return hit === undefined ? undefined : { value: 0, key: hit.key, confidence: 0.9 };
  }
}
