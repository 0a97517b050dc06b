-- roles are in sessions and access tokens: a change of them ends the user's sessions.
CREATE TABLE account (
    id          text        PRIMARY KEY,
    email       text        UNIQUE,
    password    text,
    telegram    text        UNIQUE,
    name        text        NOT NULL DEFAULT '',
    phone       text        NOT NULL DEFAULT '',
    locale      text        NOT NULL DEFAULT 'ru' CHECK (locale IN ('ru', 'en')),
    roles       text[]      NOT NULL DEFAULT '{user}',
    verified    boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (email IS NOT NULL OR telegram IS NOT NULL)
);

-- A link or a code that was sent to an address. Only its digest is kept; tries bounds the guesses of a short code.
CREATE TABLE challenge (
    id       uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id  text        NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind     text        NOT NULL CHECK (kind IN ('link', 'recovery')),
    digest   bytea       NOT NULL,
    until    timestamptz NOT NULL,
    tries    integer     NOT NULL DEFAULT 0,
    used_at  timestamptz,
    used_key text
);

CREATE UNIQUE INDEX challenge_link ON challenge (digest) WHERE kind = 'link';
CREATE INDEX challenge_user ON challenge (user_id, kind);

-- How often something was tried, by what it was tried on: a digest of the address, not the address.
CREATE TABLE attempt (
    subject bytea       NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX attempt_subject ON attempt (subject, at);

CREATE TABLE audit (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id text        NOT NULL,
    actor   text        NOT NULL,
    action  text        NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX audit_user ON audit (user_id, id);

-- What of a deleted user each service has still to delete.
CREATE TABLE deletion (
    user_id text        NOT NULL,
    holder  text        NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at timestamptz,
    PRIMARY KEY (user_id, holder)
);
