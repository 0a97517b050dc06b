// Made by `stead render` from backend.py: change that, or delete this line to own the file. [9b27b02d11c07796]
// Requests and refusals, as the gateway and the guard share them: paths, headers, bodies, problem+json (RFC 9457).

// Names that only Stead may say, in every spelling that a server might read as one of them.
export const RESERVED = /^(x-envoy-.*|x[^a-z0-9]?(user|session|auth|tenant|service)[^a-z0-9].*)$/;
const UNRESERVED = /[A-Za-z0-9._~-]/;
const REFUSED_IN_PATHS = /%(2f|5c|00)/i;
const LIMITS = { headers: 128, header_bytes: 40 * 1024 }; // of a call that this backend itself makes
const DISCARDED = 8 * 1024 * 1024;

export class Refusal extends Error {
  // name   a row of the table of refusals
  // why    for the log, never for the answer
  // detail in place of the row's
  constructor(name, why = "", headers = {}, detail = "") {
    super(why || name);
    this.name = name;
    this.headers = headers;
    this.detail = detail;
  }
}

export function problem(refusals, name, headers = {}, said = "") {
  const { status, code, title, detail: usual, headers: own } = refusals[name];
  const detail = said || usual;
  const body = { type: "about:blank", title, status, detail, code };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...own, ...headers },
  });
}

// The path as one thing only: dot segments are gone already, and escapes that mean nothing go here.
export function plainPathOf(url) {
  if (REFUSED_IN_PATHS.test(url.pathname)) throw new Refusal("MALFORMED", "an escaped slash or zero byte in the path");
  return url.pathname.replace(/%([0-9a-f]{2})/gi, (escape, digits) => {
    const character = String.fromCharCode(parseInt(digits, 16));
    return UNRESERVED.test(character) ? character : escape;
  });
}

// The same, with empty segments left out.
export function pathOf(url) {
  return plainPathOf(url).replace(/\/{2,}/g, "/");
}

// The headers of a request, without those that only Stead may say, whatever `reserved` names.
export function headersOf(request, { reserved = RESERVED, limits = LIMITS } = {}) {
  const found = new Headers();
  let [count, size] = [0, 0];
  for (const [name, value] of request.headers) {
    count += 1;
    size += name.length + value.length + 4;
    if (name.includes("_")) throw new Refusal("MALFORMED", `the header ${name} has an underscore`);
    if (!reserved.test(name)) found.append(name, value);
  }
  if (count > limits.headers || size > limits.header_bytes) throw new Refusal("HEADERS_TOO_LARGE");
  return found;
}

function tooLarge(most) {
  return new Refusal("BODY_TOO_LARGE", "", {}, `The body may have at most ${most} bytes.`);
}

// The body, whole, since it may be sent twice; null where there is none.
//   most           bytes that it may have
//   milliseconds   in which it has to be there
export async function bodyOf(request, most, milliseconds) {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > DISCARDED && announced > most) throw tooLarge(most);
  if (!request.body) return null;
  const parts = [];
  let size = 0;
  // What is left of a refused body is still received: its client may not see an answer before it has sent all.
  for await (const part of arriving(request.body, milliseconds)) {
    size += part.byteLength;
    if (size > most + DISCARDED) break;
    if (size <= most) parts.push(part);
  }
  if (size > most) throw tooLarge(most);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return size ? whole : null;
}

// The parts of a body as they arrive, for so long.
async function* arriving(body, milliseconds) {
  const reader = body.getReader();
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Refusal("REQUEST_TIMEOUT")), milliseconds);
  });
  late.catch(() => {}); // it may be over while nobody waits for a part
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {}); // the client may have gone
  }
}

// What is left of a refused request's body is received, too, and thrown away.
export async function discard(request, milliseconds) {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (!request.body || request.bodyUsed || announced > DISCARDED) return;
  let size = 0;
  try {
    for await (const part of arriving(request.body, milliseconds)) {
      size += part.byteLength;
      if (size > DISCARDED) break;
    }
  } catch {
    // The client has gone, or sends too slowly: it is not waited for any longer.
  }
}

// The first route of that path and method. Literal paths are before those with variables.
export function routeOf(routes, method, path) {
  const segments = path.slice(1).split("/");
  const there = routes.filter((route) => matches(route.segments, segments));
  const found = there.find((route) => route.method === method || route.method === "ANY");
  if (found) return found;
  if (!there.length) throw new Refusal("NOT_FOUND");
  const allowed = there.filter((route) => route.path === there[0].path).map((route) => route.method);
  throw new Refusal("METHOD_NOT_ALLOWED", "", { allow: allowed.sort().join(", ") });
}

// A variable is null, and stands for one segment that is not empty.
function matches(pattern, segments) {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => (part === null ? segments[index] !== "" : part === segments[index]));
}

export function words(text) {
  return typeof text === "string" ? text.split(" ").filter(Boolean) : [];
}
