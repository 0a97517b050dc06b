// One event's seats, while its row is locked: every change to registrations runs inside `locked`, which lets ended offers
// lapse first, and at its end moves people up and writes the counts.

import type { Connection, Row } from "../../../packages/service/src/database";
import { put } from "../../../packages/service/src/outbox";
import { type ContentEnv, earns, offerSeconds, SQL, unknown } from "./store";

export interface Seats {
  capacity: number;
  registered: number;
  offered: number;
  waiting: number;
}

export interface Seating {
  connection: Connection;
  env: ContentEnv;
  event: string;
  now: string; // the database's clock, read after the lock was taken
  starts_at: string;
  promotion: string;
  seats: Seats;
  arrivals: number;
}

const COUNTED: Record<string, "registered" | "offered" | "waiting"> = {
  registered: "registered",
  offered: "offered",
  waitlisted: "waiting",
};

export const free = (seats: Seats): number => seats.capacity - seats.registered - seats.offered;
export const hasStarted = (seating: Seating): boolean => Date.parse(seating.starts_at) <= Date.parse(seating.now);
export const firstPoints = (env: ContentEnv): string => (env.POINTS_SERVICE ? "pending" : "none");

export function move(seating: Seating, before: string | null, after: string | null, number = 1): void {
  if (before && COUNTED[before]) seating.seats[COUNTED[before]] -= number;
  if (after && COUNTED[after]) seating.seats[COUNTED[after]] += number;
}

export function all(seating: Seating, name: string, values: Record<string, unknown> = {}): Promise<Row[]> {
  return seating.connection.query(SQL[name], { event: seating.event, now: seating.now, ...values });
}

export async function one(seating: Seating, name: string, values: Record<string, unknown> = {}) {
  return (await all(seating, name, values))[0] as Row | undefined;
}

// Hold one event's seating until the transaction ends; 404 when there is no such event.
export async function locked<T>(
  connection: Connection,
  env: ContentEnv,
  event: string,
  work: (seating: Seating) => Promise<T>,
): Promise<T> {
  const [row] = await connection.query(SQL.lock_event, { event });
  if (!row) throw unknown("event");
  const [{ now }] = await connection.query(SQL.clock);
  const { capacity, registered, offered, waiting, starts_at, promotion, arrivals } = row;
  const seats = { capacity, registered, offered, waiting };
  const seating: Seating = { connection, env, event, now, starts_at, promotion, seats, arrivals };
  move(seating, "offered", null, (await all(seating, "lapse")).length);
  const found = await work(seating);
  await promote(seating);
  await all(seating, "save_seats", { arrivals: seating.arrivals, ...seating.seats });
  return found;
}

// Move up the first in line, as many as there are free seats.
async function promote(seating: Seating): Promise<void> {
  const number = Math.min(free(seating.seats), seating.seats.waiting);
  if (hasStarted(seating) || number <= 0 || seating.promotion === "manual") return;
  const isOffer = seating.promotion === "offer";
  const status = isOffer ? "offered" : "registered";
  const until = isOffer ? offerEnd(seating) : null;
  const points = isOffer ? "none" : firstPoints(seating.env);
  const moved = await all(seating, "promote", { number, status, until, points });
  move(seating, "waitlisted", status, moved.length);
  if (!isOffer) for (const registration of moved) await earned(seating, registration);
}

function offerEnd(seating: Seating): string {
  const end = Date.parse(seating.now) + offerSeconds(seating.env) * 1000;
  return new Date(Math.min(end, Date.parse(seating.starts_at))).toISOString();
}

// The award goes out with the change that earns it, in the same transaction, and so does its reversal.
export async function earned(seating: Seating, registration: Row): Promise<void> {
  if (!seating.env.POINTS_SERVICE) return;
  const payload = {
    registration_id: registration.id,
    user_id: registration.user_id,
    amount: earns(seating.env),
    occurred_at: seating.now,
  };
  await put(seating.connection, "award", payload, lockOf(registration));
}

export async function lost(seating: Seating, registration: Row): Promise<void> {
  if (!["sending", "awarded"].includes(registration.points)) return;
  await put(seating.connection, "reverse", { registration_id: registration.id }, lockOf(registration));
}

const lockOf = (registration: Row): string => `registration:${registration.id}`;
