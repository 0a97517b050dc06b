import http from "node:http";
// process.env.NOT_CODE is a comment
const { STOCK_LIMIT = 5, PORT: port } = process.env; // #! SETTING010
const mode = process.env.STOCK_MODE ?? "slow"; // #! SETTING010
const where = process.env["STOCK_SHELF"]; // #! SETTING010
process.env.STOCK_WRITTEN = "1";
http.createServer((request, answer) => answer.end(request.url === "/health" ? mode : where)).listen(port);
