export default {
  async fetch(request: Request, env: { VERSION: string; ENVIRONMENT: string; DATABASE_URL: string }): Promise<Response> {
    const health = { service: "orders", env: env.ENVIRONMENT, status: env.DATABASE_URL ? "ok" : "unavailable", version: env.VERSION };
    return new URL(request.url).pathname === "/health" ? Response.json(health) : new Response(null, { status: 404 });
  },
};
