export default {
  fetch: (request, env) => env.STOCK_SERVICE.fetch(`${env.STOCK_SERVICE_URL}/v1/pieces`, { method: "POST" }),
};
