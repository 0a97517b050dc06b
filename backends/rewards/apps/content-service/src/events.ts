// Events: announced and changed by editors, read by anyone.

import type { Connection, Row } from "../../../packages/service/src/database";
import { once } from "../../../packages/service/src/idempotency";
import { HttpProblem } from "../../../packages/service/src/problem";
import * as is from "../../../packages/service/src/schema";
import { numberIn } from "../../../packages/service/src/service";
import { cursor, FIRST_ID, readCursor } from "./page";
import { all, locked } from "./seating";
import { type Asking, SQL, unknown } from "./store";

const MOMENT = is.moment("2000-01-01T00:00:00Z", "2200-01-01T00:00:00Z");
const CAPACITY = is.integer(1, 1_000_000);
const TEXT = is.text(0, 200_000, { refuses: /\u0000/ });
const PROMOTION = is.oneOf("automatic", "offer", "manual");
const Draft = is.object({
  title: is.line(200),
  starts_at: MOMENT,
  capacity: CAPACITY,
  description: is.optional(TEXT, ""),
  promotion: is.optional(PROMOTION, "automatic"),
});
const Change = is.object({
  title: is.changed(is.line(200)),
  starts_at: is.changed(MOMENT),
  capacity: is.changed(CAPACITY),
  description: is.changed(TEXT),
  promotion: is.changed(PROMOTION),
});
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

export function eventIn(asked: Asking): string {
  const id = asked.parameters.event_id;
  if (UUID.test(id)) return id;
  throw new HttpProblem(404, "not_found", "There is nothing at this path.");
}

// Events to come, soonest first, and then the past ones, latest first.
export async function events({ database, query }: Asking) {
  const limit = numberIn(query, "limit", 20, 100);
  const word = query.get("after");
  const after = word === null ? undefined : readCursor(word, [is.moment("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"), is.moment("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"), is.text(36, 36, { pattern: UUID })]);
  const [seen, at, id] = after ?? (await beginning(database));
  const isPast = after !== undefined && at < seen;
  const rows = isPast ? [] : await database.query(SQL.events_to_come, { seen, starts_at: at, id, limit: limit + 1 });
  if (rows.length <= limit) {
    const [from, last] = isPast ? [at, id] : [seen, FIRST_ID];
    const more = { seen, starts_at: from, id: last, limit: limit + 1 - rows.length };
    rows.push(...(await database.query(SQL.events_past, more)));
  }
  const found = rows.slice(0, limit);
  const last = found[found.length - 1];
  const next = rows.length > limit ? cursor([seen, last.starts_at, last.id]) : null;
  return { status: 200, body: { events: found.map(shown), next } };
}

async function beginning(database: Connection): Promise<string[]> {
  const [{ now }] = await database.query(SQL.clock);
  return [now, now, FIRST_ID];
}

export async function event(asked: Asking) {
  return { status: 200, body: await read(asked.database, eventIn(asked)) };
}

export async function announce(asked: Asking) {
  const draft = await asked.body(Draft);
  return once(asked.database, await asked.attempt(), async (connection) => {
    const [row] = await connection.query(SQL.add_event, { ...draft, user: asked.user });
    return { status: 201, body: shown(row), headers: { location: `/v1/events/${row.id}` } };
  });
}

// 409 when a new capacity has no room for the seats that are taken or promised.
export async function change(asked: Asking) {
  const id = eventIn(asked);
  const given = Object.entries(await asked.body(Change)).filter(([, value]) => value !== undefined);
  const said = Object.fromEntries(given) as Partial<{ capacity: number; starts_at: string; promotion: string }>;
  return once(asked.database, await asked.attempt(), async (connection) => {
    await locked(connection, asked.env, id, async (seating) => {
      const capacity = said.capacity ?? seating.seats.capacity;
      const taken = seating.seats.registered + seating.seats.offered;
      if (taken > capacity)
        throw new HttpProblem(409, "capacity_taken", `${taken} seats are taken or promised already.`, {}, { taken });
      seating.seats.capacity = capacity;
      seating.starts_at = said.starts_at ?? seating.starts_at;
      seating.promotion = said.promotion ?? seating.promotion;
      await all(seating, "change_event", { ...(await read(connection, id)), ...said });
    });
    return { status: 200, body: await read(connection, id) };
  });
}

async function read(connection: Connection, id: string) {
  const [row] = await connection.query(SQL.event, { event: id });
  if (!row) throw unknown("event");
  return shown(row);
}

function shown(row: Row) {
  const { id, title, description, starts_at, capacity, registered, promotion } = row;
  const waitlisted = row.waiting + row.offered;
  return { id, title, description, starts_at, capacity, registered, waitlisted, promotion };
}
