export const api = process.env.NEXT_PUBLIC_API;
