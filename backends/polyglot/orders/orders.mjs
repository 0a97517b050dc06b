// Orders: a user orders an item. The price comes from one service, the receipt goes to another.
import { createServer } from "node:http";

const { HOST = "127.0.0.1", PORT, PRICES_SERVICE_URL, RECEIPTS_SERVICE_URL } = process.env;
const orders = new Map(); // user -> items

const routes = {
  "GET /healthz": async () => [200, { ok: true }],
  "GET /v1/orders": async ({ user }) => [200, { orders: orders.get(user) ?? [] }],
  "DELETE /v1/orders": async () => [200, { erased: orders.size, ...orders.clear() }],
  "POST /v1/orders": async ({ user, body }) => {
    const priced = await fetch(`${PRICES_SERVICE_URL}/v1/prices/${body.item}`);
    if (!priced.ok) return [404, { code: "no_such_item", detail: `Nobody sells ${body.item}.` }];
    const order = { item: body.item, ...(await priced.json()) };
    const receipt = await fetch(`${RECEIPTS_SERVICE_URL}/v1/receipts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user, ...order }),
    });
    if (!receipt.ok) return [502, { code: "no_receipt", detail: "The receipt was not written." }];
    orders.set(user, [...(orders.get(user) ?? []), order]);
    return [201, { ...order, receipt: (await receipt.json()).number }];
  },
};

async function read(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return pieces.length ? JSON.parse(Buffer.concat(pieces).toString() || "{}") : {};
}

createServer(async (request, response) => {
  const route = routes[`${request.method} ${request.url.split("?")[0]}`];
  let [status, answer] = [404, { code: "not_found" }];
  try {
    if (route) [status, answer] = await route({ user: request.headers["x-user-id"], body: await read(request) });
  } catch (error) {
    [status, answer] = error instanceof SyntaxError ? [400, { code: "not_json" }] : [500, { code: "internal" }];
  }
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}).listen(Number(PORT), HOST);
