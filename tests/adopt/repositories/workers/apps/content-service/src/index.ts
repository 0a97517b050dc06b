import { Pool } from "@neondatabase/serverless";

const SERVICE = "content-service";

export interface Env {
  ENVIRONMENT: string;
  VERSION: string;
  POINTS_SERVICE_URL: string;
  SERVICE_JWT_SECRET: string;
  DATABASE_URL: string;
}

const health = (env: Env) =>
  Response.json({ service: SERVICE, env: env.ENVIRONMENT, status: "ok", version: env.VERSION });

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/health" || pathname === "/version") return health(env);
    if (pathname.endsWith("/registrations")) {
      await new Pool({ connectionString: env.DATABASE_URL }).query("insert into event_registrations default values");
      const token = { "X-Service-Token": env.SERVICE_JWT_SECRET };
      await fetch(`${env.POINTS_SERVICE_URL}/internal/awards`, { method: "POST", headers: token });
      return new Response(null, { status: 201 });
    }
    return new Response("not found", { status: 404 });
  },
};
