CREATE TABLE code (
    code       text        PRIMARY KEY,
    user_id    text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at timestamptz
);

-- One live code a user; revoked ones stay, so that none is ever given to somebody else.
CREATE UNIQUE INDEX code_live ON code (user_id) WHERE revoked_at IS NULL;

-- ordinal counts one referrer's referrals from 1: it pages the list and tells nothing about anybody else's.
CREATE TABLE attribution (
    referee       text        PRIMARY KEY,
    referrer      text        NOT NULL CHECK (referrer <> referee),
    ordinal       bigint      NOT NULL CHECK (ordinal > 0),
    code          text        NOT NULL REFERENCES code (code),
    attributed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (referrer, ordinal)
);
