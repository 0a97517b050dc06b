-- Users who are no more. Their tokens are revoked, and a session that still runs for a moment makes no new one.
CREATE TABLE gone (
    user_id text PRIMARY KEY,
    gone_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
