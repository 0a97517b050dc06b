// Pure decisions about referral codes and attributions. A code is ten characters of Crockford's base 32.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 10;
const REAL = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

export type Fault = "unknown_code" | "self_referral" | "already_attributed" | "window_over" | "referral_cycle";

export const STATUS: Record<Fault, number> = {
  unknown_code: 404,
  self_referral: 422,
  already_attributed: 409,
  window_over: 422,
  referral_cycle: 422,
};
export const DETAIL: Record<Fault, string> = {
  unknown_code: "No such referral code.",
  self_referral: "A user cannot refer themselves.",
  already_attributed: "It is already known who brought this user.",
  window_over: "The sign-up is too long ago.",
  referral_cycle: "This user brought the owner of the code, directly or through others.",
};

// What is known when an attribution is judged, all of it read under the lock of the graph.
export interface Facts {
  referrer: string | null;
  referee: string;
  known: boolean;
  ancestor: boolean;
  signedUp: string | null;
  now: string;
}

export function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  return [...bytes].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

// The code that a person meant: any case, with or without spaces and hyphens.
export function normal(text: string): string {
  return text.toUpperCase().replace(/[ -]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
}

export function looksReal(code: string): boolean {
  return REAL.test(code);
}

// The first thing wrong with an attribution.
export function fault(facts: Facts, windowSeconds: number): Fault | undefined {
  if (facts.referrer === null) return "unknown_code";
  if (facts.referrer === facts.referee) return "self_referral";
  if (facts.known) return "already_attributed";
  if (facts.signedUp && Date.parse(facts.now) - Date.parse(facts.signedUp) > windowSeconds * 1000) return "window_over";
  return facts.ancestor ? "referral_cycle" : undefined;
}

export interface Branch {
  referee: string;
  attributed_at: string;
  referrals: Branch[];
}

// The tree below a user; every referrer is before those whom they brought.
export function branches(rows: { referee: string; referrer: string; attributed_at: string }[], root: string): Branch[] {
  const below = new Map<string, Branch[]>([[root, []]]);
  for (const { referee, referrer, attributed_at } of rows) {
    const referrals: Branch[] = [];
    below.set(referee, referrals);
    below.get(referrer)?.push({ referee, attributed_at, referrals });
  }
  return below.get(root) ?? [];
}
