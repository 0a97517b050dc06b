// What a sign-up tells other services: at least once, each message with a key of its own. The amounts travel in the message:
// what was promised at the sign-up is what is awarded.

import { ask, type Binding, CallRefused } from "../../../packages/service/src/client";
import type { Database } from "../../../packages/service/src/database";
import { type Deliver, drain, put } from "../../../packages/service/src/outbox";
import { type AuthEnv, SQL } from "./store";

const SECONDS = 20; // that a request goes on delivering once its answer is out

export function deliver(env: AuthEnv, database: Database): Promise<void> {
  const handlers: Record<string, Deliver> = {
    welcome: welcome(env, database),
    attribution: attribution(env, database),
    "first-login": firstLogin(env),
    "referral-award": ({ key, ...award }) => awarded(env, key, award),
    goodbye: ({ user_id }) => asked(env.TOKEN_SERVICE, "token-service", "/v1/revocations", { body: { user_id } }),
  };
  return drain(database, handlers, SECONDS);
}

function welcome(env: AuthEnv, database: Database): Deliver {
  return async ({ user_id, amount, occurred_at }) => {
    await awarded(env, `signup:${user_id}`, { user_id, amount, reason: "signup", occurred_at });
    await database.query(SQL.welcomed, { user_id });
  };
}

// Both awards are put into the outbox together; after a crash in between they are put again, under the same keys.
function attribution(env: AuthEnv, database: Database): Deliver {
  return async ({ referee, code, occurred_at, referrer_points, referee_points }) => {
    const referrer = await attributed(env, { referee, code, occurred_at });
    if (referrer === undefined || !env.POINTS_SERVICE) return;
    await database.transaction(async (connection) => {
      const sides: [string, string, number][] = [
        ["referrer", referrer, referrer_points],
        ["referee", referee, referee_points],
      ];
      for (const [side, user_id, amount] of sides) {
        const award = { user_id, amount, reason: `referral:${side}`, occurred_at };
        await put(connection, "referral-award", { key: `referral:${referee}:${side}`, ...award });
      }
    });
  };
}

interface Attribution {
  referee: string;
  code: string;
  occurred_at: string | null;
}

// Who brought the referee; undefined when the referral service has judged that nobody did.
async function attributed(env: AuthEnv, body: Attribution): Promise<string | undefined> {
  const said = { key: `attribution:${body.referee}`, body };
  try {
    return (await asked<{ referrer: string }>(env.REFERRAL_SERVICE, "referral-service", "/v1/attributions", said)).referrer;
  } catch (error) {
    if (error instanceof CallRefused && isFinal(error)) return undefined;
    throw error instanceof CallRefused && !error.passing ? new Error(error.message) : error;
  }
}

// Whatever else the referral service refuses may go well another time.
function isFinal({ status, code }: CallRefused): boolean {
  return status === 422 || (status === 404 && code === "unknown_code") || (status === 409 && code === "already_attributed");
}

function firstLogin(env: AuthEnv): Deliver {
  return async ({ referee, session, amount }) => {
    const said = { key: `first_login:${referee}:${session}`, body: { referee } };
    const path = "/v1/first-logins";
    const { referrer } = await asked<{ referrer: string | null }>(env.REFERRAL_SERVICE, "referral-service", path, said);
    if (referrer === null) return;
    const award = { user_id: referrer, amount, reason: "referral:first_login", occurred_at: null };
    await awarded(env, `referral:first_login:${referrer}:${referee}`, award);
  };
}

function awarded(env: AuthEnv, key: string, body: object): Promise<void> {
  return asked(env.POINTS_SERVICE, "points-service", "/v1/awards", { key, body });
}

function asked<T>(binding: Binding | undefined, service: string, path: string, said: { key?: string; body: object }) {
  if (!binding) throw new Error(`a message waits for ${service}, and there is no binding to it`);
  return ask<T>(binding, service, "POST", path, said);
}
