-- name: put_contact
INSERT INTO contact (user_id, email, phone, locale) VALUES (%(user)s, %(email)s, %(phone)s, %(locale)s)
ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, phone = excluded.phone, locale = excluded.locale;

-- name: contact
SELECT * FROM contact WHERE user_id = %(user)s;

-- name: contact_of_chat
SELECT * FROM contact WHERE telegram_chat = %(chat)s;

-- name: put_settings
INSERT INTO contact (user_id, quiet_from, quiet_to, timezone, locale, digest)
VALUES (%(user)s, %(quiet_from)s, %(quiet_to)s, %(timezone)s, %(locale)s, %(digest)s)
ON CONFLICT (user_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
    timezone = excluded.timezone, locale = excluded.locale, digest = excluded.digest
RETURNING *;

-- name: preferences
SELECT * FROM preference WHERE user_id = %(user)s ORDER BY kind, channel;

-- name: put_preference
INSERT INTO preference (user_id, kind, channel, enabled) VALUES (%(user)s, %(kind)s, %(channel)s, %(enabled)s)
ON CONFLICT (user_id, kind, channel) DO UPDATE SET enabled = excluded.enabled;

-- name: chosen
SELECT channel, enabled FROM preference WHERE user_id = %(user)s AND kind = ANY(%(kinds)s);

-- name: known
SELECT id FROM message WHERE user_id = %(user)s AND key = %(key)s LIMIT 1;

-- name: add_message
INSERT INTO message (user_id, kind, key, channel, email, data, status, reason, due_at, ended_at)
VALUES (%(user)s, %(kind)s, %(key)s, %(channel)s, %(email)s, %(data)s, %(status)s, %(reason)s, %(due_at)s,
        CASE WHEN %(status)s NOT IN ('queued', 'gathered') THEN clock_timestamp() END)
ON CONFLICT (user_id, key, channel) DO NOTHING RETURNING id;

-- name: begin
-- Counted before the send: a process that dies in it has tried as well.
UPDATE message SET tries = tries + 1 WHERE id = %(id)s AND status = 'queued'
RETURNING *, clock_timestamp() - created_at AS age;

-- name: postpone
UPDATE message SET tries = tries - 1 WHERE id = %(id)s;

-- name: end_message
UPDATE message SET status = %(status)s, reason = %(reason)s, ended_at = clock_timestamp(),
    data = CASE WHEN %(status)s = 'dead' THEN data ELSE '{}' END
WHERE id = %(id)s AND status = 'queued';

-- name: dead
SELECT * FROM message WHERE status = 'dead' ORDER BY created_at DESC, id LIMIT 100;

-- name: retry
UPDATE message SET status = 'queued', tries = 0, reason = NULL, ended_at = NULL, created_at = clock_timestamp()
WHERE id = %(id)s AND status = 'dead' RETURNING *;

-- name: dead_count
SELECT count(*) AS dead FROM message WHERE status = 'dead';

-- name: add_code
INSERT INTO link_code (digest, user_id, until)
VALUES (%(digest)s, %(user)s, clock_timestamp() + make_interval(secs => %(seconds)s));

-- name: use_code
DELETE FROM link_code WHERE digest = %(digest)s RETURNING user_id, until > clock_timestamp() AS good;

-- name: unlink_chat
UPDATE contact SET telegram_chat = NULL WHERE telegram_chat = %(chat)s;

-- name: link_chat
INSERT INTO contact (user_id, telegram_chat) VALUES (%(user)s, %(chat)s)
ON CONFLICT (user_id) DO UPDATE SET telegram_chat = excluded.telegram_chat, telegram_off = false;

-- name: telegram_off
UPDATE contact SET telegram_off = %(off)s WHERE telegram_chat = %(chat)s;

-- name: forget_contact
DELETE FROM contact WHERE user_id = %(user)s;

-- name: forget_preferences
DELETE FROM preference WHERE user_id = %(user)s;

-- name: forget_messages
DELETE FROM message WHERE user_id = %(user)s;

-- name: forget_codes
DELETE FROM link_code WHERE user_id = %(user)s;

-- name: change_channel
UPDATE message SET channel = %(channel)s WHERE id = %(id)s RETURNING *;

-- name: digests_due
SELECT DISTINCT user_id, channel FROM message WHERE status = 'gathered' AND due_at <= clock_timestamp() LIMIT 100;

-- name: gathered
-- Another replica waits here, and then finds that they are gathered no more.
SELECT * FROM message
WHERE user_id = %(user)s AND channel = %(channel)s AND status = 'gathered' AND due_at <= clock_timestamp()
ORDER BY created_at, id FOR UPDATE;

-- name: end_gathered
UPDATE message SET status = 'digested', reason = %(reason)s, data = '{}', ended_at = clock_timestamp()
WHERE id = ANY(%(ids)s);
