// Refusals: application/problem+json (RFC 9457) with a stable code, as every service of this backend answers them.

export type Headers_ = Record<string, string>;

export class HttpProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail = "",
    readonly headers: Headers_ = {},
    readonly extra: Record<string, unknown> = {},
  ) {
    super(`${status} ${code}`);
  }

  response(): Response {
    const detail = this.detail ? { detail: this.detail } : {};
    const body = { type: "about:blank", title: TITLES[this.status] ?? "Refused", status: this.status, code: this.code };
    return new Response(JSON.stringify({ ...body, ...detail, ...this.extra }), {
      status: this.status,
      headers: { "content-type": "application/problem+json", ...this.headers },
    });
  }
}

export type Fault = { path: string; message: string };

export function invalid(errors: Fault[]): HttpProblem {
  return new HttpProblem(422, "invalid_body", "The body does not fit.", {}, { errors });
}

export function invalidParameter(name: string, message: string): HttpProblem {
  const errors = [{ path: name, message }];
  return new HttpProblem(422, "invalid_parameter", `${name}: ${message}`, {}, { errors });
}

export function malformed(): HttpProblem {
  return new HttpProblem(400, "malformed_json", "The body is no JSON.");
}

export function unavailable(): HttpProblem {
  return new HttpProblem(503, "database_unavailable", "The database cannot be reached now.", { "retry-after": "1" });
}

const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  410: "Gone",
  412: "Precondition Failed",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
