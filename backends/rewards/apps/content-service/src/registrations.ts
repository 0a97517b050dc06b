// Coming, taking an offered seat, going, asking where one stands; and the roster, as an editor sees it.

import type { Row } from "../../../packages/service/src/database";
import { once } from "../../../packages/service/src/idempotency";
import { HttpProblem } from "../../../packages/service/src/problem";
import * as is from "../../../packages/service/src/schema";
import { numberIn, textIn } from "../../../packages/service/src/service";
import { eventIn } from "./events";
import { earned, firstPoints, free, hasStarted, locked, lost, move, one, type Seating } from "./seating";
import { type Asking, SQL, unknown } from "./store";

const Order = is.object({ user_id: is.optional(is.userId, null) });
const SHOWN: Record<string, string> = { pending: "pending", sending: "pending", awarded: "awarded" };
const pointsOf = (row: Row) => SHOWN[row.points] ?? null;

// 201 and the new registration, or 200 and the one that stands; an offered seat is taken by this.
export async function register(asked: Asking) {
  const event = eventIn(asked);
  return once(asked.database, await asked.attempt(), (connection) =>
    locked(connection, asked.env, event, async (seating) => {
      const mine = await one(seating, "mine", { user: asked.user });
      if (mine && mine.status !== "offered") return standing(200, mine);
      if (hasStarted(seating)) throw started();
      const row = mine ? await seat(seating, mine) : await arrive(seating, asked.user);
      if (row.status === "registered") await earned(seating, row);
      return standing(mine ? 200 : 201, row);
    }),
  );
}

function standing(status: number, row: Row) {
  return { status, body: { status: row.status, points: pointsOf(row) } };
}

async function arrive(seating: Seating, user: string): Promise<Row> {
  const status = free(seating.seats) > 0 && seating.seats.waiting === 0 ? "registered" : "waitlisted";
  seating.arrivals += 1;
  const points = status === "registered" ? firstPoints(seating.env) : "none";
  const row = await one(seating, "arrive", { user, place: seating.arrivals, status, points });
  move(seating, null, status);
  return row as Row;
}

async function seat(seating: Seating, mine: Row): Promise<Row> {
  const row = await one(seating, "seat", { id: mine.id, points: firstPoints(seating.env) });
  move(seating, mine.status, "registered");
  return row as Row;
}

export async function cancel(asked: Asking) {
  const event = eventIn(asked);
  return once(asked.database, await asked.attempt(), (connection) =>
    locked(connection, asked.env, event, async (seating) => {
      const mine = await one(seating, "mine", { user: asked.user });
      if (mine) {
        const row = (await one(seating, "cancel", { id: mine.id })) as Row;
        move(seating, mine.status, null);
        await lost(seating, row);
      }
      return { status: 204 };
    }),
  );
}

export async function mine(asked: Asking) {
  const event = eventIn(asked);
  const [row] = await asked.database.query(SQL.mine, { event, user: asked.user });
  if (!row) {
    await mustBe(asked, event);
    throw new HttpProblem(404, "unknown_registration", "You are neither registered for this event nor in line.");
  }
  const waits = row.status === "waitlisted";
  const [count] = waits ? await asked.database.query(SQL.position, { event, place: row.place }) : [];
  const { status, body } = standing(200, row);
  return { status, body: { ...body, position: count?.position ?? null, offered_until: row.offered_until } };
}

async function mustBe(asked: Asking, event: string): Promise<void> {
  if (!(await asked.database.query(SQL.event, { event })).length) throw unknown("event");
}

export async function attendees(asked: Asking) {
  const event = eventIn(asked);
  const limit = numberIn(asked.query, "limit", 20, 100);
  const after = textIn(asked.query, "after", /^[1-9][0-9]{0,17}$/) ?? "0";
  await mustBe(asked, event);
  const rows = await asked.database.query(SQL.attendees, { event, after, limit: limit + 1 });
  const next = rows.length > limit ? String(rows[limit - 1].place) : null;
  return { status: 200, body: { registrations: rows.slice(0, limit).map(attendee), next } };
}

// Give the first in line, or a named user, a free seat; who has a seat keeps it.
export async function promote(asked: Asking) {
  const event = eventIn(asked);
  const { user_id: user } = await asked.body(Order);
  return once(asked.database, await asked.attempt(), (connection) =>
    locked(connection, asked.env, event, async (seating) => {
      const row = user ? await one(seating, "mine", { user }) : await one(seating, "first_in_line");
      if (!row) throw new HttpProblem(404, "unknown_registration", "They are not in line, or nobody is.");
      if (row.status === "registered") return { status: 200, body: attendee(row) };
      if (hasStarted(seating)) throw started();
      if (row.status === "waitlisted" && free(seating.seats) <= 0)
        throw new HttpProblem(409, "no_free_seat", "No seat is free.");
      const seated = await seat(seating, row);
      await earned(seating, seated);
      return { status: 200, body: attendee(seated) };
    }),
  );
}

function attendee(row: Row) {
  return { user_id: row.user_id, status: row.status, since: row.created_at, points: pointsOf(row) };
}

const started = () => new HttpProblem(409, "event_started", "The event has started.");
