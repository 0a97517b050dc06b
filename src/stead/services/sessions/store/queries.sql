-- name: now
SELECT date_trunc('milliseconds', clock_timestamp()) AS now;

-- name: create
-- Touching the user's row makes this wait for an "end all" that is under way, and begin under the new epoch.
WITH clock AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS now),
who AS (
    INSERT INTO person (user_id) VALUES (%(user)s)
    ON CONFLICT (user_id) DO UPDATE SET epoch = person.epoch
    RETURNING epoch
),
made AS (
    INSERT INTO session (id, user_id, epoch, method, roles, device, created_at, used_at, expires_at, idle_expires_at)
    SELECT %(id)s, %(user)s, who.epoch, %(method)s, %(roles)s, %(device)s, now, now, now + %(absolute)s::interval,
        now + least(%(idle)s::interval, %(absolute)s::interval)
    FROM who, clock
    RETURNING *
),
shown AS (INSERT INTO token (digest, session_id) SELECT %(digest)s, id FROM made)
SELECT * FROM made;

-- name: claim
-- Waits for a request with the same key that is under way; no row means that it was first.
INSERT INTO claim (key, body, nonce, session_id, expires_at, idle_expires_at)
VALUES (%(key)s, %(body)s, %(nonce)s, %(id)s, 'infinity', 'infinity')
ON CONFLICT (key) DO NOTHING
RETURNING key;

-- name: claim_made
UPDATE claim SET expires_at = %(expires_at)s, idle_expires_at = %(idle_expires_at)s WHERE key = %(key)s;

-- name: claimed
SELECT body, nonce, session_id, expires_at, idle_expires_at FROM claim WHERE key = %(key)s;

-- name: find
SELECT session.*, token.digest, token.retired_at, token.nonce, person.epoch AS user_epoch, clock_timestamp() AS now
FROM token JOIN session ON session.id = token.session_id JOIN person ON person.user_id = session.user_id
WHERE token.digest = ANY(%(digests)s);

-- name: extend
-- An "end all" that commits meanwhile is not seen here, and need not be: the session keeps its old epoch.
UPDATE session SET used_at = date_trunc('milliseconds', clock_timestamp()),
    idle_expires_at = least(expires_at, date_trunc('milliseconds', clock_timestamp()) + %(idle)s::interval)
FROM person
WHERE session.id = %(id)s AND person.user_id = session.user_id AND session.epoch = person.epoch
    AND ended_at IS NULL AND clock_timestamp() < least(expires_at, idle_expires_at)
RETURNING session.*;

-- name: retire
UPDATE token SET retired_at = clock_timestamp(), nonce = %(nonce)s
WHERE digest = %(digest)s AND session_id = %(id)s AND retired_at IS NULL
RETURNING session_id;

-- name: show
INSERT INTO token (digest, session_id) VALUES (%(successor)s, %(id)s);

-- name: owner
SELECT session.user_id FROM session JOIN person USING (user_id)
WHERE session.id = %(id)s AND session.epoch = person.epoch AND ended_at IS NULL
    AND clock_timestamp() < least(expires_at, idle_expires_at);

-- name: end
UPDATE session SET ended_at = clock_timestamp()
FROM person
WHERE session.id = %(id)s AND person.user_id = session.user_id AND session.epoch = person.epoch
    AND ended_at IS NULL AND clock_timestamp() < least(expires_at, idle_expires_at)
    AND session.user_id = coalesce(%(user)s, session.user_id)
RETURNING session.id;

-- name: end_all
UPDATE person SET epoch = epoch + 1 WHERE user_id = %(user)s RETURNING epoch;

-- name: keep
-- Only one that held until now: of the epoch before.
UPDATE session SET epoch = %(epoch)s
WHERE id = %(keep)s AND user_id = %(user)s AND epoch = %(epoch)s - 1
    AND ended_at IS NULL AND clock_timestamp() < least(expires_at, idle_expires_at);

-- name: of_user
SELECT session.* FROM session JOIN person USING (user_id)
WHERE user_id = %(user)s AND session.epoch = person.epoch AND ended_at IS NULL
    AND clock_timestamp() < least(expires_at, idle_expires_at)
ORDER BY created_at DESC, id LIMIT %(most)s;

-- name: sweep
-- Now and then at a login, so that nothing else has to; what somebody else is at is left to them.
WITH old AS (
    SELECT id FROM session WHERE idle_expires_at < clock_timestamp() - interval '1 hour'
    ORDER BY idle_expires_at LIMIT 160 FOR UPDATE SKIP LOCKED
),
forgotten AS (
    SELECT key FROM claim WHERE made_at < clock_timestamp() - %(remembered)s::interval
    ORDER BY made_at LIMIT 160 FOR UPDATE SKIP LOCKED
),
swept AS (DELETE FROM claim USING forgotten WHERE claim.key = forgotten.key)
DELETE FROM session USING old WHERE session.id = old.id;
