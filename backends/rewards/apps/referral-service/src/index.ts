// Referrals: a code for each user, and who brought whom. The same contract and schema as the service in Python.

import { once } from "../../../packages/service/src/idempotency";
import * as is from "../../../packages/service/src/schema";
import { type Asked, type Env, numberIn, service, setting, textIn } from "../../../packages/service/src/service";
import { branches } from "./rules";
import { attribute, codeOf, COMPONENTS, rotate, SQL } from "./store";

interface ReferralEnv extends Env {
  REFERRAL_WINDOW_SECONDS?: string;
}
type Asking = Asked<ReferralEnv>;

const MONTH = 30 * 86_400;
const FIRST_PAGE = "9223372036854775807";
const DEEPEST = 5; // levels of a tree
const LARGEST = 500; // users of a tree in one answer

const Code = is.text(1, 64);
const Claim = is.object({ code: Code });
const FirstLogin = is.object({ referee: is.userId });
const Attribution = is.object({
  code: Code,
  referee: is.userId,
  occurred_at: is.optional(is.moment("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), null),
});

const windowOf = (env: ReferralEnv) => setting(env.REFERRAL_WINDOW_SECONDS, MONTH);

async function referrals({ database, query, user }: Asking) {
  const limit = numberIn(query, "limit", 20, 100);
  const before = textIn(query, "after", /^[1-9][0-9]{0,17}$/) ?? FIRST_PAGE;
  const rows = await database.query(SQL.referrals, { user, before, limit: limit + 1 });
  const page = rows.slice(0, limit).map(({ referee, attributed_at }) => ({ referee, attributed_at }));
  const next = rows.length > limit ? String(rows[limit - 1].ordinal) : null;
  return { status: 200, body: { referrals: page, next } };
}

async function code({ database, user }: Asking) {
  return { status: 200, body: { code: await codeOf(database, user) } };
}

async function rotated(asked: Asking) {
  return once(asked.database, await asked.attempt(), async (connection) => {
    return { status: 200, body: { code: await rotate(connection, asked.user) } };
  });
}

async function statistics({ database, user }: Asking) {
  const [{ direct, indirect, first_logins }] = await database.query(SQL.statistics, { user, depth: DEEPEST });
  return { status: 200, body: { direct, indirect, first_logins } };
}

async function tree({ database, query, user }: Asking) {
  const depth = numberIn(query, "depth", 3, DEEPEST);
  const rows = await database.query(SQL.tree, { user, depth, limit: LARGEST + 1 });
  const known = rows.slice(0, LARGEST) as Parameters<typeof branches>[0];
  return { status: 200, body: { referrals: branches(known, user), complete: rows.length <= LARGEST } };
}

async function claim(asked: Asking) {
  const data = await asked.body(Claim);
  return attributed(asked, { code: data.code, referee: asked.user, occurred_at: null });
}

async function attribution(asked: Asking) {
  return attributed(asked, await asked.body(Attribution));
}

async function attributed(asked: Asking, said: { code: string; referee: string; occurred_at: string | null }) {
  return once(asked.database, await asked.attempt(), async (connection) => {
    return { status: 201, body: { referrer: await attribute(connection, said, windowOf(asked.env)) } };
  });
}

// The first time after the attribution the answer names the referrer.
async function firstLogin(asked: Asking) {
  const { referee } = await asked.body(FirstLogin);
  return once(asked.database, await asked.attempt(), async (connection) => {
    const [row] = await connection.query(SQL.first_login, { referee });
    return { status: 200, body: { referrer: row?.referrer ?? null } };
  });
}

export default service<ReferralEnv>({
  name: "referral-service",
  components: COMPONENTS,
  routes: {
    "GET /v1/referrals": referrals,
    "GET /v1/referrals/code": code,
    "POST /v1/referrals/code/rotate": rotated,
    "GET /v1/referrals/stats": statistics,
    "GET /v1/referrals/tree": tree,
    "POST /v1/referrals/claim": claim,
    "POST /v1/attributions": attribution,
    "POST /v1/first-logins": firstLogin,
  },
});
