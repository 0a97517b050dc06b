-- name: note
INSERT INTO tigrit_interactions (update_id, user_id, text) VALUES (%(update_id)s, %(user_id)s, %(text)s)
ON CONFLICT (update_id) DO NOTHING

-- name: of_user
SELECT id, text, at FROM tigrit_interactions
WHERE user_id = %(user_id)s AND id < %(before)s ORDER BY id DESC LIMIT %(limit)s

-- name: count
SELECT count(*) AS interactions, min(at) AS first, max(at) AS last FROM tigrit_interactions WHERE user_id = %(user_id)s
