-- name: live_code
SELECT code FROM code WHERE user_id = %(user)s AND revoked_at IS NULL;

-- name: add_code
-- No conflict target: a live code made by a request beside this one and a code that exists already are both "no row".
INSERT INTO code (code, user_id) VALUES (%(code)s, %(user)s) ON CONFLICT DO NOTHING RETURNING code;

-- name: revoke_code
UPDATE code SET revoked_at = clock_timestamp() WHERE user_id = %(user)s AND revoked_at IS NULL;

-- name: owner
SELECT user_id FROM code WHERE code = %(code)s AND revoked_at IS NULL;

-- name: lock_graph
SELECT pg_advisory_xact_lock(hashtextextended('stead.referrals.graph', 0));

-- name: known
-- The clock is read here, after the lock: now() would be the time before the wait.
SELECT clock_timestamp() AS now, EXISTS (SELECT FROM attribution WHERE referee = %(referee)s) AS known;

-- name: ancestor
-- Walks from the referrer up. Most referees brought nobody, and then there is nothing to walk for.
WITH RECURSIVE up (who) AS (
    SELECT %(referrer)s::text WHERE EXISTS (SELECT FROM attribution WHERE referrer = %(referee)s)
    UNION
    SELECT attribution.referrer FROM up JOIN attribution ON attribution.referee = up.who
)
SELECT EXISTS (SELECT FROM up WHERE who = %(referee)s) AS ancestor;

-- name: attribute
INSERT INTO attribution (referee, referrer, ordinal, code)
SELECT %(referee)s, %(referrer)s, coalesce(max(ordinal), 0) + 1, %(code)s
FROM attribution WHERE referrer = %(referrer)s;

-- name: referrals
SELECT referee, attributed_at, ordinal FROM attribution
WHERE referrer = %(user)s AND ordinal < %(before)s
ORDER BY ordinal DESC LIMIT %(limit)s;

-- name: first_login
-- A row the first time only.
UPDATE attribution SET first_login_at = clock_timestamp()
WHERE referee = %(referee)s AND first_login_at IS NULL
RETURNING referrer;

-- name: statistics
-- Those further down are counted to a bounded depth: a tree may be as deep as there are users.
WITH RECURSIVE down (who, depth) AS (
    SELECT referee, 1 FROM attribution WHERE referrer = %(user)s
    UNION ALL
    SELECT attribution.referee, down.depth + 1
    FROM down JOIN attribution ON attribution.referrer = down.who WHERE down.depth < %(depth)s
)
SELECT
    count(*) FILTER (WHERE depth = 1) AS direct,
    count(*) FILTER (WHERE depth > 1) AS indirect,
    (SELECT count(*) FROM attribution WHERE referrer = %(user)s AND first_login_at IS NOT NULL) AS first_logins
FROM down;

-- name: tree
-- Level by level, the oldest first, so that a bound cuts off the deepest and the newest.
WITH RECURSIVE down (referee, referrer, ordinal, attributed_at, depth) AS (
    SELECT referee, referrer, ordinal, attributed_at, 1 FROM attribution WHERE referrer = %(user)s
    UNION ALL
    SELECT attribution.referee, attribution.referrer, attribution.ordinal, attribution.attributed_at, down.depth + 1
    FROM down JOIN attribution ON attribution.referrer = down.referee WHERE down.depth < %(depth)s
)
SELECT referee, referrer, attributed_at FROM down ORDER BY depth, attributed_at, referee LIMIT %(limit)s;
