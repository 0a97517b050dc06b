-- Users as the identity provider's webhooks tell of them. The provider is the authority; this is a copy.
CREATE TABLE users (
    user_id      text PRIMARY KEY,
    email        text,
    name         text,
    created_at   timestamptz,
    -- By the provider's clock: an older webhook that arrives later changes nothing.
    updated_at   timestamptz NOT NULL,
    -- Kept after the deletion, so that a late `user.created` does not bring the user back.
    deleted_at   timestamptz,
    -- When `user.created` took effect here; null while only `user.updated` has arrived.
    signed_up_at timestamptz,
    -- The welcome points; null where no points service was known at the sign-up.
    welcome      text CHECK (welcome IN ('pending', 'awarded'))
);

-- Deliveries that took effect: the same id again has none.
CREATE TABLE webhook (
    id          text PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX webhook_received_at ON webhook (received_at);
