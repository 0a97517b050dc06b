-- The first answer to every key. A key belongs to its owner; it is kept until somebody sweeps.
CREATE TABLE idempotency (
    owner text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (owner, key)
);

-- For the sweep by age: rows lie in the order of their time, so this index costs next to nothing.
CREATE INDEX idempotency_created_at ON idempotency USING brin (created_at);

-- Begin an attempt. `stored`: the answer is there. `mine`: nobody else has it in hand, until this transaction ends.
-- The second look is a statement of its own after the lock: a snapshot from before it would miss what was committed
-- while the lock was taken.
CREATE FUNCTION idempotency_begin(
    an_owner text, a_key text,
    OUT stored boolean, OUT mine boolean,
    OUT body_hash bytea, OUT status smallint, OUT headers jsonb, OUT body bytea
) LANGUAGE plpgsql AS $$
BEGIN
    mine := false;
    SELECT i.body_hash, i.status, i.headers, i.body INTO body_hash, status, headers, body
        FROM idempotency i WHERE i.owner = an_owner AND i.key = a_key;
    stored := found;
    IF stored THEN
        RETURN;
    END IF;
    mine := pg_try_advisory_xact_lock(hashtextextended(an_owner || chr(31) || a_key, 6003912870));
    SELECT i.body_hash, i.status, i.headers, i.body INTO body_hash, status, headers, body
        FROM idempotency i WHERE i.owner = an_owner AND i.key = a_key;
    stored := found;
END
$$;
