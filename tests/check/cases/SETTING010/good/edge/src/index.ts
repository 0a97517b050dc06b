export default {
  fetch: (request: Request, env: { SHELF: KVNamespace; VERSION: string }) =>
    new URL(request.url).pathname === "/health" ? Response.json({ version: env.VERSION }) : env.SHELF.get("a"),
};
