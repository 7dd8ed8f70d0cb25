import type * as vscode from 'vscode';

/** What the user has said of runs or files, one value each, kept in the workspace state of the editor. */
export class KeptRecord<T> {
  constructor(
    readonly state: vscode.Memento,
    readonly key: string,
  ) {}

  get entries(): [string, T][] {
    return Object.entries(this.#all);
  }

  of(id: string): T | undefined {
    return Object.hasOwn(this.#all, id) ? this.#all[id] : undefined;
  }

  /** `null` forgets what was said. */
  async set(id: string, value: T | null): Promise<void> {
    const { [id]: _, ...rest } = this.#all;
    await this.state.update(this.key, value === null ? rest : { ...rest, [id]: value });
  }

  get #all(): Readonly<Record<string, T>> {
    return this.state.get<Record<string, T>>(this.key) ?? {};
  }
}
