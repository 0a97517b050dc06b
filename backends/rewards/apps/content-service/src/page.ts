// Where a page of a list ended: an opaque word for the reader, the last row's key inside.

import { type Fault, HttpProblem } from "../../../packages/service/src/problem";
import type { Schema } from "../../../packages/service/src/schema";

export const FIRST_ID = "00000000-0000-0000-0000-000000000000";

export function cursor(key: string[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(key));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function readCursor(word: string, schemas: Schema<string>[]): string[] {
  const faults: Fault[] = [];
  try {
    const key = JSON.parse(atob(word.replace(/-/g, "+").replace(/_/g, "/")));
    if (Array.isArray(key) && key.length === schemas.length) {
      const found = schemas.map((schema, index) => schema(key[index], "$", faults));
      if (!faults.length) return found as string[];
    }
  } catch {
    // told below, as any other word that is no cursor
  }
  throw new HttpProblem(422, "invalid_cursor", "`after` must be a `next` that this list gave.");
}
