// JSON of which no number changes: a script has no whole numbers above 2^53, but the ids of many services are.

const rounded = (value, source) => typeof value === "number" && source !== undefined && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);

/** Read JSON to show it: a whole number that would be rounded is a text. */
export const parse = (text) => JSON.parse(text, (_, value, context) => (rounded(value, context?.source) ? context.source : value));

/** Read JSON to write it again, by JSON.stringify: each number is then as it was written, `1.0` as well. */
export const exact = (text) => JSON.parse(text, (_, value, context) => (typeof value === "number" && context?.source !== undefined && JSON.rawJSON ? JSON.rawJSON(context.source) : value));
