// Plain SQL files, applied in order, each once: the same table, lock and checksums as the migrations of the kit in Python,
// so that one database serves either of the two.

import type postgres from "postgres";

import { hex, sha256 } from "./hash";

export interface Component {
  name: string;
  files: Record<string, string>; // by file name: 0001_….sql, 0002_….sql
}

const LOCK = "SELECT pg_advisory_xact_lock(6003912870241177011)";
const UNDEFINED_TABLE = "42P01";
const TABLE = `
CREATE TABLE IF NOT EXISTS stead_migration (
    component text NOT NULL,
    file text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (component, file)
)`;

export class MigrationError extends Error {}

type Step = { component: string; file: string; text: string; checksum: string };

export async function migrate(sql: postgres.Sql, components: Component[]): Promise<void> {
  const steps = (await Promise.all(components.map(stepsOf))).flat();
  if (!missing(steps, await applied(sql)).length) return;
  await sql.begin(async (own) => {
    await own.unsafe("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0");
    await own.unsafe(LOCK);
    await own.unsafe(TABLE);
    for (const step of missing(steps, await applied(own))) {
      await own.unsafe(step.text);
      const values = [step.component, step.file, step.checksum];
      await own.unsafe("INSERT INTO stead_migration (component, file, checksum) VALUES ($1, $2, $3)", values);
    }
  });
}

async function stepsOf({ name, files }: Component): Promise<Step[]> {
  const ordered = Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1));
  return Promise.all(
    ordered.map(async ([file, text]) => ({ component: name, file, text, checksum: hex(await sha256(text)) })),
  );
}

async function applied(sql: postgres.Sql): Promise<Map<string, string>> {
  try {
    const rows = await sql.unsafe("SELECT component, file, checksum FROM stead_migration");
    return new Map(rows.map((row) => [`${row.component}/${row.file}`, row.checksum]));
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return new Map();
    throw error;
  }
}

// What is to be applied; what was applied and is not the same any more is refused.
function missing(steps: Step[], known: Map<string, string>): Step[] {
  for (const { component, file, checksum } of steps) {
    const before = known.get(`${component}/${file}`);
    if (before !== undefined && before !== checksum)
      throw new MigrationError(`${component}: ${file} was changed after it was applied; add a new file instead`);
  }
  return steps.filter(({ component, file }) => !known.has(`${component}/${file}`));
}
