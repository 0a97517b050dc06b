import { proxy } from "./proxy";

const SERVICE = "api-gateway";

export interface Env {
  ENVIRONMENT: string;
  VERSION: string;
  AUTH_SERVICE_URL: string;
  CONTENT_SERVICE_URL: string;
  REFERRAL_SERVICE_URL: string;
  POINTS_SERVICE_URL: string;
  ALLOWED_ORIGINS: string;
  SERVICE_JWT_SECRET: string;
  CLERK_JWT_SECRET?: string;
}

const upstreamOf = (path: string, env: Env): string | undefined => {
  if (path.startsWith("/v1/me")) return env.AUTH_SERVICE_URL;
  if (path.startsWith("/v1/events")) return env.CONTENT_SERVICE_URL;
  if (path.startsWith("/v1/referrals")) return env.REFERRAL_SERVICE_URL;
  if (path.startsWith("/v1/points")) return env.POINTS_SERVICE_URL;
};

const health = (env: Env) =>
  Response.json({ service: SERVICE, env: env.ENVIRONMENT, status: "ok", version: env.VERSION });

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/health" || pathname === "/version") return health(env);
    const upstream = upstreamOf(pathname, env);
    if (upstream) return proxy(request, upstream, env.SERVICE_JWT_SECRET, env.CLERK_JWT_SECRET);
    return new Response("not found", { status: 404 });
  },
};
