const http = require("node:http");

const { SERVICE_NAME: service, ENVIRONMENT: env, VERSION: version, HOST, PORT } = process.env;
const server = http.createServer((request, response) => {
  const found = request.url === "/health" || request.url === "/version";
  const body = found ? { service, env, status: "ok", version } : { code: "not_found" };
  response.writeHead(found ? 200 : 404, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
});
server.listen(Number(PORT), HOST);
process.on("SIGTERM", () => server.close());
