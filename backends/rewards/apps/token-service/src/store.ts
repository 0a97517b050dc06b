// Tokens in PostgreSQL; of a token itself only the SHA-256 is there.

import { type Connection, type Database, HttpProblem, type Row, store } from "../../../packages/service/src/store";
import token from "../migrations/0001_token.sql";
import gone from "../migrations/0002_gone.sql";
import statements from "../queries.sql";

const files = { "0001_token.sql": token, "0002_gone.sql": gone };
export const { components: COMPONENTS, statements: SQL } = store("tokens", files, statements, ["idempotency"]);

export interface Draft {
  id: string;
  user_id: string;
  digest: Uint8Array;
  name: string;
  hint: string;
  scopes: string[];
  days: number;
}

export async function insert(connection: Connection, draft: Draft, most: number): Promise<Row> {
  const user = { user_id: draft.user_id };
  await connection.query(SQL.lock_user, user);
  if ((await connection.query(SQL.is_gone, user)).length)
    throw new HttpProblem(403, "user_deleted", "This user was deleted.");
  await connection.query(SQL.forget_ended, user);
  const [{ live }] = await connection.query(SQL.count, user);
  if (live >= most)
    throw new HttpProblem(409, "too_many_tokens", `A user may have ${most} tokens; revoke one first.`);
  const [row] = await connection.query(SQL.insert, { ...draft });
  return row;
}

export function list(database: Database, user: string): Promise<Row[]> {
  return database.query(SQL.list, { user_id: user });
}

// False when the user has no token of that id.
export async function revoke(database: Database, user: string, id: string): Promise<boolean> {
  return (await database.query(SQL.revoke, { user_id: user, id })).length > 0;
}

// Revoke all tokens of a user who is no more, and let none be made.
export function end(database: Database, user: string): Promise<void> {
  return database.transaction(async (connection) => {
    for (const name of ["lock_user", "note_gone", "revoke_all"]) await connection.query(SQL[name], { user_id: user });
  });
}

// What a token stands for; nothing when it is unknown, revoked or expired: nobody is told which.
export async function find(database: Database, digest: Uint8Array): Promise<Row | undefined> {
  return (await database.query(SQL.find, { digest }))[0];
}

export async function touch(database: Database, id: string): Promise<void> {
  await database.query(SQL.touch, { ids: [id] });
}
