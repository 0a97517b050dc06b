import { Pool } from "@neondatabase/serverless";

const SERVICE = "referral-service";

export interface Env {
  ENVIRONMENT: string;
  VERSION: string;
  SERVICE_JWT_SECRET: string;
  DATABASE_URL: string;
}

const health = (env: Env) =>
  Response.json({ service: SERVICE, env: env.ENVIRONMENT, status: "ok", version: env.VERSION });

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/health" || pathname === "/version") return health(env);
    if (request.headers.get("X-Service-Token") !== env.SERVICE_JWT_SECRET) return new Response(null, { status: 401 });
    const pool = new Pool({ connectionString: env.DATABASE_URL });
    if (pathname === "/internal/attributions") return Response.json(await pool.query("select 1"));
    if (pathname === "/v1/referrals") return Response.json(await pool.query("select 2"));
    return new Response("not found", { status: 404 });
  },
};
