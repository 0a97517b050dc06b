-- API tokens. Of the token itself only the SHA-256 is here.
CREATE TABLE token (
    id           text PRIMARY KEY,
    user_id      text NOT NULL,
    digest       bytea NOT NULL UNIQUE,
    name         text NOT NULL,
    hint         text NOT NULL,
    scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    last_used_at timestamptz
);

CREATE INDEX token_user_id ON token (user_id, created_at DESC);
