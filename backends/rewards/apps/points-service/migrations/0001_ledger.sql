-- The ledger's tables. Only users' balances are kept as rows: what the issuer gave out is −SUM(amount) over its
-- counter-account code. A row for the issuer would be locked by every award, and the whole ledger would stand in line.

-- One row a user. `version` is the seq of the account's last entry, `earned` the sum of all its awards, `moved_at` the
-- time of that last entry. Nothing that changes is indexed, and a third of each
-- page stays free, so that an update stays on its page (HOT) and touches no index.
CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL UNIQUE,
    balance bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    earned bigint NOT NULL DEFAULT 0,
    moved_at timestamptz,
    -- 2^53: up to there every JSON reader sees the exact number.
    CONSTRAINT account_balance CHECK (balance BETWEEN 0 AND 9007199254740992)
) WITH (fillfactor = 70);

-- The caps that awards were judged by: a replay holds each award against the cap of its own day.
CREATE TABLE velocity_rule (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cap bigint NOT NULL CHECK (cap > 0),
    seconds bigint NOT NULL CHECK (seconds > 0),
    UNIQUE (cap, seconds)
);

-- One row a movement, never changed. `account` and `rule` are no foreign keys: each check would cost a lookup and a row
-- lock for every award; only the functions of this folder write here, and the replay looks for orphans.
-- `created_at` is the database's clock under the account's lock and grows strictly within an account. `earned` is the sum
-- of the account's awards up to and with this entry, so what was earned within a window is one subtraction.
CREATE TABLE entry (
    account bigint NOT NULL,
    seq bigint NOT NULL,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    earned bigint NOT NULL,
    created_at timestamptz NOT NULL,
    event_at timestamptz,
    reverses bigint,
    rule integer,
    kind text NOT NULL,
    counter text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT entry_key PRIMARY KEY (account, seq),
    CONSTRAINT entry_balance CHECK (balance_after >= 0),
    CONSTRAINT entry_kind CHECK (
        CASE kind
            WHEN 'award' THEN amount > 0 AND counter = 'issuer' AND reverses IS NULL AND rule IS NOT NULL
            WHEN 'reversal' THEN amount < 0 AND counter = 'issuer' AND reverses < seq AND rule IS NULL
            -- No route writes a spend yet. Reversals and the replay already reckon with it.
            WHEN 'spend' THEN amount < 0 AND counter = 'sink' AND reverses IS NULL AND rule IS NULL
            ELSE false
        END
    )
);

-- Finds the last entry before a velocity window. Summing the window, the rejected option, takes the longer the more a
-- user earns.
CREATE INDEX entry_time ON entry (account, created_at);

-- What was reversed of an entry.
CREATE INDEX entry_reverses ON entry (account, reverses) INCLUDE (amount) WHERE reverses IS NOT NULL;

-- Which entry a caller's key stands for. The first answer is read back from the entry, which never changes. A refusal
-- leaves no key: the same request may be granted later. Keys never expire: `signup:{user}` is due once in a lifetime.
CREATE TABLE posting_key (
    caller text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    body_hash bytea NOT NULL,
    account bigint NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (key, caller) -- the key first: it differs sooner
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries are never changed: write a reversal' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER entry_is_final BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
