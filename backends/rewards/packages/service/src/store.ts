// What a service keeps in PostgreSQL, and the types with which its store is written: one import for every store.ts.

import { IDEMPOTENCY } from "./idempotency";
import type { Component } from "./migrations";
import { OUTBOX } from "./outbox";
import { queries } from "./sql";

export type { Binding } from "./client";
export type { Connection, Database, Row } from "./database";
export { HttpProblem } from "./problem";
export { type Asked, type Env, setting } from "./service";

export interface Store {
  components: Component[]; // whose schema the database has
  statements: Record<string, string>; // by name
}

const KIT = { idempotency: IDEMPOTENCY, outbox: OUTBOX };

// The schema of a service by the files of its migrations, beside what it takes of the kit, and its statements.
export function store(
  name: string,
  files: Record<string, string>,
  statements: string,
  kit: (keyof typeof KIT)[] = [],
): Store {
  return { components: [...kit.map((each) => KIT[each]), { name, files }], statements: queries(statements) };
}
