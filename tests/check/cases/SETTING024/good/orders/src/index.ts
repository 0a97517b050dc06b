export default {
  fetch: (request: Request, env: Env) =>
    Response.json({ path: "/health", in: env.ORDERS_CURRENCY, on: env.ORDERS_SHELF, by: env.PARTNER_KEY }),
};
