/** A part of a text in UTF-16 code units, `to` exclusive. */
export interface TextSpan {
  readonly from: number;
  readonly to: number;
}

/** A constant of code or of a configuration file. Lists hold numbers only. */
export type SettingValue = number | string | boolean | null | readonly number[];

/** How a value is given its name. */
export type SettingForm = 'assignment' | 'keyword' | 'default' | 'key' | 'flag';

/** One named value of a source file, whatever its language. */
export interface Setting {
  /** Last part of the name, as written, without quotes and leading dashes. */
  readonly name: string;
  /** What the name stands in, outermost first: class, dictionary, section, called function. Empty at the top. */
  readonly owners: readonly string[];
  readonly form: SettingForm;
  /** From the name to the end of the value. */
  readonly span: TextSpan;
  /** The value alone; equals an empty span at the end when none is written. */
  readonly valueSpan: TextSpan;
  /** `undefined` when the value is no constant that can be worked out without running the code. */
  readonly value: SettingValue | undefined;
}

/** A call whose name alone says something: an optimizer, a scheduler, clipping. */
export interface NamedCall {
  /** Dotted name as written. */
  readonly callee: string;
  readonly span: TextSpan;
}

/** What a source file sets. */
export interface SourceFacts {
  readonly settings: readonly Setting[];
  readonly calls: readonly NamedCall[];
  /** Top-level modules it imports; empty in languages without imports. */
  readonly imports: readonly string[];
}

/** Facts of a file without any. */
export const NO_FACTS: SourceFacts = { settings: [], calls: [], imports: [] };

/** Value of a constant in another module of the workspace: `undefined` when it is not known. */
export type ImportedConstant = (module: string, name: string) => SettingValue | undefined;

/** An edit: `from` to `to` of the text before were replaced by `inserted` code units. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly inserted: number;
}
