// Countries, their cities, and the places of a city: written by editors, read by anybody.

import { once } from "../../../packages/service/src/idempotency";
import { HttpProblem, invalid } from "../../../packages/service/src/problem";
import * as is from "../../../packages/service/src/schema";
import { numberIn, textIn } from "../../../packages/service/src/service";
import { type Asking, isSlug, slugIn, SQL, unknown } from "./store";

const Country = is.object({ name: is.line(200) });
const City = is.object({ country: is.text(0, 200, { refuses: /\u0000/ }), name: is.line(200) });
const Place = is.object({
  city: is.text(0, 200, { refuses: /\u0000/ }),
  name: is.line(200),
  description: is.optional(is.text(0, 200_000, { refuses: /\u0000/ }), ""),
  latitude: is.optional(is.real(-90, 90), null),
  longitude: is.optional(is.real(-180, 180), null),
});

export async function countries({ database }: Asking) {
  return { status: 200, body: { countries: await database.query(SQL.countries) } };
}

export async function cities({ database, parameters: { code } }: Asking) {
  if (!isCountry(code) || !(await database.query(SQL.country, { code })).length) throw unknown("country");
  return { status: 200, body: { cities: await database.query(SQL.cities, { code }) } };
}

export async function places({ database, query, parameters: { city } }: Asking) {
  const limit = numberIn(query, "limit", 20, 100);
  const after = textIn(query, "after", /^[a-z0-9-]{0,100}$/) ?? "";
  if (!isSlug(city) || !(await database.query(SQL.city, { slug: city })).length) throw unknown("city");
  const rows = await database.query(SQL.places, { city, after, limit: limit + 1 });
  const found = rows.slice(0, limit);
  return { status: 200, body: { places: found, next: rows.length > limit ? found[found.length - 1].slug : null } };
}

export async function place({ database, parameters: { slug } }: Asking) {
  const [row] = isSlug(slug) ? await database.query(SQL.place, { slug }) : [];
  if (!row) throw unknown("place");
  return { status: 200, body: row };
}

export async function putCountry(asked: Asking) {
  const { name } = await asked.body(Country);
  const { code } = asked.parameters;
  return once(asked.database, await asked.attempt(), async (connection) => {
    if (!isCountry(code))
      throw new HttpProblem(422, "invalid_country", "A country is two lower-case letters of ISO 3166-1.");
    await connection.query(SQL.put_country, { code, name, user: asked.user });
    const rows = await connection.query(SQL.countries);
    return { status: 200, body: rows.find((row) => row.code === code) };
  });
}

export async function putCity(asked: Asking) {
  return put(asked, "put_city", await asked.body(City), "country");
}

export async function putPlace(asked: Asking) {
  const draft = await asked.body(Place);
  if ((draft.latitude === null) !== (draft.longitude === null))
    throw invalid([{ path: "$", message: "a place has both `latitude` and `longitude`, or neither" }]);
  return put(asked, "put_place", draft, "city");
}

// Write a row below its parent; 404 where the parent is not there.
async function put(asked: Asking, name: string, draft: object, parent: string): Promise<Response> {
  return once(asked.database, await asked.attempt(), async (connection) => {
    const slug = slugIn(asked.parameters.slug);
    const [row] = await connection.query(SQL[name], { slug, user: asked.user, ...draft });
    if (!row) throw unknown(parent);
    return { status: 200, body: row };
  });
}

const isCountry = (code: string): boolean => /^[a-z]{2}$/.test(code);
