-- name: lock_user
-- One upload of a user at a time is counted against the quota.
SELECT pg_advisory_xact_lock(hashtextextended(%(user)s, 1));

-- name: used
SELECT coalesce(sum(size), 0)::bigint AS bytes FROM media
WHERE user_id = %(user)s AND status IN ('quarantine', 'published');

-- name: add
INSERT INTO media (user_id, owner_kind, owner_id, content_type, size)
VALUES (%(user)s, %(owner_kind)s, %(owner_id)s, %(content_type)s, %(size)s) RETURNING *;

-- name: media
SELECT * FROM media WHERE id = %(id)s AND status <> 'deleting';

-- name: published
SELECT * FROM media WHERE owner_kind = %(owner_kind)s AND owner_id = %(owner_id)s AND status = 'published'
ORDER BY created_at LIMIT 100;

-- name: publish
UPDATE media SET status = 'published', content_type = %(content_type)s, size = %(size)s, width = %(width)s,
    height = %(height)s, published_at = clock_timestamp()
WHERE id = %(id)s AND status = 'quarantine' RETURNING id;

-- name: refuse
UPDATE media SET status = 'refused', reason = %(reason)s WHERE id = %(id)s AND status = 'quarantine' RETURNING id;

-- name: begin_deletion
UPDATE media SET status = 'deleting' WHERE id = %(id)s RETURNING id;

-- name: begin_deletion_of_user
-- Its rows stay until their links have ended; whose they were does not.
UPDATE media SET status = 'deleting', user_id = 'deleted' WHERE user_id = %(user)s RETURNING id;

-- name: begin_deletion_of_old
UPDATE media SET status = 'deleting'
WHERE id IN (
    SELECT id FROM media
    WHERE status <> 'deleting' AND (
        status IN ('quarantine', 'refused') AND created_at < clock_timestamp() - make_interval(secs => %(unfinished)s)
        OR owner_kind = 'payment_proof' AND created_at < clock_timestamp() - make_interval(days => %(proof_days)s))
    ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED
)
RETURNING id;

-- name: end_links
UPDATE media SET link_ended = true
WHERE id IN (
    SELECT id FROM media
    WHERE NOT link_ended AND status IN ('published', 'refused', 'deleting')
        AND created_at < clock_timestamp() - make_interval(secs => %(seconds)s)
    ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
)
RETURNING id;

-- name: end_deletion
DELETE FROM media WHERE id = %(id)s AND status = 'deleting' AND link_ended;
