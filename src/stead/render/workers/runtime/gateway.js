// The gateway as a Worker: the routes of the description, and nothing else. It has no business logic.

import { attempted } from "./call.js";
import { Refusal, bodyOf, discard, headersOf, pathOf, problem, routeOf, words } from "./http.js";
import { Signer } from "./token.js";
import { recogniser } from "./users.js";

const CREDENTIALS = ["authorization", "cookie", "proxy-authorization"];
const METHODS = "GET, POST, PUT, PATCH, DELETE";
const SENT = "authorization, content-type, idempotency-key, traceparent, tracestate";
const SEEN = "idempotency-replayed, retry-after, x-request-id";
const HIDDEN = ["server", "x-envoy-upstream-service-time", "x-powered-by"];

export function gateway(table) {
  const signer = new Signer(table.name, table.scopes);
  const ask = asker(table, signer);
  const user = recogniser(table, ask);
  return {
    async fetch(request, env) {
      const log = { id: crypto.randomUUID(), user: "", why: "" };
      const answer = await answered(request, env, { table, ask, user, log });
      report(table.name, request, answer, log);
      return answer;
    },
  };
}

async function answered(request, env, { table, ask, user, log }) {
  const cors = corsOf(request, table.origins);
  const headers = { "x-request-id": log.id, ...cors };
  try {
    const answer = await served(request, env, { table, ask, user, log, cors });
    return withHeaders(answer, headers);
  } catch (error) {
    const known = error instanceof Refusal;
    log.why = known ? error.message : String(error?.stack ?? error);
    const own = known ? error : { name: "INTERNAL" };
    await discard(request, table.body_ms);
    return problem(table.refusals, own.name, { ...headers, ...own.headers }, own.detail);
  }
}

async function served(request, env, { table, ask, user, log, cors }) {
  if (!env.VERSION || !env.ENVIRONMENT) throw new Error("VERSION and ENVIRONMENT are set by the deploy, and are not");
  if (request.headers.has("upgrade")) throw new Refusal("MALFORMED", "an upgrade");
  const url = new URL(request.url);
  const path = pathOf(url);
  if (table.health.includes(path) && ["GET", "HEAD"].includes(request.method)) return health(table.name, env);
  const headers = headersOf(request, { limits: table.limits });
  if (isPreflight(request) && table.origins.length) return preflight(cors);
  await limited(request, env);
  const route = routeOf(table.routes, request.method, path);
  headers.set("x-request-id", log.id);
  if (route.access === "user") await recognised(route, headers, { request: { method: request.method, headers }, env, user, log });
  if (!route.credential) CREDENTIALS.forEach((name) => headers.delete(name));
  const body = await bodyOf(request, route.max_body, table.body_ms);
  const target = `https://${route.service}${path.slice(route.prefix.length)}${url.search}`;
  return forwarded(route, target, { method: request.method, headers, body }, env, ask);
}

async function recognised(route, headers, { request, env, user, log }) {
  const found = await user(headers.get("authorization") ?? "", request, env);
  for (const [name, value] of Object.entries(found)) headers.set(name, value);
  log.user = found["x-user-id"];
  const roles = words(found["x-user-roles"]);
  if (route.roles.length && !route.roles.some((role) => roles.includes(role))) throw new Refusal("ROLE_MISSING");
}

// Ask the service, within the route's time. What a service says of its own failure stays inside.
async function forwarded(route, target, { method, headers, body }, env, ask) {
  const bodiless = method === "GET" || method === "HEAD";
  if (bodiless) headers.delete("content-length");
  headers.set("x-envoy-expected-rq-timeout-ms", String(route.timeout_ms));
  const send = (left) => {
    const question = new Request(target, { method, headers, body: bodiless ? null : body, redirect: "manual" });
    return ask(route.service, question, env, left);
  };
  const answer = await attempted(send, { name: route.service, milliseconds: route.timeout_ms, again: route.again });
  if (answer.status === 500) throw new Refusal("BAD_GATEWAY", `${route.service} answered 500`);
  return answer;
}

// A service binding, with the service token for its callee; the token goes nowhere else.
function asker(table, signer) {
  return async (service, request, env, milliseconds) => {
    const binding = env[table.bindings[service]];
    if (!binding) throw new Refusal("UNAVAILABLE", `${service} has no binding here`);
    const headers = new Headers(request.headers);
    headers.set("x-service-token", await signer.header(service, env.SERVICE_JWT_SECRET));
    return binding.fetch(new Request(request, { headers, signal: AbortSignal.timeout(milliseconds) }));
  };
}

// One client asks only so often; the binding counts, where the environment has it.
async function limited(request, env) {
  if (!env.RATE_LIMIT) return;
  const client = request.headers.get("cf-connecting-ip") ?? "";
  const { success } = await env.RATE_LIMIT.limit({ key: client });
  if (!success) throw new Refusal("RATE_LIMITED", client, { "retry-after": "1" });
}

function health(name, env) {
  const body = { service: name, env: env.ENVIRONMENT, status: "ok", version: env.VERSION };
  return Response.json(body, { headers: { "cache-control": "no-store" } });
}

function corsOf(request, origins) {
  const origin = request.headers.get("origin");
  if (!origin || !origins.some((pattern) => new RegExp(pattern).test(origin))) return {};
  return { "access-control-allow-origin": origin, "access-control-expose-headers": SEEN, vary: "origin" };
}

const isPreflight = ({ method, headers }) =>
  method === "OPTIONS" && headers.has("origin") && headers.has("access-control-request-method");

function preflight(cors) {
  if (!cors["access-control-allow-origin"]) return new Response(null, { status: 200 });
  const allowed = { "access-control-allow-methods": METHODS, "access-control-allow-headers": SENT };
  return new Response(null, { status: 200, headers: { ...allowed, "access-control-max-age": "600" } });
}

function withHeaders(answer, headers) {
  const made = new Response(answer.body, answer);
  for (const name of HIDDEN) made.headers.delete(name);
  for (const [name, value] of Object.entries(headers)) made.headers.set(name, value);
  return made;
}

// One line a request: no query, no credential, no body.
function report(service, request, answer, log) {
  const { pathname } = new URL(request.url);
  const line = { service, method: request.method, path: pathname, status: answer.status, request_id: log.id };
  console.log(JSON.stringify({ ...line, user_id: log.user, reason: log.why }));
}
