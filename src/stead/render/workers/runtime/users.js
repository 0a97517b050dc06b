// Who is a user: each identity provider's way to recognise one. 401 is the same whatever is wrong with a credential.

import { Refusal } from "./http.js";
import { isSigned, isTimely, now, parsed, publicKey, sharedKey } from "./token.js";

const FRESH = 300; // seconds that a key set is used before it is fetched again
const AGAIN = 10; // seconds before a token with an unknown key makes it be fetched again
const VERIFIER_MS = 2000;
const KEYS_MS = 3000;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const ANSWERED = ["x-user-id", "x-session-id", "x-user-roles", "x-user-scopes", "x-auth-method"];
const refused = (why) => new Refusal("UNAUTHENTICATED", why);

// A provider's keys, kept between requests.
class KeySet {
  #keys = null;
  #at = 0;
  #tried = 0;

  constructor(algorithm, fetched) {
    this.algorithm = algorithm;
    this.fetched = fetched;
  }

  async keysFor(kid, env) {
    const age = now() - this.#at;
    if (!this.#keys || age > FRESH) await this.#fetch(env);
    else if (kid && !this.#keys.some((each) => each.kid === kid) && now() - this.#tried > AGAIN) await this.#fetch(env);
    if (!this.#keys) throw new Refusal("UNAVAILABLE", "no keys of the identity provider are to be had");
    return this.#keys.filter((each) => !kid || each.kid === kid);
  }

  async #fetch(env) {
    this.#tried = now();
    try {
      const { keys } = await (await this.fetched(env)).json();
      const usable = keys.filter((jwk) => (jwk.alg ?? this.algorithm) === this.algorithm && (jwk.use ?? "sig") === "sig");
      this.#keys = await Promise.all(
        usable.map(async (jwk) => ({ kid: jwk.kid, ...(await publicKey(jwk, this.algorithm)) })),
      );
      this.#at = now();
    } catch (error) {
      console.error(JSON.stringify({ message: "a key set could not be fetched", error: String(error) }));
    }
  }
}

export function recogniser(table, ask) {
  const form = new RegExp(table.user_id.pattern);
  const isVisible = (value) => typeof value === "string" && form.test(value);
  const isUserId = (value) => isVisible(value) && Array.from(value).length <= table.user_id.longest;
  const kinds = { clerk, access, introspection };
  const providers = table.providers.map((provider) => kinds[provider.kind](provider, { ask, isVisible }));
  return async (authorization, request, env) => {
    const asked = providers.find((provider) => provider.takes?.(authorization));
    if (asked) return checked(await asked.user(authorization, request, env), isUserId);
    const [, text] = /^[Bb]earer (.*)$/.exec(authorization) ?? [];
    if (!text || authorization.includes(",")) throw refused("no credential");
    const token = parsed(text);
    const provider = providers.find((each) => each.issuer && token.claims.iss === each.issuer(env));
    if (!provider) throw refused(`a token of ${JSON.stringify(token.claims.iss)}`);
    return checked(await provider.user(token, env), isUserId);
  };
}

// The identity headers of a user; a claim goes into a header as it is, so that no blank and no break may be in it.
function checked(headers, isUserId) {
  if (!isUserId(headers["x-user-id"])) throw refused("no user id that a header can carry");
  const sent = Object.entries(headers).filter(([, value]) => typeof value === "string" && value !== "");
  for (const [name, value] of sent) if (CONTROL.test(value)) throw refused(`a control character in ${name}`);
  return Object.fromEntries(sent); // the runtime writes what is not ASCII as UTF-8
}

async function verified(token, keys) {
  if ("crit" in token.header) throw refused("a critical header");
  if (!isTimely(token.claims)) throw refused("a token that is not of now");
  if (!(await isSigned(token, keys))) throw refused("a signature that does not hold");
}

function clerk(provider, { isVisible }) {
  const keySet = new KeySet("RS256", (env) => fetch(env.CLERK_JWKS_URL, { signal: AbortSignal.timeout(KEYS_MS) }));
  const keys = async (token, env) =>
    env.CLERK_JWT_SECRET ? [await sharedKey(env.CLERK_JWT_SECRET)] : keySet.keysFor(token.header.kid, env);
  return {
    issuer: (env) => env.CLERK_ISSUER,
    async user(token, env) {
      await verified(token, await keys(token, env));
      const { sub, sid, sts, azp, act } = token.claims;
      const parties = (env.CLERK_AUTHORIZED_PARTIES ?? "").split(",").map((each) => each.trim()).filter(Boolean);
      if (sts === "pending") throw refused("a pending session");
      if (!isVisible(sid)) throw refused("a token without a session");
      if (parties.length && azp !== undefined && !parties.includes(azp)) throw refused("a token for another party");
      return {
        "x-user-id": sub,
        "x-session-id": sid,
        "x-user-roles": claimOf(token.claims, provider.roles),
        "x-user-actor": act?.sub,
        "x-auth-method": "clerk",
      };
    },
  };
}

function claimOf(claims, path) {
  return path.split(".").reduce((found, name) => found?.[name], claims);
}

// Signed tokens that a service of the backend issues, verified by the keys that it publishes.
function access(provider, { ask, isVisible }) {
  const keySet = new KeySet("ES256", async (env) => {
    const answer = await ask(provider.service, new Request(`https://${provider.service}${provider.keys}`), env, KEYS_MS);
    if (!answer.ok) throw new Error(`${provider.service} answered ${answer.status}`);
    return answer;
  });
  return {
    issuer: () => provider.service,
    async user(token, env) {
      await verified(token, await keySet.keysFor(token.header.kid, env));
      const { aud, sub, sid, roles, auth_method: method } = token.claims;
      const audience = env.ACCESS_TOKEN_AUDIENCE || "api";
      if (![aud].flat().includes(audience) || !isVisible(sid) || !method) throw refused("a token for another use");
      return { "x-user-id": sub, "x-session-id": sid, "x-user-roles": roles, "x-auth-method": method };
    },
  };
}

// Opaque credentials: the service that issued them is asked. Its outage says nothing of the credential.
function introspection(provider, { ask }) {
  const literal = provider.prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const shape = new RegExp(`^[Bb]earer ${literal}[A-Za-z0-9_~+/=-]+$`);
  return {
    takes: (authorization) => shape.test(authorization),
    async user(authorization, request, env) {
      const headers = { authorization, "x-request-id": request.headers.get("x-request-id") };
      const question = new Request(`https://${provider.service}${provider.path}`, { method: request.method, headers });
      const answer = await ask(provider.service, question, env, VERIFIER_MS).catch((error) => {
        throw new Refusal("UNAVAILABLE", `${provider.service}: ${error}`);
      });
      await answer.body?.cancel();
      if (answer.status === 401 || answer.status === 403) throw refused(`${provider.service} does not know it`);
      if (!answer.ok) throw new Refusal("UNAVAILABLE", `${provider.service} answered ${answer.status}`);
      const said = Object.fromEntries(ANSWERED.map((name) => [name, answer.headers.get(name)]));
      if (!said["x-auth-method"]) throw refused(`${provider.service} names no user`);
      return said;
    },
  };
}
