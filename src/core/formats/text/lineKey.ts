import { axisOf, canonicalSeries, isTotalKey, QUANTITIES } from '../keys';

/** Labels that are a measured value although the vocabulary has no name for them. */
const MEASURED =
  /loss|perplexity|ppl|nll|error|mse|mae|rmse|bleu|rouge|reward|return|score|fitness|accuracy|dice|psnr|\bm?iou\b|\bacc\b|\bf1\b|\bauc\b|^learn$/i;
/** Losses of other trades. */
const OTHER_LOSS = /(?:packet|pkt|frame|heat|power|path|hearing|stop)[ _-]?loss/i;
/** `collection=train ` before a key: a text that was assigned, which may name a set. */
const ASSIGNED = /^.*\S=\S+\s+/;
/** A key that names its set itself: `cv_loss`. */
const OWN_SET = /^(?:train|val|valid|eval|dev|cv|test)[_/]\w+$/i;
/** Last words of settings about a measured value. */
const SETTING = /(?:factor|coef\w*|weight|scale|lambda|alpha|beta|interval|every|steps|threshold|type|clip|chunks)$/i;
const KNOWN = new Set(
  QUANTITIES.flatMap(({ name, evaluated }) => (evaluated === undefined ? [name] : [name, evaluated])),
);
/** Words of one key. */
const MAX_WORDS = 4;
const UNIT = /^\/?(?:%|[A-Za-z]+(?:\/[A-Za-z]+)?)(?=[\s,;|)\]]|$)/;
const BOUNDARY = /[,;|()[\]{}<>"'\t]|\s[-–—]+\s|\s{2,}|[:=]\s|[:=]$/;
/** What wraps a number: `tensor(`, `np.float64(`, `Array([`. */
const WRAPPER = /(^|[\s:=])(?:tensor|array|[A-Za-z]\w*\.\w+|DeviceArray)\(\[?$/i;
/** `OrderedDict([('step', 20), ('loss', 2.3)])`. */
const ENTRY = /\(['"]([\w/ .-]+)['"],\s*$/;
/** `INFO:root:`, as Python's logging begins a line unless it is told otherwise. */
const LOGGER = /^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):[\w.]*:/;
/** A remark between a key and its colon: `NLL Loss (nll_loss):`, `throughput (tok/s) =`. */
const REMARK = /\s*\([^()]*\)$/;

/** What names a number of a line. */
export interface Key {
  readonly text: string;
  /** Whether `:` or `=` stands between it and the number. */
  readonly explicit: boolean;
  /** Words before the key that are no key: they may say what is evaluated. */
  readonly before: readonly string[];
}

/** Whether a label names a measured value, known to the vocabulary or not, and no setting about one. */
export function isMeasured(label: string): boolean {
  return MEASURED.test(label) && !SETTING.test(label) && !OTHER_LOSS.test(label);
}

/** Whether a label names a quantity of the vocabulary or a measured value. */
export function isKnown(label: string): boolean {
  const { name } = canonicalSeries(label);
  return KNOWN.has(name.split('/')[0]!) || isMeasured(label);
}

/** The key that ends `text`; `undefined` when the number has none. */
export function readKey(text: string, behindNumber: boolean): Key | undefined {
  let rest = (behindNumber ? text.replace(UNIT, '') : text).replace(WRAPPER, '$1').replace(/'s\b/g, '');
  const entry = ENTRY.exec(rest);
  if (entry !== null) return { text: entry[1]!, explicit: true, before: [] };
  const end = /\s*([:=]?)\s*[[({"']*\s*$/.exec(rest)!;
  const explicit = end[1] !== '';
  const isSpaced = explicit || /[\s[(]$/.test(rest);
  rest = rest.slice(0, end.index);
  if (explicit) rest = rest.replace(/["']$/, '').replace(REMARK, '');
  if (rest === '' || !isSpaced) return undefined;
  const segments = rest.split(BOUNDARY);
  const whole = segments
    .at(-1)!
    .trim()
    .replace(LOGGER, '')
    // `Step... (500`.
    .replace(/\.{2,}$/, '')
    .replace(/^[^\p{L}\p{N}_]+/u, '');
  const assigned = ASSIGNED.exec(whole)?.[0] ?? '';
  const segment = whole.slice(assigned.length);
  const before = [...segments.slice(0, -1), assigned]
    .flatMap((part) => part.split(/[^\p{L}\p{N}_]+/u))
    .filter((word) => word !== '');
  if (segment === '') return undefined;
  const words = segment.split(/\s+/);
  if (!explicit && words.length > 1 && OWN_SET.test(words.at(-1)!)) {
    return { text: words.at(-1)!, explicit, before: [...before, ...words.slice(0, -1)] };
  }
  // `loss is 2.3`.
  if (!explicit) return { text: segment.replace(/ (?:is|was)$/, ''), explicit, before };
  for (let count = Math.min(MAX_WORDS, words.length); count > 1; count--) {
    const candidate = words.slice(-count).join(' ');
    if (axisOf(candidate) !== undefined || isTotalKey(candidate) || isKnown(candidate)) {
      return { text: candidate, explicit, before: [...before, ...words.slice(0, -count)] };
    }
  }
  return { text: words.at(-1)!, explicit, before: [...before, ...words.slice(0, -1)] };
}
