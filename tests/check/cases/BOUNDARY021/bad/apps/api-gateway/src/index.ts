// the gateway that was written by hand #! BOUNDARY021
export default { fetch: (request: Request) => fetch(request) };
