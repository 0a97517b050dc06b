// A write under its Idempotency-Key: the key's row and the work commit together or not at all. The table and its function
// are those of the kit in Python.

import type { Component } from "./migrations";
import type { Connection, Database } from "./database";
import tables from "../migrations/0001_idempotency.sql";
import { HttpProblem } from "./problem";
import { sha256 } from "./hash";

export const IDEMPOTENCY: Component = { name: "idempotency", files: { "0001_idempotency.sql": tables } };
export const REPLAYED = "idempotency-replayed";

export interface Attempt {
  key: string | undefined;
  owner: string; // the caller's name, or `user:<id>` on a user route
  bodyHash: Uint8Array;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

// 1 to 255 visible ASCII characters; anything else is refused.
export function keyOf(headers: Headers): string | undefined {
  const value = headers.get("idempotency-key");
  if (value === null) return undefined;
  if (/^[!-~]{1,255}$/.test(value)) return value;
  const detail = "Idempotency-Key must be 1 to 255 visible ASCII characters without spaces.";
  throw new HttpProblem(400, "invalid_idempotency_key", detail);
}

export async function attemptOf(request: Request, owner: string, body: Uint8Array): Promise<Attempt> {
  const head = new TextEncoder().encode(`${request.method} ${new URL(request.url).pathname}\n`);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return { key: keyOf(request.headers), owner, bodyHash: await sha256(bytes) };
}

// Do the work in a transaction of its own, once for this key. What the work refuses is not kept.
export function once(
  database: Database,
  attempt: Attempt,
  work: (connection: Connection) => Promise<Answer>,
): Promise<Response> {
  return database.transaction(async (connection) => {
    if (attempt.key === undefined) return response(await work(connection));
    const [row] = await connection.query("SELECT * FROM idempotency_begin($1, $2)", [attempt.owner, attempt.key]);
    if (row.stored) return replay(row, attempt);
    if (!row.mine)
      throw new HttpProblem(409, "idempotency_in_flight", "A request with this key is being worked on.", {
        "retry-after": "1",
      });
    const answer = await work(connection);
    const values = [attempt.owner, attempt.key, attempt.bodyHash, answer.status, answer.headers ?? {}, bytesOf(answer)];
    await connection.query(
      "INSERT INTO idempotency (owner, key, body_hash, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6)",
      values,
    );
    return response(answer);
  });
}

function replay(row: Record<string, any>, attempt: Attempt): Response {
  if (!same(row.body_hash, attempt.bodyHash))
    throw new HttpProblem(422, "idempotency_key_reused", "This key came with another request before.");
  return written(row.status, row.body, { ...row.headers, [REPLAYED]: "true" });
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

export function bytesOf(answer: Answer): Uint8Array {
  return new TextEncoder().encode(answer.body === undefined ? "" : JSON.stringify(answer.body));
}

export function response(answer: Answer): Response {
  return written(answer.status, bytesOf(answer), answer.headers ?? {});
}

function written(status: number, body: Uint8Array, headers: Record<string, string>): Response {
  const media: Record<string, string> = body.length ? { "content-type": "application/json" } : {};
  return new Response(body.length ? (body as BodyInit) : null, { status, headers: { ...media, ...headers } });
}
