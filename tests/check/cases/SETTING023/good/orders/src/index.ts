export default {
  fetch: (request: Request, env: Env) => Response.json({ path: "/health", version: env.VERSION, env: env.ENVIRONMENT }),
};
