-- Messages to other services, kept in the transaction that causes them. Those with the same lock are delivered one after
-- the other, in the order of id. A message that is in hand is due again when its lease is over.
CREATE TABLE outbox_message (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text        NOT NULL,
    payload    jsonb       NOT NULL,
    lock       text,
    attempts   integer     NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    failed     text
);

CREATE INDEX outbox_message_due ON outbox_message (due_at) WHERE failed IS NULL;
CREATE INDEX outbox_message_lock ON outbox_message (lock, id) WHERE failed IS NULL AND lock IS NOT NULL;
