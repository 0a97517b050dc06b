-- name: receive
-- Waits for a delivery of the same id that is in flight; no row when that one took effect.
INSERT INTO webhook (id) VALUES (%(id)s) ON CONFLICT (id) DO NOTHING RETURNING id

-- name: forget_old_webhooks
-- Svix gives up after about a day, and every effect is idempotent by itself: ninety days are ample. A few at a time, so
-- that no delivery waits for a sweep.
DELETE FROM webhook WHERE id IN (
    SELECT id FROM webhook WHERE received_at < clock_timestamp() - interval '90 days'
    ORDER BY received_at LIMIT 10 FOR UPDATE SKIP LOCKED
)

-- name: keep
-- The newest state by the provider's clock wins, and a deletion wins for ever.
INSERT INTO users (user_id, email, name, created_at, updated_at)
VALUES (%(user_id)s, %(email)s, %(name)s, %(created_at)s, %(updated_at)s)
ON CONFLICT (user_id) DO UPDATE
SET email = EXCLUDED.email,
    name = EXCLUDED.name,
    created_at = COALESCE(EXCLUDED.created_at, users.created_at),
    updated_at = EXCLUDED.updated_at
WHERE users.deleted_at IS NULL AND users.updated_at <= EXCLUDED.updated_at

-- name: sign_up
-- A row the first time only: what a sign-up sets in motion is set in motion once.
UPDATE users SET signed_up_at = clock_timestamp(), welcome = %(welcome)s
WHERE user_id = %(user_id)s AND signed_up_at IS NULL AND deleted_at IS NULL
RETURNING COALESCE(created_at, updated_at) AS occurred_at

-- name: delete
-- Personal data goes, the mark stays.
INSERT INTO users (user_id, updated_at, deleted_at)
VALUES (%(user_id)s, %(updated_at)s, clock_timestamp())
ON CONFLICT (user_id) DO UPDATE
SET email = NULL, name = NULL, deleted_at = COALESCE(users.deleted_at, EXCLUDED.deleted_at)

-- name: welcomed
UPDATE users SET welcome = 'awarded' WHERE user_id = %(user_id)s

-- name: user
SELECT user_id, email, name, created_at, deleted_at, welcome FROM users WHERE user_id = %(user_id)s

-- name: is_deleted
SELECT 1 AS deleted FROM users WHERE user_id = %(user_id)s AND deleted_at IS NOT NULL

-- name: take_init_data
-- No row when the same caller has taken it before; the update, of nothing, makes a repetition under the same key one.
INSERT INTO init_data (caller, once, key, expires_at)
VALUES (%(caller)s, %(once)s, %(key)s, to_timestamp(%(until)s))
ON CONFLICT (caller, once) DO UPDATE SET key = init_data.key WHERE init_data.key = EXCLUDED.key
RETURNING 1 AS taken

-- name: forget_old_init_data
-- A minute late, for clocks that differ, and a few at a time.
DELETE FROM init_data WHERE (caller, once) IN (
    SELECT caller, once FROM init_data WHERE expires_at < clock_timestamp() - interval '1 minute'
    ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED
)
