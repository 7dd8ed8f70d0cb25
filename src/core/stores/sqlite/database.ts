import type { FileSystem } from '../../sources/fileSystem';
import { Pager } from './pager';
import type { SqlValue } from './record';
import { readRows } from './table';

/** Tables and columns that are looked at. */
const MAX_TABLES = 1000;
const MAX_COLUMNS = 2000;
const SCHEMA_ROOT = 1;

/** One row by the names of its columns. */
export interface NamedRow {
  readonly rowid: number;
  /** The value of a column; `null` when the row or the table has none. */
  get(column: string): SqlValue;
}

interface Table {
  readonly root: number;
  readonly columns: ReadonlyMap<string, number>;
  /** The column that stands for the key of the row. */
  readonly keyColumn: string | undefined;
}

/**
 * A SQLite database, read only, without locks and without SQL: rows of a table in the order of their keys, so that
 * appended ones are read alone. Source: SQLite Database File Format.
 */
export class SqliteDatabase {
  readonly #pager: Pager;
  #tables = new Map<string, Table>();

  constructor(fs: FileSystem, path: string) {
    this.#pager = new Pager(fs, path);
  }

  /** Takes note of what is there now; true when it has changed. Throws `file.unreadable`, `file.notFound`. */
  async refresh(): Promise<boolean> {
    const changed = await this.#pager.refresh();
    if (changed) this.#tables = await this.#readSchema();
    return changed;
  }

  /** Changes when another file has taken the name of the database. */
  get identity(): string {
    return this.#pager.identity;
  }

  /** True when everything read since `refresh` belongs to one state of the database. */
  isCurrent(): Promise<boolean> {
    return this.#pager.isCurrent();
  }

  /** Whether there is a table `name` with `columns`. */
  has(name: string, columns: readonly string[]): boolean {
    const table = this.#tables.get(name);
    return table !== undefined && columns.every((column) => table.columns.has(column));
  }

  /** Up to `limit` rows of table `name` behind key `after`. None when there are no more, or no such table. */
  async rows(name: string, after: number, limit: number): Promise<NamedRow[]> {
    const table = this.#tables.get(name);
    if (table === undefined) return [];
    const rows = await readRows(this.#pager, table.root, { after, limit, columns: table.columns.size });
    return rows.map(({ rowid, values }) => ({
      rowid,
      get: (column) => (column === table.keyColumn ? rowid : (values[table.columns.get(column) ?? -1] ?? null)),
    }));
  }

  /** Source: SQLite Database File Format, section 2.6: type, name, tbl_name, rootpage, sql. */
  async #readSchema(): Promise<Map<string, Table>> {
    const rows = await readRows(this.#pager, SCHEMA_ROOT, {
      after: Number.NEGATIVE_INFINITY,
      limit: MAX_TABLES,
      columns: 5,
    });
    const tables = new Map<string, Table>();
    for (const { values } of rows) {
      const [type, name, , root, sql] = values;
      if (type !== 'table' || typeof name !== 'string' || typeof root !== 'number' || typeof sql !== 'string') continue;
      // Tables without keys of their own are trees of another kind; virtual ones have none.
      if (root > 0 && !/without\s+rowid[^)]*$/i.test(sql)) tables.set(name.toLowerCase(), { root, ...columnsOf(sql) });
    }
    return tables;
  }
}

const CONSTRAINT = /^(?:constraint|primary|unique|check|foreign)\b/i;
const NAME = /^(?:"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|([^\s,()]+))/;

/**
 * Names of the columns that a `CREATE TABLE` lists, in order, and the one that is the key of its rows.
 * Source: SQLite, CREATE TABLE, "ROWIDs and the INTEGER PRIMARY KEY".
 */
export function columnsOf(sql: string): Pick<Table, 'columns' | 'keyColumn'> {
  const columns = new Map<string, number>();
  const integers = new Set<string>();
  let keyColumn: string | undefined;
  for (const part of partsOf(sql)) {
    const key = /\bprimary\s+key\s*\(\s*([^,)]+?)\s*\)/i.exec(part)?.[1];
    if (CONSTRAINT.test(part)) {
      const named = key === undefined ? undefined : nameOf(key)?.name;
      if (named !== undefined && integers.has(named)) keyColumn = named;
      continue;
    }
    const found = nameOf(part);
    if (found === undefined || columns.size >= MAX_COLUMNS) continue;
    columns.set(found.name, columns.size);
    if (/^\s*integer\b/i.test(found.rest)) integers.add(found.name);
    if (/^\s*integer\b.*\bprimary\s+key\b/is.test(found.rest)) keyColumn = found.name;
  }
  return { columns, keyColumn };
}

/** The name that `part` begins with, in lower case, and what follows it. */
function nameOf(part: string): { name: string; rest: string } | undefined {
  const match = NAME.exec(part);
  const name = match?.slice(1).find((text) => text !== undefined);
  return name === undefined ? undefined : { name: name.toLowerCase(), rest: part.slice(match![0].length) };
}

/** What stands between the outer brackets of a definition, cut at its commas. */
function partsOf(sql: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const [token] of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|[\s\S]/g)) {
    if (token.startsWith('--')) continue;
    if (token === ')' && --depth === 0) break;
    if (token === ',' && depth === 1) {
      parts.push(part.trim());
      part = '';
    } else if (depth > 0) part += token;
    if (token === '(') depth++;
  }
  return [...parts, part.trim()].filter((text) => text !== '');
}
