import { citationUrl } from '../citation';
import type { HyperId } from '../hints/hyperparameters';
import { detectorById } from './registry';
import { muteKey, type Warning } from './warning';

/** A warning with all that a person needs to judge it: what the card of the panel and the command line show. */
export interface ExplainedWarning extends Warning {
  readonly title: string;
  readonly meaning: string;
  readonly advice: string;
  /** The paper it rests on. */
  readonly source: {
    readonly authors: string;
    readonly year: number;
    readonly title: string;
    readonly id: string;
    readonly where: string | null;
    readonly url: string;
  };
  /** Hyperparameters it may come from. */
  readonly concerns: readonly HyperId[];
  /** Key that mutes this one; its `id` mutes all of the kind. */
  readonly muteKey: string;
}

/** Adds what is known of the kind of a warning. */
export function explain(warning: Warning): ExplainedWarning {
  const { title, meaning, advice, source, concerns } = detectorById(warning.id)!;
  const { authors, year, id, where = null } = source;
  return {
    ...warning,
    title,
    meaning,
    advice,
    source: { authors, year, title: source.title, id, where, url: citationUrl(source) },
    concerns,
    muteKey: muteKey(warning.id, warning.step),
  };
}
