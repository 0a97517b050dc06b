// Points: awards, reversals, balances and history. The same contract, schema and statements as the service in Python: the
// decisions that need a lock are made in PostgreSQL, under it.

import { invalidParameter } from "../../../packages/service/src/problem";
import { type Asked, type Env, numberIn, service, textIn } from "../../../packages/service/src/service";
import { isUserId, USER_ID_RULE } from "../../../packages/service/src/user";
import { award, awardBatch, type PointsEnv, reverse } from "./writes";
import { COMPONENTS, SQL } from "./store";

async function balance({ database }: Asked<Env>, user: string) {
  const [row] = await database.query(SQL.balance, { user_id: user });
  return { status: 200, body: { user_id: user, balance: row?.balance ?? 0 } };
}

async function balanceOf(asked: Asked<PointsEnv>) {
  const user = asked.parameters.user_id;
  if (!isUserId(user)) throw invalidParameter("user_id", USER_ID_RULE);
  return balance(asked, user);
}

async function entries({ database, query, user }: Asked<PointsEnv>) {
  const limit = numberIn(query, "limit", 20, 100);
  const after = textIn(query, "after", /^[1-9][0-9]{0,17}-[1-9][0-9]{0,17}$/);
  const [account, seq] = after?.split("-") ?? [null, null];
  const rows = await database.query(SQL.entries, { user_id: user, limit, account, seq });
  const page = rows.slice(0, limit).map((row) => ({
    entry_id: `${row.account}-${row.seq}`,
    kind: row.kind,
    amount: row.amount,
    balance: row.balance_after,
    reason: row.reason,
    created_at: row.created_at,
    occurred_at: row.event_at,
    reverses: row.reverses === null ? null : `${row.account}-${row.reverses}`,
  }));
  const next = rows.length > limit ? page[page.length - 1].entry_id : null;
  return { status: 200, body: { entries: page, next } };
}

export default service<PointsEnv>({
  name: "points-service",
  components: COMPONENTS,
  routes: {
    "POST /v1/awards": award,
    "POST /v1/awards/batch": awardBatch,
    "POST /v1/entries/{entry_id}/reversals": reverse,
    "GET /v1/users/{user_id}/balance": balanceOf,
    "GET /v1/points/balance": (asked) => balance(asked, asked.user),
    "GET /v1/points/entries": entries,
  },
});
