// Codes and attributions in PostgreSQL: the statements and the schema of the service in Python.

import { type Connection, HttpProblem, store } from "../../../packages/service/src/store";
import referrals from "../migrations/0001_referrals.sql";
import firstLogin from "../migrations/0002_first_login.sql";
import statements from "../queries.sql";
import * as rules from "./rules";

const files = { "0001_referrals.sql": referrals, "0002_first_login.sql": firstLogin };
export const { components: COMPONENTS, statements: SQL } = store("referrals", files, statements, ["idempotency"]);

export interface Attribution {
  code: string;
  referee: string;
  occurred_at: string | null;
}

// The user's live code, made at the first ask. No row means that a request beside this one was first: look again.
export async function codeOf(connection: Connection, user: string): Promise<string> {
  for (;;) {
    const code = (await live(connection, user)) ?? (await add(connection, user));
    if (code) return code;
  }
}

async function live(connection: Connection, user: string): Promise<string | undefined> {
  const [row] = await connection.query(SQL.live_code, { user });
  return row?.code;
}

async function add(connection: Connection, user: string): Promise<string | undefined> {
  const [row] = await connection.query(SQL.add_code, { user, code: rules.newCode() });
  return row?.code;
}

export async function rotate(connection: Connection, user: string): Promise<string> {
  for (;;) {
    await connection.query(SQL.revoke_code, { user });
    const made = await add(connection, user);
    if (made) return made;
  }
}

// Judged one at a time, under one lock of the whole graph: with it no ring of any length can pass.
export async function attribute(connection: Connection, said: Attribution, windowSeconds: number): Promise<string> {
  await connection.query(SQL.lock_graph);
  const code = rules.normal(said.code);
  const facts = await factsOf(connection, said, code);
  const wrong = rules.fault(facts, windowSeconds);
  if (wrong) throw new HttpProblem(rules.STATUS[wrong], wrong, rules.DETAIL[wrong]);
  const referrer = facts.referrer as string;
  await connection.query(SQL.attribute, { referee: said.referee, referrer, code });
  return referrer;
}

async function factsOf(connection: Connection, said: Attribution, code: string): Promise<rules.Facts> {
  const referee = said.referee;
  const [owner] = rules.looksReal(code) ? await connection.query(SQL.owner, { code }) : [];
  const referrer: string | null = owner?.user_id ?? null;
  const [{ known, now }] = await connection.query(SQL.known, { referee });
  const [row] = referrer === null ? [] : await connection.query(SQL.ancestor, { referee, referrer });
  return { referrer, referee, known, ancestor: row?.ancestor ?? false, signedUp: said.occurred_at, now };
}
