CREATE TABLE player (
    user_id text PRIMARY KEY,
    name text,
    invited_by text REFERENCES player (user_id) CHECK (invited_by <> user_id),
    since timestamptz NOT NULL DEFAULT clock_timestamp()
);
