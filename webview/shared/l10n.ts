// Texts in the language of the editor. The host puts the translations into the page (`src/extension/panels/html.ts`); outside
// of a page, and without translations, every text is the English one that it is looked up by.

/** What stands in the place of `{0}`. */
type Value = string | number;

const isPage = typeof document !== 'undefined';

/** Language of the editor, as `Intl` takes it. */
export const language: string = (isPage && document.documentElement.lang) || 'en';

const bundle = readBundle();

/**
 * The translation of an English text, `{0}`, `{1}`, … replaced by `values`. The text is a literal, so that `tools/l10n.mjs`
 * finds it.
 */
export function t(text: string, ...values: readonly Value[]): string {
  return fill(bundle[text] ?? text, values);
}

/**
 * The form of a text for `count` things, `{0}` being the count and `values` following it. Languages with more forms than one
 * and many have them under the second text with the form behind it: `{0} runs [few]`.
 */
export function plural(count: number, one: string, many: string, ...values: readonly Value[]): string {
  const form = RULES.select(count);
  const text = form === 'one' ? (bundle[one] ?? one) : (bundle[`${many} [${form}]`] ?? bundle[many] ?? many);
  return fill(text, [count, ...values]);
}

const RULES = new Intl.PluralRules(language);

function fill(text: string, values: readonly Value[]): string {
  return text.replace(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
}

function readBundle(): Readonly<Record<string, string>> {
  const text = isPage ? document.querySelector('#l10n')?.textContent : undefined;
  return text ? JSON.parse(text) : {};
}
