// Users as Clerk's webhooks tell of them: the schema and the statements of the service in Python.

import { type Asked, type Binding, type Env, setting, store } from "../../../packages/service/src/store";
import users from "../migrations/0001_users.sql";
import initData from "../migrations/0002_init_data.sql";
import statements from "../queries.sql";

export interface AuthEnv extends Env {
  POINTS_SERVICE?: Binding;
  REFERRAL_SERVICE?: Binding;
  TOKEN_SERVICE?: Binding;
  CLERK_ISSUER?: string;
  CLERK_JWKS_URL?: string;
  CLERK_JWT_SECRET?: string;
  CLERK_AUTHORIZED_PARTIES?: string;
  CLERK_WEBHOOK_SECRET?: string;
  AUTH_WELCOME_POINTS?: string;
  AUTH_REFERRER_POINTS?: string;
  AUTH_REFEREE_POINTS?: string;
  AUTH_FIRST_LOGIN_POINTS?: string;
}
export type Asking = Asked<AuthEnv>;

const files = { "0001_users.sql": users, "0002_init_data.sql": initData };
export const { components: COMPONENTS, statements: SQL } = store("auth", files, statements, ["outbox"]);

// What a sign-up, a login and a deletion set in motion, in points.
export function amounts(env: AuthEnv) {
  return {
    welcome: setting(env.AUTH_WELCOME_POINTS, 100),
    referrer: setting(env.AUTH_REFERRER_POINTS, 50),
    referee: setting(env.AUTH_REFEREE_POINTS, 50),
    firstLogin: setting(env.AUTH_FIRST_LOGIN_POINTS, 0, 0),
  };
}

export function settlesLogins(env: AuthEnv): boolean {
  return Boolean(env.REFERRAL_SERVICE && env.POINTS_SERVICE) && amounts(env).firstLogin > 0;
}
