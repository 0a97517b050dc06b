// A service as a Worker: its routes, its health, its database, and its refusals. Who may ask what is decided in front of
// it, by the guard or the proxy that Stead renders: here the caller and the user are only read.

import { Database, type DatabaseEnv } from "./database";
import { type Answer, type Attempt, attemptOf, keyOf, response } from "./idempotency";
import type { Component } from "./migrations";
import { HttpProblem, invalidParameter } from "./problem";
import { parsed, read, type Schema } from "./schema";

export interface Env extends DatabaseEnv {
  ENVIRONMENT?: string;
  VERSION?: string;
}

export interface Asked<E extends Env> {
  request: Request;
  env: E;
  database: Database;
  parameters: Record<string, string>; // of the path
  query: URLSearchParams;
  caller: string;
  user: string;
  body<T>(schema: Schema<T>): Promise<T>;
  attempt(): Promise<Attempt>;
}

export type Handler<E extends Env> = (asked: Asked<E>) => Promise<Answer | Response>;

export interface Definition<E extends Env> {
  name: string;
  components: Component[];
  routes: Record<string, Handler<E>>; // "POST /v1/awards", "GET /v1/users/{user_id}/balance"
  after?: (env: E, database: Database) => Promise<void>; // what goes on once a write's answer is out
  tick?: (env: E, database: Database) => Promise<void>; // what a cron trigger does
}

const READS = new Set(["GET", "HEAD", "OPTIONS"]);

interface Context {
  waitUntil(work: Promise<unknown>): void;
}

export function service<E extends Env>(definition: Definition<E>) {
  const routes = Object.entries(definition.routes).map(([name, handler]) => {
    const [method, path] = name.split(" ");
    return { method, segments: path.slice(1).split("/"), handler };
  });
  return {
    async fetch(request: Request, env: E, context: Context): Promise<Response> {
      try {
        const url = new URL(request.url);
        if (url.pathname === "/health" || url.pathname === "/version") return health(definition.name, env);
        const found = routeOf(routes, request.method, url.pathname);
        const database = new Database(env, definition.components);
        const asked = asking(request, env, database, found.parameters, url);
        try {
          const answer = await found.handler(asked);
          return answer instanceof Response ? answer : response(answer);
        } finally {
          context.waitUntil(finished(definition, asked));
        }
      } catch (error) {
        if (error instanceof HttpProblem) return error.response();
        console.error(JSON.stringify({ service: definition.name, error: String((error as Error)?.stack ?? error) }));
        return new HttpProblem(500, "internal", "Something went wrong here.").response();
      }
    },

    async scheduled(_event: unknown, env: E, context: Context): Promise<void> {
      const database = new Database(env, definition.components);
      const work = async () => definition.tick?.(env, database);
      context.waitUntil(work().finally(() => database.close()));
    },
  };
}

async function finished<E extends Env>(definition: Definition<E>, asked: Asked<E>): Promise<void> {
  try {
    if (!READS.has(asked.request.method)) await definition.after?.(asked.env, asked.database);
  } finally {
    await asked.database.close();
  }
}

function health(name: string, env: Env): Response {
  if (!env.ENVIRONMENT || !env.VERSION) throw new Error("ENVIRONMENT and VERSION are set by the deploy, and are not");
  return Response.json({ service: name, env: env.ENVIRONMENT, status: "ok", version: env.VERSION });
}

function asking<E extends Env>(
  request: Request,
  env: E,
  database: Database,
  parameters: Record<string, string>,
  url: URL,
): Asked<E> {
  const user = textOf(request.headers.get("x-user-id"));
  const caller = request.headers.get("x-service-caller") ?? "";
  let bytes: Promise<Uint8Array> | undefined;
  const whole = () => (bytes ??= request.arrayBuffer().then((buffer) => new Uint8Array(buffer)));
  return {
    request,
    env,
    database,
    parameters,
    query: url.searchParams,
    caller,
    user,
    async body<T>(schema: Schema<T>): Promise<T> {
      mustBeJson(request);
      return read(parsed(await whole()), schema);
    },
    async attempt() {
      keyOf(request.headers);
      return attemptOf(request, user ? `user:${user}` : caller, await whole());
    },
  };
}

// A header is UTF-8; a runtime that reads it byte by byte is put right.
function textOf(value: string | null): string {
  if (!value || !/^[\u0000-\u00ff]*$/.test(value) || !/[\u0080-\u00ff]/.test(value)) return value ?? "";
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return value;
  }
}

function mustBeJson(request: Request): void {
  const media = (request.headers.get("content-type") ?? "").split(";", 1)[0].trim().toLowerCase();
  if (media !== "application/json" && !/^application\/.*\+json$/.test(media))
    throw new HttpProblem(415, "unsupported_media_type", "The body must be application/json.");
}

type Route<E extends Env> = { method: string; segments: string[]; handler: Handler<E> };

function routeOf<E extends Env>(routes: Route<E>[], method: string, path: string) {
  const segments = path.slice(1).split("/");
  const there = routes.filter((route) => matches(route.segments, segments));
  const asked = method === "HEAD" ? "GET" : method;
  const found = there.find((route) => route.method === asked || route.method === "ANY");
  if (found) return { handler: found.handler, parameters: parametersOf(found.segments, segments) };
  if (!there.length) throw new HttpProblem(404, "not_found", "There is nothing here.");
  const allow = there.map((route) => route.method).sort();
  throw new HttpProblem(405, "method_not_allowed", "Not with this method.", { allow: allow.join(", ") });
}

function matches(pattern: string[], segments: string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]));
}

function parametersOf(pattern: string[], segments: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  pattern.forEach((part, index) => {
    if (part.startsWith("{")) found[part.slice(1, -1)] = decoded(part.slice(1, -1), segments[index]);
  });
  return found;
}

function decoded(name: string, segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidParameter(name, "is not UTF-8");
  }
}

// A whole number of the query, within bounds.
export function numberIn(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw invalidParameter(name, `expected 1 to ${most}`);
  return value;
}

export function textIn(query: URLSearchParams, name: string, pattern: RegExp): string | undefined {
  const text = query.get(name);
  if (text !== null && !pattern.test(text)) throw invalidParameter(name, "is not of the form expected");
  return text ?? undefined;
}

// A setting that is a number; what is none, or below the least, is an error of the deploy.
export function setting(value: string | undefined, otherwise: number, least = 1): number {
  const found = value === undefined || value === "" ? otherwise : Number(value);
  if (!Number.isInteger(found) || found < least) throw new Error(`a setting is ${value}, and not a number from ${least}`);
  return found;
}
