import { HYPERPARAMETERS, type Hyperparameter } from './hyperparameters';

/** What a name can mean, and whether only in a file that trains something. */
export interface Meaning {
  readonly hyper: Hyperparameter;
  readonly isWeak: boolean;
}

const BY_NAME = new Map<string, readonly Meaning[]>();
for (const isWeak of [false, true]) {
  for (const hyper of HYPERPARAMETERS) {
    for (const name of isWeak ? hyper.weakNames : hyper.names)
      BY_NAME.set(name, [...(BY_NAME.get(name) ?? []), { hyper, isWeak }]);
  }
}

/** Names of rates by what they are of: `matrix_lr`, `head_learning_rate`; not those of the ends of a schedule. */
const RATE_OF_PART = /^(?!(?:min|end|final|last|lowest|warmup|warm_up|init|start)_)\w+_(?:lr|learning_rate)$/;
const NONE: readonly Meaning[] = [];
const RATE: readonly Meaning[] = [{ hyper: HYPERPARAMETERS.find(({ id }) => id === 'learningRate')!, isWeak: true }];

/** A name in the form of the table: lower case, parts joined by `_`. `peakLR`, `peak-lr` and `PEAK_LR` are `peak_lr`. */
export function nameKey(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Names of one program: a text is analysed again and again with nearly the same ones. */
const MAX_KNOWN = 20_000;
const known = new Map<string, Spelling>();

/** What is known of a name wherever it stands. */
interface Spelling {
  readonly meanings: readonly Meaning[];
  /** What it means depends on the section or call that it stands in. */
  readonly inSection: boolean;
}

function spellingOf(name: string): Spelling {
  let found = known.get(name);
  if (found === undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    const key = nameKey(name);
    const meanings = BY_NAME.get(key) ?? (RATE_OF_PART.test(key) ? RATE : NONE);
    found = { meanings, inSection: SECTION_VALUES.has(name) || QUALIFIED.has(key) };
    known.set(name, found);
  }
  return found;
}

/** Entries that hold the value of the section they stand in: `fp16: {enabled: true}`, `[optimizer] name = "AdamW"`. */
const SECTION_VALUES = new Set(['enabled', 'name', 'type', 'class_path', 'target', '_target_', '_component_', 'value']);
/** Makers of sections that have no name of their own. */
const PLAIN_SECTIONS = new Set(['dict', 'ConfigDict', 'OrderedDict']);
/** What the name of a section or a class can carry behind what it is of: `OptimizerArgs`. */
const SECTION_ENDS = /_?(?:args|arguments|config|cfg|conf|params|settings|kwargs)$/i;

/** Spellings that mean something in one section or call only: `trainer.devices`, `cosine_decay_schedule.init_value`. */
const QUALIFIED = new Set([...BY_NAME.keys()].flatMap((name) => (name.includes('.') ? [name.split('.')[1]!] : [])));

/**
 * What a name with its owners can mean, the likeliest first; which of them it is, its value tells. Empty for other names
 * and for places in which the name means something else.
 */
export function meaningsOf(setting: { readonly name: string; readonly owners: readonly string[] }): readonly Meaning[] {
  const { meanings, inSection } = spellingOf(setting.name);
  // Most names of a program mean nothing: where they stand is not even asked.
  if (meanings.length === 0 && !inSection) return meanings;
  const { name, owners } = setting;
  const found = (inSection ? meaningsInSection(name, owners) : undefined) ?? meanings;
  return found.filter((meaning) => standsIn(meaning, owners));
}

function meaningsInSection(name: string, owners: readonly string[]): readonly Meaning[] | undefined {
  const owner = owners.findLast((each) => !PLAIN_SECTIONS.has(each));
  if (owner === undefined) return undefined;
  const section = owner.slice(owner.lastIndexOf('.') + 1);
  const qualified = BY_NAME.get(`${nameKey(section)}.${nameKey(name)}`);
  if (qualified !== undefined || !SECTION_VALUES.has(name)) return qualified;
  return spellingOf(section.replace(SECTION_ENDS, '') || section).meanings;
}

function standsIn({ hyper: { notIn, onlyIn }, isWeak }: Meaning, owners: readonly string[]): boolean {
  if (notIn === undefined && (onlyIn === undefined || !isWeak)) return true;
  const place = owners.map(nameKey).join('.');
  return notIn?.test(place) !== true && (!isWeak || onlyIn?.test(place) !== false);
}
