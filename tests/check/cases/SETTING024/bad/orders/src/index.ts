export default {
  fetch: (request: Request, env: Env) => Response.json({ path: "/health", in: env.ORDERS_CURRENCY, by: env.PARTNER_KEY }),
};
