// Messages to other services: kept in the transaction that causes them, delivered at least once, after the answer.
//
// Nothing runs between requests in a Worker. So each request delivers what it has put once its answer is out, and tries
// again for as long as the runtime lets it; a cron trigger does the rest, and finds what was left by a request that died.

import tables from "../migrations/0001_outbox.sql";
import { CallRefused } from "./client";
import type { Connection, Database, Row } from "./database";
import type { Component } from "./migrations";

export const OUTBOX: Component = { name: "worker-outbox", files: { "0001_outbox.sql": tables } };

export class Final extends Error {} // to try again is of no use

export type Deliver = (payload: any) => Promise<void>;

const PUT = "INSERT INTO outbox_message (name, payload, lock) VALUES ($1, $2, $3)";
const LEASE = "interval '30 seconds'";
// A message that no earlier one of the same lock stands before.
const FIRST = `m.failed IS NULL AND (m.lock IS NULL OR NOT EXISTS (
    SELECT FROM outbox_message before
    WHERE before.lock = m.lock AND before.id < m.id AND before.failed IS NULL
))`;
const TAKE = `
UPDATE outbox_message SET due_at = clock_timestamp() + ${LEASE}, attempts = attempts + 1
WHERE id = (
    SELECT m.id FROM outbox_message m
    WHERE m.due_at <= clock_timestamp() AND ${FIRST}
    ORDER BY m.due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, name, payload, attempts`;
const DONE = "DELETE FROM outbox_message WHERE id = $1";
const AGAIN = "UPDATE outbox_message SET due_at = clock_timestamp() + make_interval(secs => $2::float8) WHERE id = $1";
const FAILED = "UPDATE outbox_message SET failed = $2 WHERE id = $1";
const WAITING = `
SELECT EXTRACT(EPOCH FROM min(m.due_at) - clock_timestamp())::float8 AS seconds FROM outbox_message m WHERE ${FIRST}`;
const LONGEST = 60; // seconds between two tries; what a receiver itself asks for may be longer
const MOST_ATTEMPTS = 10_000; // about a week of them

export function put(connection: Connection, name: string, payload: object, lock: string | null = null) {
  return connection.query(PUT, [name, payload, lock]);
}

// Deliver what is due, and what becomes due within so many seconds.
export async function drain(database: Database, handlers: Record<string, Deliver>, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const [message] = await database.query(TAKE);
    if (message) {
      await delivered(database, handlers, message);
      continue;
    }
    const [{ seconds: wait }] = await database.query(WAITING);
    if (wait === null || Date.now() + wait * 1000 > end) return;
    await new Promise((resolve) => setTimeout(resolve, Math.max(50, wait * 1000)));
  }
}

async function delivered(database: Database, handlers: Record<string, Deliver>, message: Row): Promise<void> {
  try {
    const handler = handlers[message.name];
    if (!handler) throw new Final(`nobody delivers ${message.name}`);
    await handler(message.payload);
    await database.query(DONE, [message.id]);
  } catch (error) {
    const about = { message_name: message.name, message_id: message.id, attempts: message.attempts, error: String(error) };
    const wait = waitAfter(error, message.attempts);
    if (wait === undefined) {
      console.error(JSON.stringify({ message: "a message will never be delivered", ...about }));
      await database.query(FAILED, [message.id, String(error)]);
      return;
    }
    console.warn(JSON.stringify({ message: "a message will be retried", ...about, wait }));
    await database.query(AGAIN, [message.id, wait]);
  }
}

// The seconds until the next try; undefined when there is to be none.
function waitAfter(error: unknown, attempts: number): number | undefined {
  if (error instanceof Final || attempts >= MOST_ATTEMPTS) return undefined;
  const wait = Math.min(LONGEST, 2 ** Math.min(attempts - 1, 30)) * (1 + Math.random() / 4);
  if (!(error instanceof CallRefused)) return wait;
  return error.passing ? Math.max(wait, error.retryAfter) : undefined;
}
