-- award: judge and write up to a few hundred awards in one round trip.
--
-- The steps are separate statements, each with a snapshot of its own. One statement that locks and then reads what was
-- earned breaks the cap: under READ COMMITTED its snapshot is older than its wait for the lock, so it misses what the
-- last holder wrote.

CREATE TYPE claim AS (
    n integer,
    caller text,
    key text,
    body_hash bytea,
    user_id text,
    amount bigint,
    reason text,
    event_at timestamptz
);

-- A claim beside the account that it is for, as that stands under its lock.
CREATE TYPE held_claim AS (
    n integer,
    caller text,
    key text,
    body_hash bytea,
    amount bigint,
    reason text,
    event_at timestamptz,
    account bigint,
    version bigint,
    balance bigint,
    earned bigint,
    moved_at timestamptz
);

-- cap      points that one user may earn within `seconds`
-- items    a JSON array of claims; no (caller, key) twice, or the unique index refuses the whole batch
-- answers  a row a claim: `granted`, `replayed`, `idempotency_key_reused`, `velocity_cap` (with `wait`, in seconds) or
--          `balance_limit`. Several awards of one user are judged in the order of n, each on its own: one that does
--          not fit is refused, and a smaller one after it may still fit
-- Generic nested-loop plans are pinned: a plan made while the tables are small, or for a batch that looks large, would
-- scan them whole.
CREATE FUNCTION award(items json, cap bigint, seconds bigint)
RETURNS TABLE (n integer, outcome text, account bigint, seq bigint, balance bigint, wait bigint)
LANGUAGE plpgsql
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    by_rule integer := velocity_rule_id(cap, seconds);
    span interval := make_interval(secs => seconds);
    claims claim[];
    held held_claim[];
    fresh bigint[];
    moment timestamptz;
    latest timestamptz;
    earned bigint;
    item record;
    entries entry[];
    keys posting_key[];
BEGIN
    SELECT array_agg(c) INTO claims FROM json_populate_recordset(NULL::claim, items) c;
    -- Before any lock: who makes accounts while holding others waits in a circle with the next who does.
    IF EXISTS (
        SELECT FROM unnest(claims) c WHERE NOT EXISTS (SELECT FROM account a WHERE a.user_id = c.user_id)
    ) THEN
        fresh := open_accounts(claims);
    END IF;
    held := hold(claims);

    -- Not now(): the transaction began before the wait for the locks.
    moment := clock_timestamp();

    FOR item IN
        SELECT h.*, k.body_hash AS known_hash, k.account AS known_account, k.seq AS known_seq,
            COALESCE(w.earned, 0) AS before
        FROM unnest(held) h
        LEFT JOIN posting_key k ON k.caller = h.caller AND k.key = h.key
        LEFT JOIN LATERAL (
            SELECT e.earned FROM entry e
            WHERE e.account = h.account AND e.created_at <= moment - span
            ORDER BY e.created_at DESC LIMIT 1
        ) w ON true
        ORDER BY h.account, h.n
    LOOP
        n := item.n;
        wait := NULL;
        IF account IS DISTINCT FROM item.account THEN
            account := item.account;
            seq := item.version;
            balance := item.balance;
            earned := item.earned;
            latest := item.moved_at;
        END IF;
        IF item.known_hash = item.body_hash THEN
            RETURN QUERY SELECT item.n, 'replayed', e.account, e.seq, e.balance_after, NULL::bigint
            FROM entry e WHERE e.account = item.known_account AND e.seq = item.known_seq;
            CONTINUE;
        ELSIF item.known_hash IS NOT NULL THEN
            outcome := 'idempotency_key_reused';
        ELSIF earned - item.before + item.amount > cap THEN
            outcome := 'velocity_cap';
            wait := room_after(account, moment, span, earned + item.amount - cap);
        ELSIF balance + item.amount > 9007199254740992 OR earned > 4611686018427387904 THEN
            outcome := 'balance_limit';
        ELSE
            outcome := 'granted';
            seq := seq + 1;
            balance := balance + item.amount;
            earned := earned + item.amount;
            -- Strictly later than the entry before, even when the clock was set back.
            latest := GREATEST(moment, latest + interval '1 microsecond');
            entries := array_append(entries, ROW(account, seq, item.amount, balance, earned, latest, item.event_at,
                NULL, by_rule, 'award', 'issuer', item.reason)::entry);
            keys := array_append(keys, ROW(item.caller, item.key, item.body_hash, account, seq)::posting_key);
        END IF;
        RETURN NEXT;
    END LOOP;

    UPDATE account a
    SET balance = last.balance_after, version = last.seq, earned = last.earned, moved_at = last.created_at
    FROM (SELECT DISTINCT ON (e.account) e.* FROM unnest(entries) e ORDER BY e.account, e.seq DESC) last
    WHERE a.id = last.account;
    INSERT INTO entry SELECT e.* FROM unnest(entries) e;
    INSERT INTO posting_key SELECT k.* FROM unnest(keys) k;

    -- A refused award leaves nothing behind, not even an empty account.
    IF fresh IS NOT NULL THEN
        DELETE FROM account a WHERE a.id = ANY (fresh) AND a.version = 0;
    END IF;
END $$;

-- Lock the accounts of the claims and return each claim beside its own.
-- Everyone locks in one order, so nobody waits in a circle.
CREATE FUNCTION hold(claims claim[]) RETURNS held_claim[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT array_agg(ROW(h.*)::held_claim)
        FROM (
            SELECT c.n, c.caller, c.key, c.body_hash, c.amount, c.reason, c.event_at,
                a.id, a.version, a.balance, a.earned, a.moved_at
            FROM unnest(claims) c JOIN account a ON a.user_id = c.user_id
            ORDER BY a.id, c.n
            FOR NO KEY UPDATE OF a
        ) h
    );
END $$;

-- Make the accounts that are missing, and return the ids of those that were made here.
CREATE FUNCTION open_accounts(claims claim[]) RETURNS bigint[]
LANGUAGE sql AS $$
    WITH made AS (
        INSERT INTO account (user_id)
        SELECT DISTINCT c.user_id FROM unnest(claims) c
        WHERE NOT EXISTS (SELECT FROM account a WHERE a.user_id = c.user_id)
        ORDER BY c.user_id
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    SELECT array_agg(id) FROM made;
$$;

-- Seconds until the award that brings an account's `earned` to `target` + cap fits: until an entry that stood at
-- `target` has left the window. The whole window when there is none yet: what is in the way was granted this very
-- moment, or the award is larger than the cap.
CREATE FUNCTION room_after(of_account bigint, moment timestamptz, span interval, target bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT GREATEST(1, CEIL(EXTRACT(EPOCH FROM COALESCE(MIN(e.created_at) + span - moment, span))))::bigint
    FROM entry e
    WHERE e.account = of_account AND e.created_at > moment - span AND e.earned >= target
$$;

-- The rule's id; a rule is written down when the first award is judged by it.
CREATE FUNCTION velocity_rule_id(of_cap bigint, of_seconds bigint) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    found integer;
BEGIN
    SELECT r.id INTO found FROM velocity_rule r WHERE r.cap = of_cap AND r.seconds = of_seconds;
    IF found IS NULL THEN
        INSERT INTO velocity_rule (cap, seconds) VALUES (of_cap, of_seconds) ON CONFLICT DO NOTHING;
        SELECT r.id INTO found FROM velocity_rule r WHERE r.cap = of_cap AND r.seconds = of_seconds;
    END IF;
    RETURN found;
END $$;
