-- name: subject
-- What is gone through.
SELECT COUNT(*) || ' entries' AS subject FROM entry

-- name: seq
-- The entries of an account are numbered 1, 2, 3, …
SELECT account || '-' || seq AS place, 'follows ' || COALESCE(before::text, 'nothing') AS fault
FROM (SELECT account, seq, lag(seq) OVER w AS before FROM entry WINDOW w AS (PARTITION BY account ORDER BY seq)) e
WHERE seq <> COALESCE(before, 0) + 1

-- name: chain
-- Each balance is the one before it and the amount; `earned` likewise, for awards; time only goes on.
SELECT account || '-' || seq AS place,
    format('%s after %s and %s; earned %s after %s; %s', balance_after, balance_before, amount, earned, earned_before,
        created_at) AS fault
FROM (
    SELECT e.*,
        COALESCE(lag(balance_after) OVER w, 0) AS balance_before,
        COALESCE(lag(earned) OVER w, 0) AS earned_before,
        lag(created_at) OVER w AS created_before
    FROM entry e WINDOW w AS (PARTITION BY account ORDER BY seq)
) e
WHERE balance_after <> balance_before + amount
    OR earned <> earned_before + CASE kind WHEN 'award' THEN amount ELSE 0 END
    OR created_at <= created_before

-- name: balance
-- An account stands where its entries lead: their sum, their number, the last one's time.
SELECT 'account ' || a.id AS place,
    format('%s, earned %s, version %s; its entries say %s, %s, %s', a.balance, a.earned, a.version, e.balance, e.earned,
        e.version) AS fault
FROM account a
LEFT JOIN (
    SELECT account, SUM(amount) AS balance, SUM(amount) FILTER (WHERE kind = 'award') AS earned, MAX(seq) AS version,
        MAX(created_at) AS moved_at
    FROM entry GROUP BY account
) e ON e.account = a.id
WHERE (a.balance, a.earned, a.version) IS DISTINCT FROM
        (COALESCE(e.balance, 0), COALESCE(e.earned, 0), COALESCE(e.version, 0))
    OR a.moved_at IS DISTINCT FROM e.moved_at

-- name: negative
-- Nobody ever had less than nothing.
SELECT account || '-' || seq AS place, 'the balance is ' || balance_after AS fault FROM entry WHERE balance_after < 0
UNION ALL
SELECT 'account ' || id, 'the balance is ' || balance FROM account WHERE balance < 0

-- name: key
-- A key stands for one entry, and an entry was made for one key.
SELECT COALESCE(e.account, k.account) || '-' || COALESCE(e.seq, k.seq) AS place,
    CASE
        WHEN e.seq IS NULL THEN format('the key %s of %s stands for no entry', k.key, k.caller)
        WHEN k.key IS NULL THEN 'there is no key'
        ELSE format('%s keys, one of them %s of %s', k.keys, k.key, k.caller)
    END AS fault
FROM entry e
FULL JOIN (
    SELECT account, seq, COUNT(*) AS keys, MIN(key) AS key, MIN(caller) AS caller FROM posting_key GROUP BY account, seq
) k ON k.account = e.account AND k.seq = e.seq
WHERE e.seq IS NULL OR k.keys > 1 OR (k.key IS NULL AND e.kind <> 'spend')

-- name: reversal
-- No more is taken back than was awarded, and only from awards.
SELECT r.account || '-' || r.reverses AS place,
    CASE
        WHEN e.kind = 'award' THEN format('%s of %s points were reversed', r.taken, e.amount)
        ELSE format('what was reversed is %s', COALESCE('a ' || e.kind, 'not there'))
    END AS fault
FROM (
    SELECT account, reverses, -SUM(amount) AS taken FROM entry WHERE reverses IS NOT NULL GROUP BY account, reverses
) r
LEFT JOIN entry e ON e.account = r.account AND e.seq = r.reverses
WHERE e.kind IS DISTINCT FROM 'award' OR r.taken > e.amount

-- name: window
-- In no window did a user earn more than the cap of that day. Summed anew from the amounts: `earned` is not believed.
-- A window is open at its old end, so an entry as old as the window has left it.
SELECT account || '-' || seq AS place,
    format('%s points within %s seconds, the cap is %s', within, v.seconds, v.cap) AS fault
FROM velocity_rule v
CROSS JOIN LATERAL (
    SELECT account, seq, rule, SUM(amount) OVER (
        PARTITION BY account ORDER BY created_at
        RANGE BETWEEN make_interval(secs => v.seconds) - interval '1 microsecond' PRECEDING AND CURRENT ROW
    ) AS within
    FROM entry WHERE kind = 'award'
) e
WHERE e.rule = v.id AND within > v.cap

-- name: orphan
-- Every entry has its account, and every award the rule that it was judged by.
SELECT e.account || '-' || e.seq AS place,
    CASE WHEN a.id IS NULL THEN 'there is no such account' ELSE format('there is no rule %s', e.rule) END AS fault
FROM entry e
LEFT JOIN account a ON a.id = e.account
LEFT JOIN velocity_rule r ON r.id = e.rule
WHERE a.id IS NULL OR (e.kind = 'award' AND r.id IS NULL)

-- name: double_entry
-- Users and counter-accounts together hold nothing: what a counter-account gave is −SUM over its code.
SELECT 'the whole ledger' AS place,
    format('users hold %s points, counter-accounts %s', users, counters) AS fault
FROM (SELECT COALESCE(SUM(balance), 0) AS users FROM account) u,
    (SELECT COALESCE(-SUM(amount), 0) AS counters FROM entry WHERE counter IN ('issuer', 'sink')) c
WHERE users + counters <> 0
