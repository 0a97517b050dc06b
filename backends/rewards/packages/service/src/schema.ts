// What a body must be: each schema reads a value, or names by its path what does not fit. All faults are named at once.

import { type Fault, invalid, malformed } from "./problem";
import { instant } from "./time";
import { isUserId, USER_ID_RULE } from "./user";

export type Schema<T> = (value: unknown, path: string, faults: Fault[]) => T | undefined;
type Shape = Record<string, Schema<unknown>>;
type Read<S extends Shape> = { [K in keyof S]: S[K] extends Schema<infer T> ? T : never };

const MISSING = Symbol("missing");
const LONE_SURROGATE = /\p{Surrogate}/u;
// Control characters, and the invisible ones that break a line, hide a part of a text or change its direction: those of
// stead.kit.display_text.
export const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]/u;

function fault(faults: Fault[], path: string, message: string): undefined {
  faults.push({ path, message });
  return undefined;
}

export function text(least: number, most: number, more: { pattern?: RegExp; refuses?: RegExp } = {}): Schema<string> {
  return (value, path, faults) => {
    if (typeof value !== "string") return fault(faults, path, "expected a text");
    const length = [...value].length;
    if (length < least || length > most) return fault(faults, path, `expected ${least} to ${most} characters`);
    if (more.refuses?.test(value)) return fault(faults, path, "has characters that are not allowed");
    if (more.pattern && !more.pattern.test(value)) return fault(faults, path, "is not of the form expected");
    return value;
  };
}

// One line that people read as it is written.
export const line = (most: number): Schema<string> => text(1, most, { refuses: HIDDEN });

export const userId: Schema<string> = (value, path, faults) =>
  isUserId(value) ? value : fault(faults, path, USER_ID_RULE);

export function integer(least: number, most: number): Schema<number> {
  return (value, path, faults) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return fault(faults, path, "expected a whole number");
    return value >= least && value <= most ? value : fault(faults, path, `expected ${least} to ${most}`);
  };
}

export function real(least: number, most: number): Schema<number> {
  return (value, path, faults) => {
    if (typeof value !== "number") return fault(faults, path, "expected a number");
    return value >= least && value <= most ? value : fault(faults, path, `expected ${least} to ${most}`);
  };
}

export const flag: Schema<boolean> = (value, path, faults) =>
  typeof value === "boolean" ? value : fault(faults, path, "expected true or false");

export function oneOf<T extends string>(...values: T[]): Schema<T> {
  return (value, path, faults) =>
    values.includes(value as T) ? (value as T) : fault(faults, path, `expected ${values.join(", ")}`);
}

// A moment in UTC, as text with microseconds; `before` is excluded.
export function moment(from: string, before: string): Schema<string> {
  return (value, path, faults) => {
    const found = typeof value === "string" ? instant(value) : undefined;
    if (!found) return fault(faults, path, "expected a time of RFC 3339 with its offset");
    return found >= from && found < before ? found : fault(faults, path, `expected ${from} to ${before}`);
  };
}

// May be left out, or null.
export function optional<T, D extends T | null>(schema: Schema<T>, otherwise: D): Schema<T | D> {
  return (value, path, faults) =>
    value === MISSING || (value === null && otherwise === null) ? otherwise : schema(value, path, faults);
}

// May be left out, and stays undefined then.
export function changed<T>(schema: Schema<T>): Schema<T | undefined> {
  return (value, path, faults) => (value === MISSING ? undefined : schema(value, path, faults));
}

export function list<T>(schema: Schema<T>, least: number, most: number): Schema<T[]> {
  return (value, path, faults) => {
    if (!Array.isArray(value)) return fault(faults, path, "expected a list");
    if (value.length < least || value.length > most) return fault(faults, path, `expected ${least} to ${most} items`);
    return value.map((each, index) => schema(each, `${path}[${index}]`, faults) as T);
  };
}

export function object<S extends Shape>(shape: S, more: { open?: boolean } = {}): Schema<Read<S>> {
  return (value, path, faults) => {
    if (value === null || typeof value !== "object" || Array.isArray(value))
      return fault(faults, path, "expected an object");
    const given = value as Record<string, unknown>;
    for (const name of more.open ? [] : Object.keys(given))
      if (!Object.hasOwn(shape, name)) fault(faults, `${path}.${name}`, "there is no such field");
    const read = Object.entries(shape).map(([name, schema]) => {
      const field = Object.hasOwn(given, name) ? given[name] : MISSING;
      return [name, schema(field, `${path}.${name}`, faults)];
    });
    return Object.fromEntries(read) as Read<S>;
  };
}

// 422 with every fault.
export function read<T>(value: unknown, schema: Schema<T>): T {
  const faults: Fault[] = [];
  const found = schema(value, "$", faults);
  if (faults.length) throw invalid(faults);
  return found as T;
}

// 400 for what is no JSON.
export function parsed(bytes: ArrayBuffer | Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes), exact as Parameters<JSON["parse"]>[1]);
  } catch {
    throw malformed();
  }
}

// A whole number that JavaScript would round is no number here: an amount is never another one than was sent.
function exact(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value === "string" && LONE_SURROGATE.test(value)) throw malformed();
  const source = context?.source;
  if (typeof value !== "number" || source === undefined || !/^-?\d+$/.test(source)) return value;
  return Number.isFinite(value) && BigInt(source) === BigInt(value) ? value : BigInt(source);
}
