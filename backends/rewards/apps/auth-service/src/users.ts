// What an event does to the users, and what it sets in motion: all of one event is one transaction.

import type { Connection, Database } from "../../../packages/service/src/database";
import { put } from "../../../packages/service/src/outbox";
import { CREATED, DELETED, type Event, profile, referralCode } from "./rules";
import { amounts, type AuthEnv, SQL } from "./store";

// Let a webhook take effect, unless a delivery of that id already did.
export function receive(database: Database, env: AuthEnv, id: string, event: Event, sentAt: number): Promise<void> {
  return database.transaction(async (connection) => {
    if (!(await connection.query(SQL.receive, { id })).length) return;
    await apply(connection, env, event, sentAt);
    await connection.query(SQL.forget_old_webhooks);
  });
}

// Let a login settle the referrer's bonus; a delivery of that id has one effect.
export function logIn(database: Database, env: AuthEnv, id: string, session: { id: string; user_id: string }) {
  return database.transaction(async (connection) => {
    if (!(await connection.query(SQL.receive, { id })).length) return;
    const amount = amounts(env).firstLogin;
    await put(connection, "first-login", { referee: session.user_id, session: session.id, amount });
  });
}

async function apply(connection: Connection, env: AuthEnv, event: Event, sentAt: number): Promise<void> {
  const { user_id, email, name, created_at, updated_at } = profile(event, sentAt);
  if (event.type === DELETED) {
    await connection.query(SQL.delete, { user_id, updated_at });
    if (env.TOKEN_SERVICE) await put(connection, "goodbye", { user_id });
    return;
  }
  await connection.query(SQL.keep, { user_id, email, name, created_at, updated_at });
  if (event.type === CREATED) await signUp(connection, env, event);
}

async function signUp(connection: Connection, env: AuthEnv, event: Event): Promise<void> {
  const user_id = event.data.id;
  const welcome = env.POINTS_SERVICE ? "pending" : null;
  const [row] = await connection.query(SQL.sign_up, { user_id, welcome });
  if (!row) return;
  const { occurred_at } = row;
  const points = amounts(env);
  if (env.POINTS_SERVICE) await put(connection, "welcome", { user_id, amount: points.welcome, occurred_at });
  const code = referralCode(event.data.unsafe_metadata);
  if (code && env.REFERRAL_SERVICE) {
    const due = { referee: user_id, code, occurred_at, referrer_points: points.referrer, referee_points: points.referee };
    await put(connection, "attribution", due);
  }
}

// The user; undefined when they were deleted. A user of whom no webhook has told yet is one all the same.
export async function me(database: Database, env: AuthEnv, user_id: string) {
  const [row] = await database.query(SQL.user, { user_id });
  const pending = env.POINTS_SERVICE ? "pending" : "none";
  if (!row) return { user_id, points: pending, email: null, name: null, created_at: null };
  if (row.deleted_at !== null) return undefined;
  const { email, name, created_at } = row;
  return { user_id, points: row.welcome ?? pending, email, name, created_at };
}

export async function isDeleted(database: Database, user_id: string): Promise<boolean> {
  return (await database.query(SQL.is_deleted, { user_id })).length > 0;
}
