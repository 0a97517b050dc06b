-- name: clock
SELECT clock_timestamp() AS now;

-- name: add_account
-- The address decides between two that register at once.
INSERT INTO account (id, email, password, name, locale) VALUES (%(id)s, %(email)s, %(password)s, %(name)s, %(locale)s)
ON CONFLICT (email) DO NOTHING RETURNING *;

-- name: replace_unverified
-- Until an address is verified, nobody owns it: the latest registration counts, and no older password opens it.
UPDATE account SET password = %(password)s, name = %(name)s, locale = %(locale)s
WHERE email = %(email)s AND NOT verified RETURNING *;

-- name: ensure_telegram
INSERT INTO account (id, telegram, name, verified) VALUES (%(id)s, %(telegram)s, %(name)s, true)
ON CONFLICT (telegram) DO UPDATE SET telegram = excluded.telegram RETURNING *;

-- name: account
SELECT * FROM account WHERE id = %(id)s;

-- name: account_by_email
SELECT * FROM account WHERE email = %(email)s;

-- name: accounts
SELECT * FROM account WHERE id > %(after)s ORDER BY id LIMIT %(limit)s;

-- name: change_profile
UPDATE account SET name = %(name)s, phone = %(phone)s, locale = %(locale)s WHERE id = %(id)s RETURNING *;

-- name: set_password
UPDATE account SET password = %(password)s WHERE id = %(id)s;

-- name: verify_email
UPDATE account SET verified = true, roles = CASE WHEN %(admin)s AND NOT 'admin' = ANY (roles)
    THEN array_append(roles, 'admin') ELSE roles END
WHERE id = %(id)s RETURNING *;

-- name: set_roles
UPDATE account SET roles = %(roles)s WHERE id = %(id)s RETURNING *;

-- name: delete_account
DELETE FROM account WHERE id = %(id)s;

-- name: add_challenge
INSERT INTO challenge (user_id, kind, digest, until)
VALUES (%(user)s, %(kind)s, %(digest)s, clock_timestamp() + make_interval(secs => %(seconds)s)) RETURNING id;

-- name: drop_challenges
DELETE FROM challenge WHERE user_id = %(user)s AND kind = %(kind)s;

-- name: use_link
-- One statement decides who was first. The same Idempotency-Key again is the same use: its answer may have been lost.
UPDATE challenge SET used_at = coalesce(used_at, clock_timestamp()), used_key = %(key)s
WHERE kind = 'link' AND digest = %(digest)s AND (used_at IS NULL OR used_key = %(key)s) AND until > clock_timestamp()
RETURNING *;

-- name: try_code
-- Counted with the look: five guesses, however many come at once.
UPDATE challenge SET tries = tries + 1
WHERE user_id = %(user)s AND kind = 'recovery' AND used_at IS NULL AND until > clock_timestamp() AND tries < 5
RETURNING *;

-- name: use_code
UPDATE challenge SET used_at = clock_timestamp() WHERE id = %(id)s AND used_at IS NULL RETURNING *;

-- name: attempts
SELECT count(*) AS count FROM attempt
WHERE subject = %(subject)s AND at > clock_timestamp() - make_interval(secs => %(seconds)s);

-- name: add_attempt
INSERT INTO attempt (subject) VALUES (%(subject)s);

-- name: forget_attempts
DELETE FROM attempt WHERE at < clock_timestamp() - interval '1 day';

-- name: note
INSERT INTO audit (user_id, actor, action) VALUES (%(user)s, %(actor)s, %(action)s);

-- name: audit
SELECT * FROM audit WHERE user_id = %(user)s AND id > %(after)s ORDER BY id LIMIT 100;

-- name: add_deletion
INSERT INTO deletion (user_id, holder) VALUES (%(user)s, %(holder)s) ON CONFLICT DO NOTHING;

-- name: end_deletion
UPDATE deletion SET done_at = clock_timestamp() WHERE user_id = %(user)s AND holder = %(holder)s AND done_at IS NULL;

-- name: deletions
SELECT * FROM deletion WHERE user_id = %(user)s ORDER BY holder;
