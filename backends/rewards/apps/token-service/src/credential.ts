// What an API token looks like: `pat_`, 32 random characters, six of checksum (CRC-32 in base 62), and never a dot.

import { sha256 } from "../../../packages/service/src/hash";

const PREFIX = "pat_";
const RANDOM = 32;
const CHECKSUM = 6;
const HINT = 4;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM + CHECKSUM}}$`);
const POLYNOMIAL = 0xedb88320;

export function newToken(): string {
  let body = PREFIX;
  while (body.length < PREFIX.length + RANDOM) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 248) body += ALPHABET[byte % 62]; // 248 is four times 62: every character is as likely
  }
  return body + checksum(body);
}

export function isToken(text: string): boolean {
  return FORM.test(text) && checksum(text.slice(0, -CHECKSUM)) === text.slice(-CHECKSUM);
}

export const digest = (token: string): Promise<Uint8Array> => sha256(token);
export const hint = (token: string): string => token.slice(-HINT);

function checksum(body: string): string {
  let number = crc32(new TextEncoder().encode(body));
  let digits = "";
  for (let count = 0; count < CHECKSUM; count += 1) {
    digits = ALPHABET[number % 62] + digits;
    number = Math.floor(number / 62);
  }
  return digits;
}

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}
