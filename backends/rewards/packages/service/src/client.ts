// Another service, asked over its service binding. The guard, or the proxy on a developer's machine, adds the service
// token, bounds the time, and asks again where that is safe.

export interface Binding {
  fetch(input: string, init?: RequestInit): Promise<Response>;
}

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

// An answer with an error status: what the callee said.
export class CallRefused extends Error {
  constructor(
    readonly service: string,
    readonly status: number,
    readonly code: string,
    readonly retryAfter: number,
  ) {
    super(`${service} answered ${status} ${code}`);
  }

  // Another time may go well.
  get passing(): boolean {
    return PASSING.has(this.status);
  }
}

export async function ask<T>(
  binding: Binding,
  service: string,
  method: string,
  path: string,
  said: { key?: string; body?: unknown } = {},
): Promise<T> {
  const headers: Record<string, string> = said.body === undefined ? {} : { "content-type": "application/json" };
  if (said.key) headers["idempotency-key"] = said.key;
  const body = said.body === undefined ? undefined : JSON.stringify(said.body);
  const answer = await binding.fetch(`http://${service}${path}`, { method, headers, body });
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : undefined) as T;
  const wait = Number(answer.headers.get("retry-after") ?? 0);
  throw new CallRefused(service, answer.status, codeOf(text), Number.isFinite(wait) ? wait : 0);
}

function codeOf(text: string): string {
  try {
    return String(JSON.parse(text).code ?? "");
  } catch {
    return "";
  }
}
