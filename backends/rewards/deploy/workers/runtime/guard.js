// Made by `stead render` from backend.py: change that, or delete this line to own the file. [f412b39843f1e2e7]
// In front of a Worker's own code: who may call it, by the same rules as a proxy in front of a program has elsewhere.

import { attempted } from "./call.js";
import { Refusal, bodyOf, discard, headersOf, plainPathOf, problem, routeOf, words } from "./http.js";
import { Signer, callerOf, keyring } from "./token.js";

const USER = [
  ...["x-user-id", "x-session-id", "x-user-roles", "x-user-scopes", "x-user-actor", "x-auth-method", "x-tenant-ids"],
];
const CALLER = "x-service-caller";
const TOKEN = "x-service-token";
const IDEMPOTENT = ["GET", "HEAD", "PUT", "DELETE"]; // RFC 9110 section 9.2.2
const OTHERS = ["scheduled", "queue", "email", "tail"]; // handlers that nobody calls by HTTP

// worker  the default export of the Worker's entry
export function guarded(worker, table) {
  if (typeof worker?.fetch !== "function")
    throw new Error(`the entry of ${table.name} must export an object with fetch: export default { fetch }`);
  const signer = new Signer(table.name, table.scopes);
  const spoofed = new RegExp(`^(${table.spoofed})$`);
  const keys = remembered((env) => keyring(env.SERVICE_JWT_KEYS, env.SERVICE_JWT_SECRET));
  const outbound = remembered((env) => withTokens(env, table, signer));
  return {
    ...Object.fromEntries(OTHERS.filter((name) => worker[name]).map((name) => [name, other(worker, name, outbound)])),
    async fetch(request, env, context) {
      try {
        const admitted = await admit(request, env, { table, keys, spoofed });
        return await worker.fetch(admitted, outbound(env), context);
      } catch (error) {
        const known = error instanceof Refusal;
        const reason = known ? error.message : String(error?.stack ?? error);
        console.error(JSON.stringify({ service: table.name, path: new URL(request.url).pathname, reason }));
        const own = known ? error : { name: "INTERNAL" };
        await discard(request, table.body_ms);
        return problem(table.refusals, own.name, own.headers, own.detail);
      }
    },
  };
}

function other(worker, name, outbound) {
  return (event, env, context) => worker[name](event, outbound(env), context);
}

async function admit(request, env, { table, keys, spoofed }) {
  if (!env.VERSION || !env.ENVIRONMENT) throw new Error("VERSION and ENVIRONMENT are set by the deploy, and are not");
  const url = new URL(request.url);
  url.pathname = plainPathOf(url);
  const token = request.headers.get(TOKEN);
  const headers = headersOf(request, { reserved: spoofed, limits: table.limits });
  headers.delete(TOKEN);
  const isRead = ["GET", "HEAD"].includes(request.method);
  if (table.open.includes(url.pathname) && isRead) return rewritten(request, url, without(headers));
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = routeOf(table.routes, method, url.pathname);
  if (table.called) headers.set(CALLER, await callerFor(route, token, headers, await keys(env), table));
  else if (route.access !== "public") throw new Refusal("UNAUTHENTICATED", "nobody is declared to call this");
  const body = isRead ? null : await bodyOf(request, table.max_body, table.body_ms);
  return rewritten(request, url, route.access === "user" ? headers : without(headers), body);
}

async function callerFor(route, token, headers, keys, table) {
  const caller = await callerOf(token, keys, table.name);
  const operation = route.access === "service" ? route.operation : "front";
  if (!caller.operations.has(operation)) throw new Refusal("OPERATION_NOT_DECLARED", `${caller.name}: ${operation}`);
  if (route.access === "user") userOf(route, headers, table.user_id);
  return caller.name;
}

function userOf(route, headers, { pattern, longest }) {
  const user = headers.get("x-user-id") ?? "";
  if (!new RegExp(pattern).test(user) || Array.from(user).length > longest) throw new Refusal("UNAUTHENTICATED", "no user");
  const scopes = words(headers.get("x-user-scopes"));
  const reaches = route.scope && (scopes.includes(route.scope) || scopes.includes("*"));
  if (headers.get("x-auth-method") === "token" && !reaches) throw new Refusal("SCOPE_MISSING", route.scope ?? "");
  const roles = words(headers.get("x-user-roles"));
  if (route.roles.length && !route.roles.some((role) => roles.includes(role))) throw new Refusal("ROLE_MISSING");
}

function without(headers) {
  USER.forEach((name) => headers.delete(name));
  return headers;
}

function rewritten(request, url, headers, body = null) {
  return new Request(url, { method: request.method, headers, body, redirect: "manual" });
}

// The Worker's own bindings, in which a declared callee gets a service token with every request.
function withTokens(env, table, signer) {
  const found = { ...env };
  for (const [service, name] of Object.entries(table.bindings)) {
    if (env[name]) found[name] = withToken(env[name], service, env, { table, signer });
  }
  return found;
}

// A call says nothing of a user by itself, has its time, and comes twice only where that is safe.
function withToken(binding, service, env, { table, signer }) {
  const ask = async (input, init) => {
    const request = new Request(input, init);
    const headers = headersOf(request);
    headers.set(TOKEN, await signer.header(service, env.SERVICE_JWT_SECRET));
    const again = IDEMPOTENT.includes(request.method) || headers.has("idempotency-key");
    const body = ["GET", "HEAD"].includes(request.method) ? null : await bodyOf(request, table.max_call, table.body_ms);
    const send = (left) =>
      binding.fetch(
        new Request(request.url, { method: request.method, headers, body, signal: AbortSignal.timeout(left) }),
      );
    return attempted(send, { name: service, milliseconds: table.timeouts[service], again }).catch((error) => {
      if (!(error instanceof Refusal)) throw error;
      return problem(table.refusals, error.name, error.headers, error.detail);
    });
  };
  return new Proxy(binding, { get: (target, name) => (name === "fetch" ? ask : Reflect.get(target, name)) });
}

// The same environment gives the same value: it is made once.
function remembered(make) {
  const kept = new WeakMap();
  return (env) => {
    if (!kept.has(env)) kept.set(env, make(env));
    return kept.get(env);
  };
}
