// The schema and the statements of the service in Python.

import { IDEMPOTENCY } from "../../../packages/service/src/idempotency";
import { OUTBOX } from "../../../packages/service/src/outbox";
import type { Binding } from "../../../packages/service/src/client";
import { HttpProblem } from "../../../packages/service/src/problem";
import { type Asked, type Env, setting } from "../../../packages/service/src/service";
import { queries } from "../../../packages/service/src/sql";
import content from "../migrations/0001_content.sql";
import manual from "../migrations/0002_manual_promotion.sql";
import places from "../migrations/0003_places.sql";
import statements from "../queries.sql";

export interface ContentEnv extends Env {
  POINTS_SERVICE?: Binding;
  CONTENT_REGISTRATION_POINTS?: string;
  CONTENT_OFFER_SECONDS?: string;
}
export type Asking = Asked<ContentEnv>;

export const COMPONENTS = [
  IDEMPOTENCY,
  OUTBOX,
  {
    name: "content",
    files: { "0001_content.sql": content, "0002_manual_promotion.sql": manual, "0003_places.sql": places },
  },
];
export const SQL = queries(statements);

export const earns = (env: ContentEnv): number => setting(env.CONTENT_REGISTRATION_POINTS, 10);
export const offerSeconds = (env: ContentEnv): number => setting(env.CONTENT_OFFER_SECONDS, 86_400);

export function unknown(kind: string): HttpProblem {
  return new HttpProblem(404, `unknown_${kind}`, `No such ${kind}.`);
}

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const isSlug = (text: string): boolean => text.length <= 100 && SLUG.test(text);

export function slugIn(text: string): string {
  if (isSlug(text)) return text;
  throw new HttpProblem(422, "invalid_slug", "A slug is lower-case letters and digits, joined by hyphens.");
}
