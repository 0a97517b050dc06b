-- name: lock_user
-- One creation of a user's at a time: the limit is counted under this lock.
SELECT pg_advisory_xact_lock(hashtext('token'), hashtext(%(user_id)s))

-- name: count
-- Live tokens: neither revoked nor expired.
SELECT count(*) AS live FROM token
WHERE user_id = %(user_id)s AND revoked_at IS NULL AND expires_at > clock_timestamp()

-- name: insert
INSERT INTO token (id, user_id, digest, name, hint, scopes, expires_at)
VALUES (
    %(id)s, %(user_id)s, %(digest)s, %(name)s, %(hint)s, %(scopes)s,
    clock_timestamp() + make_interval(days => %(days)s)
)
RETURNING created_at, expires_at

-- name: forget_ended
-- What ended long ago is of no use to anybody; a user's list thus stays short.
DELETE FROM token
WHERE user_id = %(user_id)s AND LEAST(expires_at, revoked_at) < clock_timestamp() - interval '90 days'

-- name: list
SELECT id, name, scopes, created_at, expires_at, hint, last_used_at FROM token
WHERE user_id = %(user_id)s AND revoked_at IS NULL
ORDER BY created_at DESC, id

-- name: revoke
-- A row for the owner's own token, also when it was revoked before: the second time changes nothing.
UPDATE token SET revoked_at = COALESCE(revoked_at, clock_timestamp())
WHERE id = %(id)s AND user_id = %(user_id)s
RETURNING id

-- name: is_gone
SELECT 1 AS gone FROM gone WHERE user_id = %(user_id)s

-- name: note_gone
INSERT INTO gone (user_id) VALUES (%(user_id)s) ON CONFLICT (user_id) DO NOTHING

-- name: revoke_all
UPDATE token SET revoked_at = clock_timestamp() WHERE user_id = %(user_id)s AND revoked_at IS NULL

-- name: find
-- The store's clock judges the expiry, for every replica alike.
SELECT id, user_id, scopes, created_at, expires_at,
    EXTRACT(EPOCH FROM expires_at - clock_timestamp())::float8 AS remaining
FROM token
WHERE digest = %(digest)s AND revoked_at IS NULL AND expires_at > clock_timestamp()

-- name: touch
-- At most once a minute for each token, however many processes have seen it used.
UPDATE token SET last_used_at = clock_timestamp()
WHERE id = ANY(%(ids)s) AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
