-- reverse_entry: take points back by an opposite entry that names the one it reverses.
--
-- part     points to take back; NULL for all that is left of the entry
-- answers  one row: `reversed`, `replayed`, `idempotency_key_reused`, `entry_unknown`, `not_reversible`,
--          `already_reversed`, `exceeds_remainder` or `points_spent`. `remainder` is what is left of the original
-- The cap is untouched: points taken back leave the window when the award itself leaves it, so that awarding and
-- reversing in turn never earns more than the cap.
CREATE FUNCTION reverse_entry(
    by_caller text, with_key text, with_hash bytea, of_account bigint, of_seq bigint, part bigint, because text
)
RETURNS TABLE (outcome text, user_id text, seq bigint, amount bigint, balance bigint, remainder bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    held account;
    original entry;
    known posting_key;
BEGIN
    SELECT a.* INTO held FROM account a WHERE a.id = of_account FOR NO KEY UPDATE;
    SELECT k.* INTO known FROM posting_key k WHERE k.caller = by_caller AND k.key = with_key;
    IF known.key IS NOT NULL THEN
        IF known.body_hash <> with_hash THEN
            outcome := 'idempotency_key_reused';
            RETURN NEXT;
        ELSE
            RETURN QUERY SELECT 'replayed', held.user_id, e.seq, -e.amount, e.balance_after,
                entry_remainder(e.account, e.reverses, e.seq)
            FROM entry e WHERE e.account = known.account AND e.seq = known.seq;
        END IF;
        RETURN;
    END IF;

    SELECT e.* INTO original FROM entry e WHERE e.account = of_account AND e.seq = of_seq;
    user_id := held.user_id;
    balance := held.balance;
    remainder := entry_remainder(of_account, of_seq, held.version);
    amount := COALESCE(part, remainder);
    outcome := CASE
        WHEN original.seq IS NULL THEN 'entry_unknown'
        WHEN original.kind <> 'award' THEN 'not_reversible'
        WHEN remainder = 0 THEN 'already_reversed'
        WHEN amount > remainder THEN 'exceeds_remainder'
        WHEN amount > balance THEN 'points_spent'
        ELSE 'reversed'
    END;
    IF outcome = 'reversed' THEN
        seq := held.version + 1;
        balance := balance - amount;
        remainder := remainder - amount;
        held.moved_at := GREATEST(clock_timestamp(), held.moved_at + interval '1 microsecond');
        UPDATE account a SET balance = reverse_entry.balance, version = reverse_entry.seq, moved_at = held.moved_at
        WHERE a.id = of_account;
        INSERT INTO entry (
            account, seq, amount, balance_after, earned, created_at, reverses, kind, counter, reason
        ) VALUES (
            of_account, reverse_entry.seq, -reverse_entry.amount, reverse_entry.balance, held.earned, held.moved_at,
            of_seq, 'reversal', 'issuer', because
        );
        INSERT INTO posting_key VALUES (by_caller, with_key, with_hash, of_account, reverse_entry.seq);
    END IF;
    RETURN NEXT;
END $$;

-- What was left of an entry when the account stood at `until`.
CREATE FUNCTION entry_remainder(of_account bigint, of_seq bigint, until bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT (e.amount + COALESCE((
        SELECT SUM(r.amount) FROM entry r WHERE r.account = of_account AND r.reverses = of_seq AND r.seq <= until
    ), 0))::bigint
    FROM entry e WHERE e.account = of_account AND e.seq = of_seq
$$;
