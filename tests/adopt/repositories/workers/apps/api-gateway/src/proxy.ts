export async function proxy(request: Request, upstream: string, secret: string, clerk?: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.set("X-Service-Token", `${secret.length}:${clerk ? "hs256" : "rs256"}`);
  return fetch(`${upstream}${pathname}${search}`, { method: request.method, headers, body: request.body });
}
