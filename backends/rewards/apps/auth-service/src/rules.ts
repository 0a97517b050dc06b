// What a webhook says, read leniently: what is refused is sent again for days and then lost. Only the type, the user's id
// and that they are JSON is insisted on.

import * as is from "../../../packages/service/src/schema";

export const CREATED = "user.created";
export const UPDATED = "user.updated";
export const DELETED = "user.deleted";
export const LOGIN = "session.created";

const LONGEST_TEXT = 320; // an address has 320 characters at most (RFC 3696, erratum 1690)
const LONGEST_CODE = 64;
const LATEST = 253_402_214_400_000; // 9999-12-31, in milliseconds
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

export const Kind = is.object({ type: is.text(0, 1000) }, { open: true });
export const Login = is.object(
  { data: is.object({ id: is.userId, user_id: is.userId }, { open: true }) },
  { open: true },
);
const anything: is.Schema<any> = (value) => (typeof value === "symbol" ? null : value);
const text = is.optional(is.text(0, 100_000), null);
const time = is.optional(is.integer(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), null);
const Address = is.object({ email_address: is.text(0, 100_000), id: text }, { open: true });
export const Event = is.object(
  {
    type: is.text(0, 1000),
    timestamp: time,
    data: is.object(
      {
        id: is.userId,
        first_name: text,
        last_name: text,
        username: text,
        email_addresses: is.optional(is.list(Address, 0, 1000), []),
        primary_email_address_id: text,
        created_at: time,
        updated_at: time,
        unsafe_metadata: anything,
      },
      { open: true },
    ),
  },
  { open: true },
);
export type Event = NonNullable<ReturnType<typeof Event>>;

export interface Profile {
  user_id: string;
  email: string | null;
  name: string | null;
  created_at: string | null;
  updated_at: string;
}

// Without `updated_at`, the event's own time decides which one is newer.
export function profile({ data, timestamp }: Event, sentAt: number): Profile {
  const created = moment(data.created_at);
  const sent = new Date(sentAt * 1000).toISOString();
  const updated = moment(data.updated_at) ?? created ?? moment(timestamp) ?? sent;
  const name = [data.first_name, data.last_name].filter(Boolean).join(" ") || data.username;
  return { user_id: data.id, email: clean(emailOf(data)), name: clean(name), created_at: created, updated_at: updated };
}

// `unsafe_metadata` is written by the browser: anything may be in it, and nothing in it may spoil a sign-up.
export function referralCode(metadata: any): string | null {
  const code = metadata !== null && typeof metadata === "object" ? metadata.referral_code : null;
  if (typeof code !== "string") return null;
  const found = code.trim();
  return found && [...found].length <= LONGEST_CODE && found === found.replace(UNPRINTABLE, "") ? found : null;
}

function emailOf({ email_addresses: addresses, primary_email_address_id: primary }: Event["data"]): string | null {
  const found = addresses.find((each) => each.id !== null && each.id === primary) ?? addresses[0];
  return found?.email_address ?? null;
}

function clean(value: string | null): string | null {
  return [...(value ?? "").replace(UNPRINTABLE, "")].slice(0, LONGEST_TEXT).join("") || null;
}

function moment(milliseconds: number | null): string | null {
  return milliseconds && milliseconds > 0 && milliseconds < LATEST ? new Date(milliseconds).toISOString() : null;
}

