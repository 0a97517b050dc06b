// User ids: the one rule for what an id is; the same pattern as in every other part of this backend.

const PATTERN =
  /^[^\u0000-\u0020\u007f-\u00a0\u00ad-\u00ad\u061c-\u061c\u1680-\u1680\u180e-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000-\u3000\ufeff-\ufeff\ufff9-\ufffb]+(?: +[^\u0000-\u0020\u007f-\u00a0\u00ad-\u00ad\u061c-\u061c\u1680-\u1680\u180e-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000-\u3000\ufeff-\ufeff\ufff9-\ufffb]+)*(?![\s\S])/;
const LONGEST = 255; // characters
export const USER_ID_RULE = `a user id has 1 to ${LONGEST} visible characters, and neither begins nor ends with a blank`;

export function isUserId(value: unknown): value is string {
  return typeof value === "string" && [...value].length <= LONGEST && PATTERN.test(value);
}
