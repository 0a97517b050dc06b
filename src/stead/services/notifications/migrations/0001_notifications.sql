-- telegram_off: the user has blocked the bot; it is on again when the user writes to it.
CREATE TABLE contact (
    user_id       text    PRIMARY KEY,
    email         text,
    locale        text    NOT NULL DEFAULT 'ru' CHECK (locale IN ('ru', 'en')),
    telegram_chat bigint  UNIQUE,
    telegram_off  boolean NOT NULL DEFAULT false,
    quiet_from    time,
    quiet_to      time,
    timezone      text    NOT NULL DEFAULT 'Europe/Moscow',
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);

CREATE TABLE preference (
    user_id text    NOT NULL,
    kind    text    NOT NULL,
    channel text    NOT NULL CHECK (channel IN ('telegram', 'email')),
    enabled boolean NOT NULL,
    PRIMARY KEY (user_id, kind, channel)
);

-- One message for an occurrence, a user and a channel. data may hold a code: it is emptied once the message has ended.
CREATE TABLE message (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    text        NOT NULL,
    kind       text        NOT NULL,
    key        text        NOT NULL,
    channel    text        NOT NULL CHECK (channel IN ('telegram', 'email', 'none')),
    email      text,
    data       jsonb       NOT NULL,
    status     text        NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'dead', 'dropped')),
    reason     text,
    tries      integer     NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at   timestamptz,
    UNIQUE (user_id, key, channel)
);

CREATE INDEX message_dead ON message (created_at DESC, id) WHERE status = 'dead';

CREATE TABLE link_code (
    digest  bytea       PRIMARY KEY,
    user_id text        NOT NULL,
    until   timestamptz NOT NULL
);
