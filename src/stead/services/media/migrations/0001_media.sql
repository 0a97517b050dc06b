-- status   quarantine  it may be uploaded, and nobody sees it
--          published   verified; an immutable object of its own, made from the very bytes that were verified
--          refused     it is not what it said; deleting: its objects are being deleted
CREATE TABLE media (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      text        NOT NULL,
    owner_kind   text        NOT NULL CHECK (owner_kind IN ('event', 'organizer', 'payment_proof')),
    owner_id     text        NOT NULL,
    content_type text        NOT NULL,
    size         bigint      NOT NULL CHECK (size > 0),
    status       text        NOT NULL DEFAULT 'quarantine'
                             CHECK (status IN ('quarantine', 'published', 'refused', 'deleting')),
    reason       text,
    width        integer,
    height       integer,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz
);

CREATE INDEX media_owner ON media (owner_kind, owner_id, created_at) WHERE status = 'published';
CREATE INDEX media_user ON media (user_id);
CREATE INDEX media_old ON media (created_at);
