-- initData that was taken, by whom, and under which key: a copy of it is refused until it is no longer good anyway.
CREATE TABLE init_data (
    caller     text NOT NULL,
    once       bytea NOT NULL,
    key        text,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (caller, once)
);

CREATE INDEX init_data_expires_at ON init_data (expires_at);
