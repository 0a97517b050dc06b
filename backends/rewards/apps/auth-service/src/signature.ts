// Who sent a webhook: Standard Webhooks as Svix signs them (standardwebhooks.com; docs.svix.com, "Verifying webhooks").

const TOLERANCE_SECONDS = 300;
const MOST_SECRETS = 2;
const NAME = /^(?:svix|webhook)-(id|timestamp|signature)$/;
const FORM: Record<string, RegExp> = {
  id: /^[A-Za-z0-9_-]{1,128}$/, // no dot: `id.timestamp.body` is what is signed
  timestamp: /^[1-9][0-9]{0,10}$/,
  signature: /^[^,][\s\S]{0,4095}$/,
};

export class UnsignedError extends Error {}

// The delivery's id; UnsignedError when it is not the provider's, or is older or newer than five minutes. `secrets` is one,
// or two with a space between them while the provider moves from one to the other.
export async function verify(secrets: string, headers: Headers, body: Uint8Array, now: number): Promise<string> {
  const said = read(headers);
  if (Math.abs(now - Number(said.timestamp)) > TOLERANCE_SECONDS) throw new UnsignedError("timestamp out of tolerance");
  const keys = await keysOf(secrets);
  const head = new TextEncoder().encode(`${said.id}.${said.timestamp}.`);
  const signed = new Uint8Array([...head, ...body]);
  for (const given of said.signature.split(" ")) {
    const bytes = given.startsWith("v1,") ? decoded(given.slice(3)) : undefined;
    for (const key of bytes ? keys : [])
      if (await crypto.subtle.verify("HMAC", key, bytes!, signed)) return said.id;
  }
  throw new UnsignedError("no matching signature");
}

function read(headers: Headers): { id: string; timestamp: string; signature: string } {
  const found: Record<string, string> = {};
  for (const [name, value] of headers) {
    const part = NAME.exec(name.toLowerCase())?.[1];
    if (!part) continue;
    if (part in found && found[part] !== value) throw new UnsignedError(`two different values of ${part}`);
    found[part] = value;
  }
  for (const [part, form] of Object.entries(FORM)) {
    if (!(part in found)) throw new UnsignedError(`no ${part}`);
    if (!form.test(found[part])) throw new UnsignedError(`malformed ${part}`);
  }
  return found as { id: string; timestamp: string; signature: string };
}

function keysOf(secrets: string): Promise<CryptoKey[]> {
  const parts = secrets.split(" ");
  if (parts.length > MOST_SECRETS) throw new Error(`CLERK_WEBHOOK_SECRET holds more than ${MOST_SECRETS} secrets.`);
  return Promise.all(parts.map(keyOf));
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = decoded(secret.replace(/^whsec_/, ""));
  if (!bytes || bytes.length < 16)
    throw new Error("CLERK_WEBHOOK_SECRET is malformed; expected whsec_ and the base64 of 16 bytes or more.");
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function decoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
