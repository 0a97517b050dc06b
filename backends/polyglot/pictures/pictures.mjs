// Pictures: a user uploads one into a bucket, and everybody sees it.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

import { ask } from "./bucket.mjs";

const { HOST = "127.0.0.1", PORT } = process.env;
const TYPES = ["image/png", "image/jpeg", "image/webp"];
const ID = /^\/v1\/pictures\/([0-9a-f-]{36})$/;

async function upload(request) {
  const type = request.headers["content-type"] ?? "";
  if (!TYPES.includes(type)) return [415, { code: "no_picture", detail: `Send one of ${TYPES.join(", ")}.` }];
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const id = randomUUID();
  const taken = await ask("PUT", id, Buffer.concat(pieces), type);
  return taken.ok ? [201, { id }] : [502, { code: "not_stored", detail: "The bucket did not take the picture." }];
}

async function answer(request, response) {
  const path = request.url.split("?")[0];
  if (path === "/healthz") return [200, { ok: true }];
  if (request.method === "POST" && path === "/v1/pictures") return upload(request);
  const id = ID.exec(path)?.[1];
  const found = id && (await ask("GET", id));
  if (!found?.ok) return [404, { code: "no_such_picture" }];
  response.writeHead(200, { "content-type": found.headers.get("content-type") });
  response.end(Buffer.from(await found.arrayBuffer()));
}

createServer(async (request, response) => {
  let told = [500, { code: "internal" }];
  try {
    told = await answer(request, response);
  } catch (error) {
    console.error(error.message);
  }
  if (told) response.writeHead(told[0], { "content-type": "application/json" }).end(JSON.stringify(told[1]));
}).listen(Number(PORT), HOST);
