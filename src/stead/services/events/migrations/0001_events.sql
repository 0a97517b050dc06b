CREATE TABLE organizer (
    slug        text        PRIMARY KEY,
    title       text        NOT NULL,
    description text        NOT NULL,
    owner       text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX organizer_owner ON organizer (owner);

-- The counts are of the event's bookings. A transaction that changes a booking holds this row locked and writes the
-- counts with it; the last CHECK is what makes overselling an error of the database.
CREATE TABLE event (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    organizer   text        NOT NULL REFERENCES organizer (slug),
    title       text        NOT NULL,
    description text        NOT NULL,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL CHECK (ends_at > starts_at),
    price       bigint      NOT NULL CHECK (price >= 0),
    currency    text        NOT NULL,
    status      text        NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'completed', 'cancelled')),
    capacity    integer     NOT NULL CHECK (capacity > 0),
    pending     integer     NOT NULL DEFAULT 0 CHECK (pending >= 0),
    confirmed   integer     NOT NULL DEFAULT 0 CHECK (confirmed >= 0),
    offered     integer     NOT NULL DEFAULT 0 CHECK (offered >= 0),
    waiting     integer     NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    arrivals    bigint      NOT NULL DEFAULT 0,
    created_by  text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (pending + confirmed + offered <= capacity)
) WITH (fillfactor = 70);

CREATE INDEX event_order ON event (starts_at, id) WHERE status <> 'draft';
CREATE INDEX event_organizer ON event (organizer, starts_at);

-- place is the order of arrival at one event. until is the end of a hold (pending) or of an offer (offered).
CREATE TABLE booking (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    event_id   uuid        NOT NULL REFERENCES event (id),
    user_id    text        NOT NULL,
    place      bigint      NOT NULL,
    status     text        NOT NULL CHECK (status IN ('waiting', 'offered', 'pending', 'confirmed', 'expired',
                               'cancelled', 'completed', 'no_show')),
    price      bigint      NOT NULL CHECK (price >= 0),
    currency   text        NOT NULL,
    until      timestamptz CHECK ((until IS NOT NULL) = (status IN ('pending', 'offered'))),
    created_at timestamptz NOT NULL,
    ended_at   timestamptz CHECK ((ended_at IS NOT NULL) = (status IN ('expired', 'cancelled', 'completed', 'no_show'))),
    payment_id uuid,
    reason     text,
    UNIQUE (event_id, place)
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX booking_active ON booking (event_id, user_id)
    WHERE status IN ('waiting', 'offered', 'pending', 'confirmed');
CREATE UNIQUE INDEX booking_payment ON booking (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX booking_line ON booking (event_id, place) WHERE status = 'waiting';
CREATE INDEX booking_until ON booking (until) WHERE status IN ('pending', 'offered');
CREATE INDEX booking_user ON booking (user_id, created_at DESC);

-- A code that gives a booking to another user, once. Only its digest is kept.
CREATE TABLE transfer (
    digest     bytea       PRIMARY KEY,
    booking_id uuid        NOT NULL REFERENCES booking (id),
    from_user  text        NOT NULL,
    until      timestamptz NOT NULL,
    used_by    text,
    used_at    timestamptz
);

CREATE INDEX transfer_booking ON transfer (booking_id);

CREATE TABLE favourite (
    user_id    text        NOT NULL,
    event_id   uuid        NOT NULL REFERENCES event (id),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, event_id)
);

CREATE TABLE audit (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id   uuid        NOT NULL REFERENCES event (id),
    booking_id uuid,
    actor      text        NOT NULL,
    action     text        NOT NULL,
    at         timestamptz NOT NULL
);

CREATE INDEX audit_event ON audit (event_id, id);
