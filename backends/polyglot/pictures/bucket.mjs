// A bucket of S3, without a library: each request is signed as AWS describes it (Signature Version 4).
import { createHash, createHmac } from "node:crypto";

const { BUCKET_ENDPOINT, BUCKET_NAME, BUCKET_KEY, BUCKET_SECRET } = process.env;
const REGION = "us-east-1";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

export async function ask(method, name, body = Buffer.alloc(0), type = "") {
  const url = new URL(`/${BUCKET_NAME}/${name}`, BUCKET_ENDPOINT);
  const moment = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const signed = { host: url.host, "x-amz-content-sha256": sha256(body), "x-amz-date": moment };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([header, value]) => `${header}:${value}`);
  const request = [method, url.pathname, "", ...lines, "", names, signed["x-amz-content-sha256"]].join("\n");
  const scope = [moment.slice(0, 8), REGION, "s3", "aws4_request"];
  const key = scope.reduce(hmac, `AWS4${BUCKET_SECRET}`);
  const text = ["AWS4-HMAC-SHA256", moment, scope.join("/"), sha256(request)].join("\n");
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const credential = `${BUCKET_KEY}/${scope.join("/")}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  const { host: _, ...headers } = signed; // fetch writes the host itself
  const sent = { ...headers, authorization, ...(type && { "content-type": type }) };
  return fetch(url, { method, headers: sent, body: method === "PUT" ? body : undefined });
}
