// Clerk's session tokens (Clerk documentation, "Session tokens" and "Manual JWT verification"): RS256 by the provider's key
// set, or HS256 by `CLERK_JWT_SECRET`. Where that secret is set it is the only key, so no header can choose.

import { isUserId } from "../../../packages/service/src/user";
import type { AuthEnv } from "./store";

const SKEW = 5; // seconds that two clocks may differ
const FRESH = 300; // seconds that a key set is used before it is fetched again
const KEYS_MS = 3000;
const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const HS256 = { name: "HMAC", hash: "SHA-256" };

export class RejectedError extends Error {}
export class UnavailableError extends Error {}

type Jwk = JsonWebKey & { kid?: string; use?: string };
type Claims = Record<string, any>;
const keySets = new Map<string, { keys: Jwk[]; at: number }>(); // by URL, kept between requests

export async function verify(env: AuthEnv, token: string) {
  const { header, claims, signed, signature } = parsed(token);
  if (!env.CLERK_ISSUER || claims.iss !== env.CLERK_ISSUER) throw new RejectedError("of an unknown provider");
  if ("crit" in header) throw new RejectedError("a critical header");
  const { key, algorithm, name } = await keyFor(env, header);
  if (header.alg !== name) throw new RejectedError("signed by another algorithm");
  if (!(await crypto.subtle.verify(algorithm, key, signature, signed))) throw new RejectedError("does not hold");
  return identity(env, claims, Date.now() / 1000);
}

function identity(env: AuthEnv, claims: Claims, now: number) {
  const { sub, sid, sts, azp, exp, nbf, iat, act } = claims;
  const timely = (value: unknown) => value === undefined || (typeof value === "number" && value <= now + SKEW);
  if (typeof exp !== "number" || exp <= now - SKEW || !timely(nbf) || !timely(iat)) throw new RejectedError("not of now");
  if (!isUserId(sub) || !isUserId(sid)) throw new RejectedError("sub and sid must be identifiers");
  if (sts === "pending") throw new RejectedError("the session is pending");
  const parties = (env.CLERK_AUTHORIZED_PARTIES ?? "").split(",").map((each) => each.trim()).filter(Boolean);
  if (azp !== undefined && parties.length && !parties.includes(azp)) throw new RejectedError("another party");
  const expires_at = new Date(Math.floor(exp) * 1000).toISOString().replace(".000Z", "Z");
  const actor = typeof act?.sub === "string" ? { actor: act.sub } : {};
  return { user_id: sub, method: "clerk", expires_at, ...actor };
}

async function keyFor(env: AuthEnv, header: Claims) {
  if (env.CLERK_JWT_SECRET) {
    const raw = new TextEncoder().encode(env.CLERK_JWT_SECRET);
    const key = await crypto.subtle.importKey("raw", raw, HS256, false, ["verify"]);
    return { key, algorithm: HS256, name: "HS256" };
  }
  const jwk = await keyOf(env.CLERK_JWKS_URL ?? "", header.kid);
  const { kty, n, e } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, n, e }, RS256, false, ["verify"]);
  return { key, algorithm: RS256, name: "RS256" };
}

async function keyOf(url: string, kid: unknown): Promise<Jwk> {
  if (typeof kid !== "string") throw new RejectedError("names no key");
  const age = Date.now() / 1000 - (keySets.get(url)?.at ?? 0);
  const known = () => keySets.get(url)?.keys.find((each) => each.kid === kid && (each.use ?? "sig") === "sig");
  if (age > FRESH || (!known() && age > 10)) await fetched(url);
  const found = known();
  if (!found) throw new RejectedError("by no key of the provider");
  return found;
}

async function fetched(url: string): Promise<void> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(KEYS_MS) });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    keySets.set(url, { keys: ((await answer.json()) as { keys: Jwk[] }).keys, at: Date.now() / 1000 });
  } catch (error) {
    console.warn(JSON.stringify({ message: "a key set could not be fetched", error: String(error) }));
    if (!keySets.has(url)) throw new UnavailableError("no keys of the identity provider are to be had");
  }
}

function parsed(token: string) {
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) throw new RejectedError("no JWT");
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  return { header: object(parts[0]), claims: object(parts[1]), signed, signature: decoded(parts[2]) };
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  } catch {
    throw new RejectedError("no base64url");
  }
}

function object(text: string): Claims {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(decoded(text)));
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch (error) {
    if (error instanceof RejectedError) throw error;
  }
  throw new RejectedError("no JSON object");
}
