export const user = (request: Request) => request.headers.get("x-user");
