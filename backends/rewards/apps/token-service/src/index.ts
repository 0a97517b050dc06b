// API tokens: made, listed, ended, and recognised when somebody shows one. The contract of the service in Python.
//
// Nothing is remembered of a token between requests: each question is answered by the database, so that a token which
// was revoked is worth nothing at once.

import { hex } from "../../../packages/service/src/hash";
import { type Answer, bytesOf, once, REPLAYED } from "../../../packages/service/src/idempotency";
import { HttpProblem, invalid } from "../../../packages/service/src/problem";
import * as is from "../../../packages/service/src/schema";
import { type Asked, type Env, service, setting } from "../../../packages/service/src/service";
import { digest, hint, isToken, newToken } from "./credential";
import { COMPONENTS, end, find, insert, list, revoke, touch } from "./store";

interface TokenEnv extends Env {
  TOKEN_MAX_PER_USER?: string;
  TOKEN_MAX_DAYS?: string;
}
type Asking = Asked<TokenEnv>;

const NO_STORE = { "cache-control": "no-store" }; // RFC 6750 section 5.3
const USUAL_DAYS = 90;
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]/;

const Wanted = is.object({
  name: is.text(1, 100, { refuses: is.HIDDEN, pattern: /\S/ }),
  scopes: is.list(is.text(0, 100, { pattern: /^(\*|[a-z][a-z0-9-]*:(read|write))$/ }), 1, 50),
  expires_in_days: is.optional(is.integer(1, 36_500), null),
});
const Gone = is.object({ user_id: is.userId });

async function tokens({ database, user }: Asking): Promise<Answer> {
  return { status: 200, body: { tokens: await list(database, user) } };
}

// The token is in this answer and in no other: what is kept for a replay is the answer without it.
async function make(asked: Asking): Promise<Response> {
  const wanted = await asked.body(Wanted);
  const days = daysOf(wanted.expires_in_days, setting(asked.env.TOKEN_MAX_DAYS, 365));
  const most = setting(asked.env.TOKEN_MAX_PER_USER, 50);
  const token = newToken();
  const id = `tok_${hex(crypto.getRandomValues(new Uint8Array(12)))}`;
  const [name, scopes] = [wanted.name.trim(), scopesOf(wanted.scopes)];
  const draft = { id, user_id: asked.user, digest: await digest(token), name, hint: hint(token), scopes, days };
  const answer = await once(asked.database, await asked.attempt(), async (connection) => {
    const { created_at, expires_at } = await insert(connection, draft, most);
    const body = { id, name, scopes, created_at, expires_at, hint: draft.hint };
    return { status: 201, body, headers: NO_STORE };
  });
  if (answer.headers.has(REPLAYED)) return answer;
  const shown = { ...((await answer.json()) as object), token };
  return new Response(bytesOf({ status: 201, body: shown }) as BodyInit, { status: 201, headers: answer.headers });
}

async function remove({ database, user, parameters }: Asking): Promise<Answer> {
  const id = parameters.token_id;
  if (UNPRINTABLE.test(id) || !(await revoke(database, user, id)))
    throw new HttpProblem(404, "unknown_token", "You have no token of that id.");
  return { status: 204 };
}

// RFC 7662: of a token that is not active, that and nothing else is said.
async function introspect(asked: Asking): Promise<Answer> {
  const grant = await recognise(asked, await tokenOf(asked.request));
  if (!grant) return { status: 200, body: { active: false }, headers: NO_STORE };
  const body = {
    active: true,
    sub: grant.user_id,
    scope: grant.scopes.join(" "),
    exp: Math.floor(Date.parse(grant.expires_at) / 1000),
    iat: Math.floor(Date.parse(grant.created_at) / 1000),
    token_type: "Bearer",
    jti: grant.id,
  };
  return { status: 200, body, headers: NO_STORE };
}

async function tokenOf(request: Request): Promise<string> {
  const media = (request.headers.get("content-type") ?? "").split(";", 1)[0].trim().toLowerCase();
  if (media !== "application/x-www-form-urlencoded")
    throw new HttpProblem(415, "unsupported_media_type", "The body must be application/x-www-form-urlencoded.");
  const form = formOf(await request.text());
  const token = form.get("token");
  if (token === undefined) throw invalid([{ path: "$.token", message: "is missing" }]);
  return token;
}

// A form whose fields are there once, and are UTF-8.
function formOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of text ? text.split("&") : []) {
    const [name, ...rest] = pair.split("=");
    if (!rest.length) throw malformedForm("The body is not URL-encoded.");
    if (found.has(plain(name))) throw malformedForm("A field of the form is there more than once.");
    found.set(plain(name), plain(rest.join("=")));
  }
  return found;
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    throw malformedForm("The body is not URL-encoded.");
  }
}

const malformedForm = (detail: string) => new HttpProblem(400, "malformed_form", detail);

async function revocations(asked: Asking): Promise<Answer> {
  await end(asked.database, (await asked.body(Gone)).user_id);
  return { status: 204 };
}

// Tell the gateway whose request this is, in headers. A token has scopes and no roles.
async function authorize(asked: Asking): Promise<Response> {
  const shown = /^bearer +([^ ,]+) *$/i.exec(asked.request.headers.get("authorization") ?? "")?.[1];
  const grant = shown ? await recognise(asked, shown) : undefined;
  if (!grant)
    throw new HttpProblem(401, "unauthenticated", "A valid credential is needed.", { "www-authenticate": "Bearer" });
  const headers = { "x-user-id": grant.user_id, "x-auth-method": "token", "x-user-scopes": [...grant.scopes].sort().join(" ") };
  return new Response(null, { status: 200, headers });
}

async function recognise({ database }: Asking, token: string) {
  const grant = isToken(token) ? await find(database, await digest(token)) : undefined;
  if (grant) await touch(database, grant.id);
  return grant;
}

function daysOf(wanted: number | null, longest: number): number {
  if (wanted === null) return Math.min(USUAL_DAYS, longest);
  if (wanted <= longest) return wanted;
  const message = `A token lives for at most ${longest} days.`;
  throw new HttpProblem(422, "expires_too_late", message, {}, { errors: [{ path: "$.expires_in_days", message }] });
}

function scopesOf(wanted: string[]): string[] {
  return wanted.includes("*") ? ["*"] : [...new Set(wanted)].sort();
}

export default service<TokenEnv>({
  name: "token-service",
  components: COMPONENTS,
  routes: {
    "GET /v1/tokens": tokens,
    "POST /v1/tokens": make,
    "DELETE /v1/tokens/{token_id}": remove,
    "POST /v1/introspect": introspect,
    "POST /v1/revocations": revocations,
    "ANY /v1/authorize": authorize,
  },
});
