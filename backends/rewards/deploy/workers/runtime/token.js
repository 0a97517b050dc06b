// Made by `stead render` from backend.py: change that, or delete this line to own the file. [69f04694767556bf]
// JSON Web Tokens (RFC 7519): verified by a key that has its one algorithm, and service tokens, made and verified.

import { Refusal, words } from "./http.js";

export const SKEW = 5; // seconds that two clocks may differ
const LIFE = 300; // seconds that a service token lives at the most
const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
  HS256: { name: "HMAC", hash: "SHA-256" },
};
const encoder = new TextEncoder();

export const now = () => Date.now() / 1000;

// Only the one spelling of each value: with other last bits a token would be another text of the same signature.
function decoded(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new Refusal("UNAUTHENTICATED", "no base64url");
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
  if (encoded(bytes) !== text) throw new Refusal("UNAUTHENTICATED", "another spelling of base64url");
  return bytes;
}

function encoded(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function object(text) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decoded(text)));
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch (error) {
    if (error instanceof Refusal) throw error;
  }
  throw new Refusal("UNAUTHENTICATED", "a token that is no JSON object");
}

// What a token claims, before it is believed.
export function parsed(token) {
  const parts = token.split(".");
  if (parts.length !== 3) throw new Refusal("UNAUTHENTICATED", "no token of three parts");
  const [header, claims] = [object(parts[0]), object(parts[1])];
  return { header, claims, signed: encoder.encode(`${parts[0]}.${parts[1]}`), signature: decoded(parts[2]) };
}

export async function publicKey(jwk, algorithm) {
  const { kty, n, e, crv, x, y } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, n, e, crv, x, y }, ALGORITHMS[algorithm], false, ["verify"]);
  return { algorithm, key };
}

export async function sharedKey(secret) {
  const raw = encoder.encode(secret);
  if (raw.length < 32) throw new Error("a shared secret needs at least 32 bytes");
  const key = await crypto.subtle.importKey("raw", raw, ALGORITHMS.HS256, false, ["sign", "verify"]);
  return { algorithm: "HS256", key };
}

// Whether one of these keys has signed the token; a key's algorithm is its own, and never the token's choice.
export async function isSigned(token, keys) {
  for (const { algorithm, key } of keys) {
    if (token.header.alg !== algorithm) continue;
    if (await crypto.subtle.verify(ALGORITHMS[algorithm], key, token.signature, token.signed)) return true;
  }
  return false;
}

export function isTimely(claims, at = now()) {
  if (typeof claims.exp !== "number" || claims.exp <= at - SKEW) return false;
  return claims.nbf === undefined || (typeof claims.nbf === "number" && claims.nbf <= at + SKEW);
}

async function signingKey(text) {
  if (!text.trimStart().startsWith("{")) return sharedKey(text);
  const { kty, crv, x, d } = JSON.parse(text);
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, d }, ALGORITHMS.EdDSA, false, ["sign"]);
  return { algorithm: "EdDSA", key };
}

// Service tokens of one process: one for each callee, kept until half of its life is over.
export class Signer {
  #tokens = new Map();

  constructor(issuer, scopes) {
    this.issuer = issuer;
    this.scopes = scopes;
  }

  async header(audience, secret) {
    const kept = this.#tokens.get(audience);
    if (kept && kept.secret === secret && kept.renew > now()) return kept.header;
    const header = `Bearer ${await this.#made(audience, secret)}`;
    this.#tokens.set(audience, { header, secret, renew: now() + LIFE / 2 });
    return header;
  }

  async #made(audience, secret) {
    const { algorithm, key } = await signingKey(secret);
    const at = Math.floor(now());
    const claims = {
      iss: this.issuer,
      aud: audience,
      scope: this.scopes[audience],
      iat: at,
      exp: at + LIFE,
      jti: crypto.randomUUID(),
    };
    const parts = [{ alg: algorithm, typ: "JWT", kid: this.issuer }, claims];
    const text = parts.map((part) => encoded(encoder.encode(JSON.stringify(part)))).join(".");
    const signature = await crypto.subtle.sign(ALGORITHMS[algorithm], key, encoder.encode(text));
    return `${text}.${encoded(new Uint8Array(signature))}`;
  }
}

// The keys of each declared caller of one service, from `SERVICE_JWT_KEYS`: two while one is rotated. `oct` entries stand
// for the shared secret.
export async function keyring(text, secret) {
  const found = new Map();
  for (const jwk of JSON.parse(text || '{"keys":[]}').keys) {
    const trusted = jwk.kty === "oct" ? await sharedKey(secret ?? "") : await publicKey(jwk, "EdDSA");
    found.set(jwk.kid, [...(found.get(jwk.kid) ?? []), { ...trusted, may: new Set(jwk.may ?? []) }]);
  }
  return found;
}

async function signerOf(token, keys) {
  for (const key of keys) if (await isSigned(token, [key])) return key;
  return undefined;
}

// The caller that a service token names, and the operations that both the token and the keyring grant.
export async function callerOf(header, keys, audience) {
  const [, text] = /^Bearer (\S+)$/.exec(header ?? "") ?? [];
  if (!text) throw new Refusal("UNAUTHENTICATED", "no service token");
  const token = parsed(text);
  const { iss, aud, iat, exp, jti, scope } = token.claims;
  const is = aud === audience && jti && !("crit" in token.header) && typeof iat === "number";
  const lives = isTimely(token.claims) && iat <= now() + SKEW && exp - iat > 0 && exp - iat <= LIFE;
  const trusted = is && lives ? await signerOf(token, keys.get(iss) ?? []) : undefined;
  if (!trusted) throw new Refusal("UNAUTHENTICATED", `a service token of ${JSON.stringify(iss)} does not hold`);
  return { name: iss, operations: new Set(words(scope).filter((operation) => trusted.may.has(operation))) };
}
