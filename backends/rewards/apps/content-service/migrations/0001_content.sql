CREATE TABLE article (
    slug         text        PRIMARY KEY,
    title        text        NOT NULL,
    body         text        NOT NULL,
    published    boolean     NOT NULL,
    published_at timestamptz CHECK (published_at IS NOT NULL OR NOT published),
    updated_at   timestamptz NOT NULL,
    updated_by   text        NOT NULL,
    revision     bigint      NOT NULL DEFAULT 1
);

CREATE INDEX article_newest ON article (published_at DESC, slug) INCLUDE (title) WHERE published;

-- The counts are of the event's registrations; whoever changes one holds this row locked, and writes the counts with it.
CREATE TABLE event (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    title       text        NOT NULL,
    description text        NOT NULL,
    starts_at   timestamptz NOT NULL,
    promotion   text        NOT NULL CHECK (promotion IN ('automatic', 'offer')),
    created_by  text        NOT NULL,
    capacity    integer     NOT NULL CHECK (capacity > 0),
    registered  integer     NOT NULL DEFAULT 0 CHECK (registered >= 0),
    offered     integer     NOT NULL DEFAULT 0 CHECK (offered >= 0),
    waiting     integer     NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    arrivals    bigint      NOT NULL DEFAULT 0,
    CHECK (registered + offered <= capacity)
) WITH (fillfactor = 70);

CREATE INDEX event_order ON event (starts_at, id);

-- place is the order of arrival at one event. points is where the award of this very registration stands:
--   none       there is nothing to award: not registered yet, or no points service
--   pending    the award is in the outbox and was never tried
--   sending    it was tried at least once, so the points service may have it
--   awarded    the points service has it, as entry_id
--   withdrawn  cancelled before it was ever tried
--   refused    the points service will never take it
--   reversed   given back after a cancellation
--   kept       not given back: the points service refused, as when they are spent
CREATE TABLE registration (
    id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    event_id      uuid        NOT NULL REFERENCES event (id),
    user_id       text        NOT NULL,
    place         bigint      NOT NULL,
    status        text        NOT NULL CHECK (status IN ('registered', 'offered', 'waitlisted', 'cancelled', 'lapsed')),
    offered_until timestamptz CHECK ((offered_until IS NOT NULL) = (status = 'offered')),
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz CHECK ((ended_at IS NOT NULL) = (status IN ('cancelled', 'lapsed'))),
    points        text        NOT NULL DEFAULT 'none' CHECK (points IN
                      ('none', 'pending', 'sending', 'awarded', 'withdrawn', 'refused', 'reversed', 'kept')),
    entry_id      text        CHECK (entry_id IS NOT NULL OR points NOT IN ('awarded', 'reversed', 'kept')),
    UNIQUE (event_id, place)
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX registration_live ON registration (event_id, user_id)
    WHERE status IN ('registered', 'offered', 'waitlisted');
CREATE INDEX registration_line ON registration (event_id, place) WHERE status = 'waitlisted';
CREATE INDEX registration_offers ON registration (offered_until) WHERE status = 'offered';
