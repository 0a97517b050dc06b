CREATE TABLE tigrit_interactions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    update_id bigint NOT NULL UNIQUE, -- Telegram sends an update again until it is taken
    user_id text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX ON tigrit_interactions (user_id, id);
