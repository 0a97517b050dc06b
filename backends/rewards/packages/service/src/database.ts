// PostgreSQL from a Worker: one connection for each request, since none may outlive the request that opened it.
//
// On Cloudflare the address is that of a Hyperdrive binding, which keeps the pool; elsewhere it is `DATABASE_URL`.

import postgres from "postgres";

import { type Component, migrate } from "./migrations";
import { HttpProblem, unavailable } from "./problem";
import { instant } from "./time";

export type Row = Record<string, any>;
type Parameter = string | number | boolean | null | Uint8Array | object;

export interface Connection {
  query(text: string, values?: Parameter[] | Record<string, unknown>): Promise<Row[]>;
}

export interface DatabaseEnv {
  DATABASE_URL?: string;
  HYPERDRIVE?: { connectionString: string };
}

const AGAIN = new Set(["40001", "40P01", "55P03"]); // serialization failure, deadlock, a lock not had in time
const FULL = new Set(["53300", "53400"]); // all connections of the role are taken
const AWAY = /^(CONNECT|CONNECTION_|ECONN|08|57P0)/;
const ATTEMPTS = 5;
const PATIENCE = 12; // tries to get a connection while all are taken

const migrated = new Set<string>(); // databases that this isolate has seen to be up to date

export class Database {
  readonly #url: string;
  #sql: postgres.Sql | undefined;

  constructor(
    env: DatabaseEnv,
    private readonly components: Component[],
  ) {
    const url = env.HYPERDRIVE?.connectionString ?? env.DATABASE_URL;
    if (!url) throw new Error("neither DATABASE_URL nor the binding HYPERDRIVE is there");
    this.#url = url;
  }

  query(text: string, values: Parameter[] | Record<string, unknown> = []): Promise<Row[]> {
    return this.#attempted(async (sql) => run(sql, text, values), AGAIN);
  }

  // In one transaction; done again when PostgreSQL asks for that, so the work touches nothing but its connection.
  transaction<T>(work: (connection: Connection) => Promise<T>, more: string[] = []): Promise<T> {
    const again = new Set([...AGAIN, ...more]);
    return this.#attempted(
      (sql) => sql.begin((own) => work({ query: (text, values = []) => run(own, text, values) })) as Promise<T>,
      again,
    );
  }

  // One statement that is a transaction by itself, also done again for further codes.
  statement(text: string, values: Parameter[] | Record<string, unknown>, more: string[]): Promise<Row[]> {
    return this.#attempted((sql) => run(sql, text, values), new Set([...AGAIN, ...more]));
  }

  async close(): Promise<void> {
    await this.#sql?.end({ timeout: 1 });
  }

  async #attempted<T>(work: (sql: postgres.Sql) => Promise<T>, again: Set<string>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(await this.#ready());
      } catch (error) {
        const code = String((error as { code?: string }).code ?? "");
        const patient = FULL.has(code) ? attempt < PATIENCE : again.has(code) && attempt < ATTEMPTS;
        if (patient) await pause(Math.random() * (FULL.has(code) ? 200 : 10 * 2 ** attempt));
        else throw known(error, code);
      }
    }
  }

  async #ready(): Promise<postgres.Sql> {
    this.#sql ??= postgres(this.#url, OPTIONS);
    if (!migrated.has(this.#url)) {
      await migrate(this.#sql, this.components);
      migrated.add(this.#url);
    }
    return this.#sql;
  }
}

const OPTIONS: postgres.Options<any> = {
  max: 1,
  fetch_types: false,
  prepare: false,
  connect_timeout: 3,
  onnotice: () => {},
  connection: { statement_timeout: 10_000, lock_timeout: 5000, TimeZone: "UTC" } as Record<string, any>,
  types: {
    bigint: { to: 20, from: [20], serialize: String, parse: Number },
    date: { to: 1184, from: [1184], serialize: asText, parse: (text: string) => instant(text) ?? text },
    words: { to: 1009, from: [1009], serialize: asArray, parse: (text: string) => arrayOf(text) },
  },
};

function asText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function asArray(values: string[]): string {
  return `{${values.map((value) => JSON.stringify(value)).join(",")}}`;
}

// An array of texts in PostgreSQL's own form: items in quotes only where they need them.
function arrayOf(text: string): string[] {
  const items = text.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  return items.map((item) => (item.startsWith('"') ? item.slice(1, -1).replace(/\\(.)/g, "$1") : item));
}

async function run(sql: postgres.Sql, text: string, values: Parameter[] | Record<string, unknown>): Promise<Row[]> {
  if (Array.isArray(values)) return sql.unsafe(text, values as postgres.ParameterOrJSON<any>[]);
  const names: string[] = [];
  const numbered = text.replace(/%\((\w+)\)s/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return sql.unsafe(numbered, names.map((name) => values[name] ?? null) as postgres.ParameterOrJSON<any>[]);
}

function known(error: unknown, code: string): unknown {
  if (error instanceof HttpProblem || !(AWAY.test(code) || FULL.has(code))) return error;
  console.warn(JSON.stringify({ message: "the database is not available", code }));
  return unavailable();
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
