/** What every forecast leaves out, for people. */
export const KNOWN_LIMITS: readonly string[] = [
  'The law describes pre-training with one data mix, batch size and sequence length. A change of any of them breaks it.',
  'Before any decay has been seen, the effect of lowering the learning rate rests on earlier runs, not on this one.',
  'Spikes, restarts and repeated data are not part of the law.',
];
