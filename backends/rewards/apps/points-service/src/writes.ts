// Awards and reversals. A key is one entry, for ever: it stands for what was asked, and not for the bytes.

import { sha256, hex } from "../../../packages/service/src/hash";
import { type Answer, REPLAYED } from "../../../packages/service/src/idempotency";
import { HttpProblem, invalid } from "../../../packages/service/src/problem";
import * as is from "../../../packages/service/src/schema";
import { type Asked, type Env, setting } from "../../../packages/service/src/service";
import { SQL } from "./store";

export interface PointsEnv extends Env {
  POINTS_VELOCITY_CAP?: string;
  POINTS_VELOCITY_WINDOW_SECONDS?: string;
}

const LARGEST = 2 ** 53;
const DAY = 86_400;
const ENTRY_ID = /^([1-9][0-9]{0,17})-([1-9][0-9]{0,17})$/;
const UNIQUE_VIOLATION = "23505"; // a key that another write took in the very same moment

const AWARD = {
  user_id: is.userId,
  amount: is.integer(1, LARGEST),
  reason: is.line(200),
  occurred_at: is.optional(is.moment("1970-01-01T00:00:00Z", "9999-01-01T00:00:00Z"), null),
};
const Award = is.object(AWARD);
const KeyedAward = is.object({ ...AWARD, key: is.text(1, 255, { pattern: /^[!-~]+$/ }) });
const Batch = is.object({ awards: is.list(KeyedAward, 1, 256) });
const Reversal = is.object({ reason: is.line(200), amount: is.optional(is.integer(1, LARGEST), null) });

type Awarding = { user_id: string; amount: number; reason: string; occurred_at: string | null };
type Claim = { caller: string; key: string; award: Awarding };
type Outcome = { code: string; entry: string; balance: number; wait: number | null };

const STATUS: Record<string, number> = {
  granted: 201,
  reversed: 201,
  replayed: 201,
  idempotency_key_reused: 422,
  velocity_cap: 429,
  balance_limit: 422,
  entry_unknown: 404,
  not_reversible: 409,
  already_reversed: 409,
  exceeds_remainder: 409,
  points_spent: 409,
};
const DETAIL: Record<string, string> = {
  idempotency_key_reused: "This Idempotency-Key stands for another request.",
  velocity_cap: "The user has reached the cap of one window.",
  balance_limit: "The balance would exceed 2^53.",
  entry_unknown: "There is no such entry.",
  not_reversible: "Only an award can be reversed.",
  already_reversed: "Nothing is left of this award to take back.",
  exceeds_remainder: "Less than that is left of this award.",
  points_spent: "The user has spent points of this award: the balance is too small.",
};

export async function award(asked: Asked<PointsEnv>): Promise<Answer> {
  const data = await asked.body(Award);
  const key = await keyFor(asked);
  const [outcome] = await judge(asked, [{ caller: asked.caller, key, award: data }]);
  if (STATUS[outcome.code] !== 201) throw refusal(outcome.code, outcome.wait);
  const body = { entry_id: outcome.entry, user_id: data.user_id, amount: data.amount, balance: outcome.balance };
  return { status: 201, body, headers: replayed(outcome.code) };
}

// Each with a key and a result of its own: one that is refused stops no other.
export async function awardBatch(asked: Asked<PointsEnv>): Promise<Answer> {
  const { awards } = await asked.body(Batch);
  if (new Set(awards.map((each) => each.key)).size < awards.length)
    throw invalid([{ path: "$", message: "a key is in `awards` more than once" }]);
  const claims = awards.map(({ key, ...rest }) => ({ caller: asked.caller, key, award: rest }));
  const outcomes = await judge(asked, claims);
  return { status: 200, body: { results: outcomes.map((outcome, index) => result(awards[index].key, outcome)) } };
}

function result(key: string, outcome: Outcome) {
  const status = STATUS[outcome.code];
  const is = { key, status, replayed: outcome.code === "replayed" };
  if (status === 201) return { ...is, entry_id: outcome.entry, balance: outcome.balance };
  return { ...is, code: outcome.code, ...(outcome.wait === null ? {} : { retry_after: outcome.wait }) };
}

async function judge(asked: Asked<PointsEnv>, claims: Claim[]): Promise<Outcome[]> {
  const cap = Math.min(setting(asked.env.POINTS_VELOCITY_CAP, 1000), LARGEST);
  const seconds = setting(asked.env.POINTS_VELOCITY_WINDOW_SECONDS, DAY);
  const lines = await Promise.all(claims.map(lineOf));
  const rows = await asked.database.statement(SQL.award, [lines, cap, seconds], [UNIQUE_VIOLATION]);
  return rows
    .sort((one, other) => one.n - other.n)
    .map((row) => ({ code: row.outcome, entry: `${row.account}-${row.seq}`, balance: row.balance, wait: row.wait }));
}

async function lineOf({ caller, key, award }: Claim, n: number) {
  const { user_id, amount, reason, occurred_at } = award;
  const body_hash = `\\x${hex(await sha256(JSON.stringify(["award", user_id, amount, reason, occurred_at])))}`;
  return { n, caller, key, body_hash, user_id, amount, reason, event_at: occurred_at };
}

// Take back an award, or a part of it. The cap gets no room back.
export async function reverse(asked: Asked<PointsEnv>): Promise<Answer> {
  const { reason, amount } = await asked.body(Reversal);
  const key = await keyFor(asked);
  const name = asked.parameters.entry_id;
  const [, account, seq] = ENTRY_ID.exec(name) ?? [];
  if (!account) throw refusal("entry_unknown");
  const hash = await sha256(JSON.stringify(["reversal", name, amount, reason]));
  const values = { caller: asked.caller, key, hash, account, seq, part: amount, reason };
  const [done] = await asked.database.statement(SQL.reverse, values, [UNIQUE_VIOLATION]);
  if (STATUS[done.outcome] !== 201) throw refusal(done.outcome);
  const body = {
    entry_id: `${account}-${done.seq}`,
    reverses: name,
    user_id: done.user_id,
    amount: done.amount,
    balance: done.balance,
    remainder: done.remainder,
  };
  return { status: 201, body, headers: replayed(done.outcome) };
}

async function keyFor(asked: Asked<PointsEnv>): Promise<string> {
  const { key } = await asked.attempt();
  if (key) return key;
  throw new HttpProblem(400, "idempotency_key_required", "Send an Idempotency-Key, so that a repetition is safe.");
}

function replayed(code: string): Record<string, string> {
  return code === "replayed" ? { [REPLAYED]: "true" } : {};
}

function refusal(code: string, wait: number | null = null): HttpProblem {
  return new HttpProblem(STATUS[code], code, DETAIL[code], wait === null ? {} : { "retry-after": String(wait) });
}
