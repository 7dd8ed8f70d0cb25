/** A folder in which a program keeps runs in a form that is not read, and what to do about it. */
interface ForeignStore {
  readonly folder: RegExp;
  readonly advice: string;
}

const STORES: readonly ForeignStore[] = [
  {
    // aimhubio/aim, aim/storage: chunks of RocksDB.
    folder: /^\.aim$/,
    advice:
      'Aim keeps its runs in RocksDB, which is not read: write them as tables with Aim’s own SDK (docs/formats.md has the lines).',
  },
  {
    // comet-ml: one archive of messages per experiment.
    folder: /^\.cometml-runs$/,
    advice:
      'Comet keeps offline experiments in archives of an undocumented form: send them with `comet upload FILE.zip` and export them there.',
  },
];

/** Why the runs in a folder of this name are not read, and what to do; `undefined` for any other folder. */
export function foreignStore(name: string): string | undefined {
  return STORES.find(({ folder }) => folder.test(name))?.advice;
}
