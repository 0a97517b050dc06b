-- One number for each user ends all their sessions: a session holds while it has its user's epoch.
CREATE TABLE person (
    user_id text PRIMARY KEY,
    epoch bigint NOT NULL DEFAULT 1
);

CREATE TABLE session (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES person,
    epoch bigint NOT NULL,
    method text NOT NULL,
    roles text[] NOT NULL,
    device text,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX session_of_user ON session (user_id, created_at DESC);
CREATE INDEX session_by_end ON session (idle_expires_at);

-- What was shown, as a digest; all but the latest of a session are retired, and are remembered as long as it is.
CREATE TABLE token (
    digest bytea PRIMARY KEY,
    session_id text NOT NULL REFERENCES session ON DELETE CASCADE,
    retired_at timestamptz,
    nonce bytea,
    CHECK ((retired_at IS NULL) = (nonce IS NULL))
);
CREATE INDEX token_of_session ON token (session_id);

-- What an Idempotency-Key made.
CREATE TABLE claim (
    key bytea PRIMARY KEY,
    body bytea NOT NULL,
    nonce bytea NOT NULL,
    session_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX claim_by_age ON claim (made_at);
