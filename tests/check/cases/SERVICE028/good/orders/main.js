import http from "node:http";

const { PORT, SERVICE_NAME, ENVIRONMENT, VERSION } = process.env;
const body = JSON.stringify({ service: SERVICE_NAME, env: ENVIRONMENT, status: "ok", version: VERSION });

// It answers /health and /version.
http
  .createServer((request, answer) => answer.end(body))
  .listen(PORT);
