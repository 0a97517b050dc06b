-- id is the Idempotence-Key of the provider's call: it is written, and committed, before the call.
--   status   new         the provider has not answered yet: the call is repeated with the same key
--            pending     the payer has not paid yet
--            authorized  the money is reserved and waits for its capture
--            succeeded   captured
--            failed      the provider refused it; cancelled: the payer, the provider or the organizer ended it
--   outcome  what the booking made of it: none yet, confirmed, refused (it is paid back)
CREATE TABLE payment (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    booking_id  uuid        NOT NULL,
    user_id     text        NOT NULL,
    owner       text        NOT NULL,
    title       text        NOT NULL,
    amount      bigint      NOT NULL CHECK (amount > 0),
    currency    text        NOT NULL,
    provider    text        NOT NULL,
    method      text        NOT NULL,
    status      text        NOT NULL DEFAULT 'new'
                            CHECK (status IN ('new', 'pending', 'authorized', 'succeeded', 'failed', 'cancelled')),
    outcome     text        NOT NULL DEFAULT 'none' CHECK (outcome IN ('none', 'confirmed', 'refused')),
    provider_id text,
    confirmation text,
    receipt_to  text,
    proof       text,
    captured    bigint      NOT NULL DEFAULT 0 CHECK (captured >= 0 AND captured <= amount),
    reserved    bigint      NOT NULL DEFAULT 0 CHECK (reserved >= 0 AND reserved <= captured),
    reason      text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at  timestamptz,
    next_at     timestamptz,
    polls       integer     NOT NULL DEFAULT 0,
    CHECK ((captured > 0) = (status = 'succeeded')),
    UNIQUE (provider, provider_id)
);

-- A booking has one payment that is open or bought it; another one can begin only when that failed.
CREATE UNIQUE INDEX payment_open ON payment (booking_id)
    WHERE status IN ('new', 'pending', 'authorized', 'succeeded') AND outcome <> 'refused';
CREATE INDEX payment_next ON payment (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX payment_user ON payment (user_id, created_at DESC);

-- reserved of the payment is the sum of its refunds that are not cancelled: kept by whoever holds the payment locked.
CREATE TABLE refund (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    payment_id  uuid        NOT NULL REFERENCES payment (id),
    amount      bigint      NOT NULL CHECK (amount > 0),
    reason      text        NOT NULL,
    actor       text        NOT NULL,
    key         text        NOT NULL,
    status      text        NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'pending', 'succeeded', 'cancelled')),
    provider_id text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at  timestamptz,
    next_at     timestamptz,
    polls       integer     NOT NULL DEFAULT 0,
    UNIQUE (actor, key),
    UNIQUE (payment_id, provider_id)
);

CREATE INDEX refund_payment ON refund (payment_id);
CREATE INDEX refund_next ON refund (next_at) WHERE next_at IS NOT NULL;

-- Double entry: what was captured goes from sales to the provider, what is paid back the other way.
CREATE TABLE entry (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id uuid        NOT NULL REFERENCES payment (id),
    refund_id  uuid        UNIQUE REFERENCES refund (id),
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE UNIQUE INDEX entry_capture ON entry (payment_id) WHERE refund_id IS NULL;

CREATE TABLE posting (
    entry_id bigint NOT NULL REFERENCES entry (id),
    account  text   NOT NULL CHECK (account IN ('provider', 'sales')),
    currency text   NOT NULL,
    amount   bigint NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (entry_id, account)
);

-- What a provider told by webhook. It is a hint: the authority is a GET of the object.
CREATE TABLE webhook (
    provider  text        NOT NULL,
    object_id text        NOT NULL,
    event     text        NOT NULL,
    first_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    times     integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (provider, object_id, event)
);
