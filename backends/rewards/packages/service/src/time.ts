// Moments as text in UTC with up to six digits of a second, as PostgreSQL has them: a Date would cut them to three.

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?(?:([Zz])|([+-])(\d\d):?(\d\d)?)$/;

// The same moment in UTC; undefined for what is no moment, or has no offset.
export function instant(text: string): string | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  at.setUTCFullYear(year, month - 1, day);
  const same = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && at.getUTCHours() === hour;
  if (!same || minute > 59 || second > 59) return undefined;
  const offset = match[8] ? 0 : Number(`${match[9]}1`) * (Number(match[10]) * 60 + Number(match[11] ?? 0));
  at.setTime(at.getTime() - offset * 60_000);
  if (at.getUTCFullYear() < 1 || at.getUTCFullYear() > 9999) return undefined;
  const micros = (match[7] ?? "").padEnd(6, "0");
  return at.toISOString().slice(0, 19) + (Number(micros) ? `.${micros}` : "") + "Z";
}
