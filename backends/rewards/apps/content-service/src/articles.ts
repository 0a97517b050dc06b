// Articles: readers see what is published; an editor replaces an article as a whole.

import type { Row } from "../../../packages/service/src/database";
import { once } from "../../../packages/service/src/idempotency";
import { HttpProblem } from "../../../packages/service/src/problem";
import * as is from "../../../packages/service/src/schema";
import { numberIn } from "../../../packages/service/src/service";
import { cursor, readCursor } from "./page";
import { type Asking, isSlug, slugIn, SQL, unknown } from "./store";

const FAR = "9999-01-01T00:00:00Z";
const Draft = is.object({
  title: is.line(200),
  body: is.text(0, 200_000, { refuses: /\u0000/ }),
  published: is.optional(is.flag, false),
});
const KEY = [is.moment("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"), is.text(0, 100, { pattern: /^[a-z0-9-]*$/ })];

export async function articles({ database, query }: Asking) {
  const limit = numberIn(query, "limit", 20, 100);
  const after = query.get("after");
  const [at, slug] = after === null ? [FAR, ""] : readCursor(after, KEY);
  const rows = await database.query(SQL.articles, { at, slug, limit: limit + 1 });
  const found = rows.slice(0, limit).map((row) => ({ slug: row.slug, title: row.title, published_at: row.published_at }));
  const last = found[found.length - 1];
  return { status: 200, body: { articles: found, next: rows.length > limit ? cursor([last.published_at, last.slug]) : null } };
}

export async function article({ database, parameters: { slug } }: Asking) {
  const [row] = isSlug(slug) ? await database.query(SQL.article, { slug }) : [];
  if (!row) throw unknown("article");
  return stored(row);
}

export async function putArticle(asked: Asking) {
  const draft = await asked.body(Draft);
  const expected = asked.request.headers.get("if-match");
  return once(asked.database, await asked.attempt(), async (connection) => {
    const slug = slugIn(asked.parameters.slug);
    if (expected !== null) {
      const [row] = await connection.query(SQL.revision, { slug });
      if (!matches(expected, row?.revision))
        throw new HttpProblem(412, "changed_meanwhile", "The article is not the one that If-Match names.");
    }
    const [row] = await connection.query(SQL.put_article, { slug, user: asked.user, ...draft });
    return stored(row);
  });
}

// RFC 9110 section 13.1.1; no revision: there is no article.
function matches(condition: string, revision: number | undefined): boolean {
  if (revision === undefined) return false;
  return condition.trim() === "*" || condition.split(",").some((tag) => tag.trim() === `"${revision}"`);
}

function stored({ slug, title, body, published, updated_at, published_at, revision }: Row) {
  const said = { slug, title, body, published, updated_at, published_at };
  return { status: 200, body: said, headers: { etag: `"${revision}"` } };
}
