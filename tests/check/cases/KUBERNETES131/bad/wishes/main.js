const http = require("node:http");
const answers = ["/health", "/version", "/livez", "/readyz"];
http.createServer((request, answer) => answer.writeHead(answers.includes(request.url) ? 200 : 404).end()).listen(process.env.PORT);
