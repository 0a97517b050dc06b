// The stock: keeps pieces, and reserves them.
import http from "node:http";

const { PORT, SERVICE_NAME, ENVIRONMENT, VERSION, REDIS_URL } = process.env;
const limit = Number(process.env.STOCK_LIMIT ?? 100);
const health = { service: SERVICE_NAME, env: ENVIRONMENT, status: "ok", version: VERSION };

http
  .createServer((request, answer) => {
    const body = request.url === "/health" || request.url === "/version" ? health : { limit, kept: Boolean(REDIS_URL) };
    answer.end(JSON.stringify(body));
  })
  .listen(Number(PORT), "127.0.0.1");
