export default {
  async fetch(request: Request, env: { VERSION: string; ENVIRONMENT: string }): Promise<Response> {
    const health = { service: "orders", env: env.ENVIRONMENT, status: "ok", version: env.VERSION };
    return new URL(request.url).pathname === "/health" ? Response.json(health) : new Response(null, { status: 404 });
  },
};
