-- weight is the load that a boat bears, in kilograms; NULL where it does not matter.
CREATE TABLE crew_group (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    event_id   uuid        NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('boat', 'tent', 'table', 'bus')),
    name       text        NOT NULL,
    capacity   integer     NOT NULL CHECK (capacity > 0),
    weight     integer     CHECK (weight > 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (event_id, name)
);

-- A booking has one active place in an event and kind; a place has one booking.
CREATE TABLE assignment (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    group_id   uuid        NOT NULL REFERENCES crew_group (id),
    event_id   uuid        NOT NULL,
    kind       text        NOT NULL,
    booking_id uuid        NOT NULL,
    user_id    text        NOT NULL,
    seat       integer     NOT NULL CHECK (seat > 0),
    weight     integer     NOT NULL DEFAULT 0 CHECK (weight >= 0),
    status     text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'removed', 'transferred')),
    actor      text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at   timestamptz CHECK ((ended_at IS NULL) = (status = 'active'))
);

CREATE UNIQUE INDEX assignment_seat ON assignment (group_id, seat) WHERE status = 'active';
CREATE UNIQUE INDEX assignment_booking ON assignment (event_id, kind, booking_id) WHERE status = 'active';
CREATE INDEX assignment_of_booking ON assignment (booking_id);

CREATE TABLE preference (
    event_id   uuid NOT NULL,
    user_id    text NOT NULL,
    other      text NOT NULL,
    wish       text NOT NULL CHECK (wish IN ('together', 'apart')),
    PRIMARY KEY (event_id, user_id, other),
    CHECK (user_id <> other)
);
