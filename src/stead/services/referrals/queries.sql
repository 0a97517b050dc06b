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
