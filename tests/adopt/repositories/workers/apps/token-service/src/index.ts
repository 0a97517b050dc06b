const SERVICE = "token-service";

export interface Env {
  ENVIRONMENT: string;
  VERSION: string;
}

const health = (env: Env) =>
  Response.json({ service: SERVICE, env: env.ENVIRONMENT, status: "ok", version: env.VERSION });

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/health" || pathname === "/version") return health(env);
    return new Response("not found", { status: 404 });
  },
};
