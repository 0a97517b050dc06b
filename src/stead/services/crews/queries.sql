-- name: lock_event
-- One writer for an event's board: an assignment, a release and an automatic assignment do not meet half-way.
SELECT pg_advisory_xact_lock(hashtextextended(%(event)s::text, 0));

-- name: add_group
INSERT INTO crew_group (event_id, kind, name, capacity, weight)
VALUES (%(event)s, %(kind)s, %(name)s, %(capacity)s, %(weight)s) ON CONFLICT DO NOTHING RETURNING *;

-- name: group
SELECT * FROM crew_group WHERE id = %(id)s;

-- name: groups
SELECT * FROM crew_group WHERE event_id = %(event)s ORDER BY kind, name;

-- name: set_capacity
UPDATE crew_group SET capacity = %(capacity)s WHERE id = %(id)s RETURNING *;

-- name: highest_seat
SELECT coalesce(max(seat), 0) AS seat FROM assignment WHERE group_id = %(id)s AND status = 'active';

-- name: active
SELECT * FROM assignment WHERE event_id = %(event)s AND status = 'active' ORDER BY group_id, seat;

-- name: of_user
SELECT assignment.*, crew_group.name, crew_group.capacity FROM assignment
JOIN crew_group ON crew_group.id = assignment.group_id
WHERE assignment.user_id = %(user)s AND assignment.event_id = %(event)s AND status = 'active'
ORDER BY assignment.kind;

-- name: add_assignment
INSERT INTO assignment (group_id, event_id, kind, booking_id, user_id, seat, weight, actor)
VALUES (%(group)s, %(event)s, %(kind)s, %(booking)s, %(user)s, %(seat)s, %(weight)s, %(actor)s) RETURNING *;

-- name: end_assignment
UPDATE assignment SET status = %(status)s, ended_at = clock_timestamp()
WHERE id = %(id)s AND status = 'active' RETURNING *;

-- name: assignment
SELECT * FROM assignment WHERE id = %(id)s;

-- name: release
UPDATE assignment SET status = 'removed', ended_at = clock_timestamp()
WHERE booking_id = %(booking)s AND status = 'active';

-- name: event_of_booking
SELECT event_id FROM assignment WHERE booking_id = %(booking)s LIMIT 1;

-- name: drop_preferences
DELETE FROM preference WHERE event_id = %(event)s AND user_id = %(user)s;

-- name: add_preference
INSERT INTO preference (event_id, user_id, other, wish) VALUES (%(event)s, %(user)s, %(other)s, %(wish)s);

-- name: preferences
SELECT * FROM preference WHERE event_id = %(event)s ORDER BY user_id, other;

-- name: events_of_user
SELECT DISTINCT event_id FROM assignment WHERE user_id = %(user)s ORDER BY event_id;

-- name: forget_assignments
DELETE FROM assignment WHERE user_id = %(user)s;

-- name: forget_actor
-- What an organizer did for others stays; who did it does not.
UPDATE assignment SET actor = 'deleted' WHERE actor = %(user)s;

-- name: forget_preferences
DELETE FROM preference WHERE user_id = %(user)s OR other = %(user)s;
