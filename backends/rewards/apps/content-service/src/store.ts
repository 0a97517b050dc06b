// The schema and the statements of the service in Python.

import { type Asked, type Binding, type Env, HttpProblem, setting, store } from "../../../packages/service/src/store";
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

const files = { "0001_content.sql": content, "0002_manual_promotion.sql": manual, "0003_places.sql": places };
const kept = store("content", files, statements, ["idempotency", "outbox"]);
export const { components: COMPONENTS, statements: SQL } = kept;

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
