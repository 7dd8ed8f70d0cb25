import { jsonFacts } from './json';
import { PythonText } from './python';
import { type ImportedConstant, NO_FACTS, type SourceFacts, type TextEdit } from './setting';
import { shellFacts } from './shell';
import { tomlFacts } from './toml';
import { yamlFacts } from './yaml';

/** Languages in which hyperparameters are looked for. */
export type SourceLanguage = 'python' | 'yaml' | 'json' | 'toml' | 'shell';

/** Texts longer than this are generated, not written: they are left alone. UTF-16 code units. */
const MAX_TEXT = 2_000_000;

const BY_EXTENSION: Readonly<Record<string, SourceLanguage>> = {
  py: 'python',
  pyi: 'python',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  jsonc: 'json',
  toml: 'toml',
  sh: 'shell',
  bash: 'shell',
  slurm: 'shell',
  sbatch: 'shell',
};

/** Language of a file by its name; `undefined` for languages that are not read. */
export function languageOfFile(name: string): SourceLanguage | undefined {
  return BY_EXTENSION[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
}

/** One source text with what it sets, kept up to date from edit to edit. */
export class SourceText {
  #python: PythonText | undefined;
  #facts: SourceFacts | undefined;

  constructor(
    readonly language: SourceLanguage,
    public text: string,
    readonly imported?: ImportedConstant,
  ) {}

  /** What the text sets; worked out on the first call after a change. */
  get facts(): SourceFacts {
    this.#facts ??= this.text.length > MAX_TEXT ? NO_FACTS : this.#read();
    return this.#facts;
  }

  /** The text after edits, which are given in the order in which they were made. */
  change(text: string, edits: readonly TextEdit[]): void {
    this.text = text;
    this.#facts = undefined;
    this.#python?.change(text, edits);
  }

  #read(): SourceFacts {
    switch (this.language) {
      case 'python':
        this.#python ??= new PythonText(this.text, this.imported);
        return this.#python.facts;
      case 'yaml':
        return yamlFacts(this.text);
      case 'json':
        return jsonFacts(this.text);
      case 'toml':
        return tomlFacts(this.text);
      case 'shell':
        return shellFacts(this.text);
    }
  }
}
