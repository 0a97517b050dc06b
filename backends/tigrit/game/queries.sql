-- name: ensure
-- Makes a player, or takes a new name over; `created` tells which.
INSERT INTO player AS known (user_id, name, invited_by)
VALUES (%(user_id)s, %(name)s, (SELECT user_id FROM player WHERE user_id = %(invited_by)s AND user_id <> %(user_id)s))
ON CONFLICT (user_id) DO UPDATE SET name = coalesce(excluded.name, known.name)
RETURNING user_id, name, invited_by, since, xmax = 0 AS created

-- name: player
SELECT user_id, name, invited_by, since FROM player WHERE user_id = %(user_id)s
