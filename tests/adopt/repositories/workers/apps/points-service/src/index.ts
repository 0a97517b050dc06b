import { Pool } from "@neondatabase/serverless";

const SERVICE = "points-service";

export interface Env {
  ENVIRONMENT: string;
  VERSION: string;
  DATABASE_URL: string;
  SERVICE_JWT_SECRET: string;
  POINTS_VELOCITY_CAP?: string;
  POINTS_VELOCITY_WINDOW_SECONDS?: string;
  POINTS_EVENTS?: AnalyticsEngineDataset;
}

const health = (env: Env) =>
  Response.json({ service: SERVICE, env: env.ENVIRONMENT, status: "ok", version: env.VERSION });

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/health" || pathname === "/version") return health(env);
    const pool = new Pool({ connectionString: env.DATABASE_URL });
    if (pathname === "/internal/awards") {
      if (request.headers.get("X-Service-Token") !== env.SERVICE_JWT_SECRET) return new Response(null, { status: 401 });
      const cap = Number(env.POINTS_VELOCITY_CAP ?? "1000");
      const window = Number(env.POINTS_VELOCITY_WINDOW_SECONDS ?? "86400");
      env.POINTS_EVENTS?.writeDataPoint({ doubles: [cap, window] });
      return Response.json(await pool.query("select 1"), { status: 201 });
    }
    if (pathname === "/v1/points/balance") return Response.json(await pool.query("select 2"));
    return new Response("not found", { status: 404 });
  },
};
