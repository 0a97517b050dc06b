// What is done with awards and their reversals. Each may be tried more than once, so each asks the registration first and
// settles it last; between the two stands one request, whose key makes the points service do it once.

import { ask, CallRefused } from "../../../packages/service/src/client";
import type { Database } from "../../../packages/service/src/database";
import { type Deliver, drain } from "../../../packages/service/src/outbox";
import { type ContentEnv, SQL } from "./store";
import { locked } from "./seating";

// What no later try would mend, and what becomes of the points then. Any other refusal is tried again.
const NEVER_AWARDED: Record<string, string> = {
  invalid_body: "refused",
  balance_limit: "refused",
  idempotency_key_reused: "refused",
};
const NEVER_REVERSED: Record<string, string> = {
  invalid_body: "kept",
  entry_unknown: "kept",
  not_reversible: "kept",
  exceeds_remainder: "kept",
  points_spent: "kept",
  idempotency_key_reused: "kept",
  already_reversed: "reversed",
};
const SETTLED = ["withdrawn", "refused", "reversed", "kept"];
const SECONDS = 20; // that a request goes on delivering once its answer is out

export async function deliver(env: ContentEnv, database: Database): Promise<void> {
  if (!env.POINTS_SERVICE) return;
  await drain(database, { award: award(env, database), reverse: reverse(env, database) }, SECONDS);
}

// What a cron trigger does: pass on offers whose time is over, and deliver what is left.
export async function tick(env: ContentEnv, database: Database): Promise<void> {
  for (const { event_id } of await database.query(SQL.events_with_ended_offers))
    await database.transaction((connection) => locked(connection, env, event_id, async () => undefined));
  await deliver(env, database);
}

function award(env: ContentEnv, database: Database): Deliver {
  return async ({ registration_id: id, user_id, amount, occurred_at }) => {
    if (!(await database.query(SQL.claim_award, { id })).length) return;
    const body = { user_id, amount, reason: "registration", occurred_at };
    const awarded = await asked<{ entry_id: string }>(env, database, id, "/v1/awards", `registration:${id}`, body, NEVER_AWARDED);
    if (awarded) await database.query(SQL.awarded, { id, entry: awarded.entry_id });
  };
}

function reverse(env: ContentEnv, database: Database): Deliver {
  return async ({ registration_id: id }) => {
    const [row] = await database.query(SQL.points, { id });
    if (!row || SETTLED.includes(row.points)) return;
    if (row.points !== "awarded") throw new Error(`the award of registration ${id} is not settled yet`);
    const path = `/v1/entries/${encodeURIComponent(row.entry_id)}/reversals`;
    const done = await asked<object>(env, database, id, path, `cancel:${id}`, { reason: "cancelled" }, NEVER_REVERSED);
    if (done) await database.query(SQL.settle, { id, points: "reversed" });
  };
}

// Settle what will never be taken; throw what may be taken later.
async function asked<T>(
  env: ContentEnv,
  database: Database,
  id: string,
  path: string,
  key: string,
  body: object,
  never: Record<string, string>,
): Promise<T | undefined> {
  try {
    return await ask<T>(env.POINTS_SERVICE!, "points-service", "POST", path, { key, body });
  } catch (error) {
    if (!(error instanceof CallRefused) || error.passing) throw error;
    if (!never[error.code]) throw new Error(error.message);
    console.error(JSON.stringify({ message: "the points service refused for good", registration: id, code: error.code }));
    await database.query(SQL.settle, { id, points: never[error.code] });
    return undefined;
  }
}
