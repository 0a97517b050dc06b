-- award: judge and write up to a few hundred awards in one round trip.
--
-- The steps are separate statements, each with a snapshot of its own. One statement that locks and then sums breaks the
-- cap: under READ COMMITTED its snapshot is older than its wait for the lock, so it misses what the last holder wrote.

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
    claims claim[];
    users text[];
    fresh bigint[];
    by_rule integer;
    span interval := make_interval(secs => seconds);
    moment timestamptz;
    latest timestamptz;
    earned bigint;
    item record;
    entries entry[];
    keys posting_key[];
BEGIN
    SELECT array_agg(c), array_agg(DISTINCT c.user_id COLLATE "C") INTO claims, users
    FROM json_populate_recordset(NULL::claim, items) c;
    by_rule := velocity_rule_id(cap, seconds);

    WITH made AS (
        INSERT INTO account (user_id)
        SELECT u.user_id FROM unnest(users) AS u (user_id)
        WHERE NOT EXISTS (SELECT FROM account a WHERE a.user_id = u.user_id)
        ORDER BY u.user_id
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    SELECT array_agg(id) INTO fresh FROM made;

    -- Everyone locks in one order, so nobody waits in a circle.
    PERFORM FROM account a WHERE a.user_id = ANY (users) ORDER BY a.user_id FOR NO KEY UPDATE;

    -- Not now(): the transaction began before the wait for the lock.
    moment := clock_timestamp();

    FOR item IN
        SELECT c.*, k.body_hash AS known_hash, k.account AS known_account, k.seq AS known_seq, w.earned, w.latest
        FROM (
            SELECT c.*, a.id, a.balance, a.version,
                lag(a.id) OVER (ORDER BY a.id, c.n) IS DISTINCT FROM a.id AS opens
            FROM unnest(claims) c JOIN account a ON a.user_id = c.user_id
        ) c
        LEFT JOIN posting_key k ON k.caller = c.caller AND k.key = c.key
        LEFT JOIN LATERAL (
            SELECT COALESCE(SUM(e.amount) FILTER (WHERE e.amount > 0), 0)::bigint AS earned,
                MAX(e.created_at) AS latest
            FROM entry e WHERE c.opens AND e.account = c.id AND e.created_at > moment - span
        ) w ON true
        ORDER BY c.id, c.n
    LOOP
        n := item.n;
        wait := NULL;
        IF item.opens THEN
            account := item.id;
            seq := item.version;
            balance := item.balance;
            earned := item.earned;
            latest := item.latest;
        END IF;
        IF item.known_hash = item.body_hash THEN
            RETURN QUERY SELECT item.n, 'replayed', e.account, e.seq, e.balance_after, NULL::bigint
            FROM entry e WHERE e.account = item.known_account AND e.seq = item.known_seq;
            CONTINUE;
        ELSIF item.known_hash IS NOT NULL THEN
            outcome := 'idempotency_key_reused';
        ELSIF earned + item.amount > cap THEN
            outcome := 'velocity_cap';
            wait := room_after(account, moment, span, earned + item.amount - cap);
        ELSIF balance + item.amount > 9007199254740992 THEN
            outcome := 'balance_limit';
        ELSE
            outcome := 'granted';
            seq := seq + 1;
            balance := balance + item.amount;
            earned := earned + item.amount;
            -- Strictly later than the entry before, even when the clock was set back.
            latest := GREATEST(moment, latest + interval '1 microsecond');
            entries := array_append(entries, ROW(account, seq, item.amount, balance, latest, item.event_at,
                NULL, by_rule, 'award', 'issuer', item.reason)::entry);
            keys := array_append(keys, ROW(item.caller, item.key, item.body_hash, account, seq)::posting_key);
        END IF;
        RETURN NEXT;
    END LOOP;

    UPDATE account a SET balance = last.balance_after, version = last.seq
    FROM (
        SELECT DISTINCT ON (e.account) e.account, e.seq, e.balance_after
        FROM unnest(entries) e ORDER BY e.account, e.seq DESC
    ) last
    WHERE a.id = last.account;
    INSERT INTO entry SELECT e.* FROM unnest(entries) e;
    INSERT INTO posting_key SELECT k.* FROM unnest(keys) k;

    -- A refused award leaves nothing behind, not even an empty account.
    IF fresh IS NOT NULL THEN
        DELETE FROM account a WHERE a.id = ANY (fresh) AND a.version = 0;
    END IF;
END $$;

-- Seconds until `excess` points have left the window, so that the refused award fits; the whole window when what is in
-- it is not enough, because the rest was granted this very moment or the award is larger than the cap.
CREATE FUNCTION room_after(of_account bigint, moment timestamptz, span interval, excess bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT GREATEST(1, CEIL(EXTRACT(EPOCH FROM COALESCE(MIN(w.created_at) + span - moment, span))))::bigint
    FROM (
        SELECT e.created_at, SUM(e.amount) OVER (ORDER BY e.created_at) AS left_by_then
        FROM entry e
        WHERE e.account = of_account AND e.amount > 0 AND e.created_at > moment - span
    ) w
    WHERE w.left_by_then >= excess
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
