export const base = "/v1";
