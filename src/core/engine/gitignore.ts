/** A pattern of a `.gitignore` file that can match folders. */
export interface IgnoreRule {
  readonly segments: readonly Segment[];
  /** `!pattern`: takes a folder back in. */
  readonly includes: boolean;
}

/** One part of a pattern between slashes; `null` stands for `**`. */
type Segment = readonly Token[] | null;
type Token = { readonly kind: 'star' } | { readonly kind: 'one'; readonly fits: (sign: string) => boolean };

/** Patterns of one file that are read. */
const MAX_RULES = 1000;
/** Longer patterns are no names that anybody wrote. */
const MAX_PATTERN = 300;

/**
 * The patterns of a `.gitignore` file that can match folders, in order. Paths are matched relative to the folder of the file, with `/`.
 * Source: git, Documentation/gitignore.txt.
 */
export function readGitignore(text: string): IgnoreRule[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(?<!\\)\s+$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#') && line.length <= MAX_PATTERN)
    .slice(0, MAX_RULES)
    .map(ruleOf);
}

/**
 * Whether the folder `path`, relative to the folder of the rules, is ignored; `undefined` when no rule speaks of it. A pattern costs
 * at most its length times that of the path.
 */
export function isIgnored(rules: readonly IgnoreRule[], path: string): boolean | undefined {
  const names = path.split('/');
  const last = rules.findLast(({ segments }) => matches(segments, names, (segment) => segment === null, fits));
  return last === undefined ? undefined : !last.includes;
}

function ruleOf(line: string): IgnoreRule {
  const includes = line.startsWith('!');
  const glob = line.replace(/^!/, '').replace(/\/$/, '');
  const anchored = glob.replace(/\/\*\*$/, '').includes('/');
  const parts = glob.replace(/^\//, '').split('/');
  const segments = parts.map((part) => (part === '**' ? null : tokensOf(part)));
  return { segments: anchored ? segments : [null, ...segments], includes };
}

function tokensOf(part: string): Token[] {
  return [...part.matchAll(/\\(.)|\*+|\?|\[([!^]?)(\]?[^\]]*)\]|(.)/gsu)].map(([token, escaped, not, signs, plain]) => {
    if (token.startsWith('*')) return { kind: 'star' };
    if (token === '?') return { kind: 'one', fits: () => true };
    if (signs !== undefined) return { kind: 'one', fits: classOf(signs, not !== '') };
    return { kind: 'one', fits: (sign) => sign === (escaped ?? plain) };
  });
}

/** `abc`, `a-z`: the signs between brackets. */
function classOf(signs: string, not: boolean): (sign: string) => boolean {
  const ranges = [...signs.matchAll(/(.)-(.)|(.)/gsu)].map(([, from, to, one]) => [from ?? one!, to ?? one!] as const);
  return (sign) => ranges.some(([from, to]) => from <= sign && sign <= to) !== not;
}

function fits(segment: Segment, name: string): boolean {
  return matches(
    segment ?? [],
    [...name],
    ({ kind }) => kind === 'star',
    (token, sign) => token.kind === 'one' && token.fits(sign),
  );
}

/** Whether the items follow the pattern, in which a star stands for any number of them: only the last star ever takes more. */
function matches<P, T>(
  pattern: readonly P[],
  items: readonly T[],
  isStar: (part: P) => boolean,
  isFit: (part: P, item: T) => boolean,
): boolean {
  let p = 0;
  let star = -1;
  let taken = 0;
  for (let i = 0; i < items.length; ) {
    if (p < pattern.length && isStar(pattern[p]!)) {
      star = p++;
      taken = i;
    } else if (p < pattern.length && isFit(pattern[p]!, items[i]!)) {
      p++;
      i++;
    } else if (star >= 0) {
      p = star + 1;
      i = ++taken;
    } else return false;
  }
  return pattern.slice(p).every(isStar);
}
