-- name: clock
-- Asked after the lock, in a statement of its own: a time from before the wait could revive a hold that has ended.
SELECT clock_timestamp() AS now;

-- name: organizer
SELECT * FROM organizer WHERE slug = %(slug)s;

-- name: organizers
SELECT * FROM organizer WHERE slug > %(after)s ORDER BY slug LIMIT %(limit)s;

-- name: put_organizer
-- The owner is the one who made it: another user's PUT finds no row to change.
INSERT INTO organizer (slug, title, description, owner) VALUES (%(slug)s, %(title)s, %(description)s, %(user)s)
ON CONFLICT (slug) DO UPDATE SET title = excluded.title, description = excluded.description
    WHERE organizer.owner = excluded.owner OR %(admin)s
RETURNING *;

-- name: add_event
INSERT INTO event (organizer, title, description, starts_at, ends_at, capacity, price, currency, created_by)
VALUES (%(organizer)s, %(title)s, %(description)s, %(starts_at)s, %(ends_at)s, %(capacity)s, %(price)s, %(currency)s,
        %(user)s)
RETURNING *;

-- name: event
SELECT event.*, organizer.owner FROM event JOIN organizer ON organizer.slug = event.organizer WHERE id = %(event)s;

-- name: events
SELECT * FROM event
WHERE status <> 'draft' AND starts_at >= clock_timestamp() AND (starts_at, id) > (%(starts_at)s, %(id)s)
    AND (%(organizer)s::text IS NULL OR organizer = %(organizer)s)
ORDER BY starts_at, id LIMIT %(limit)s;

-- name: calendar
SELECT * FROM event WHERE organizer = %(slug)s AND status <> 'draft' ORDER BY starts_at DESC LIMIT 500;

-- name: lock_event
SELECT event.*, organizer.owner FROM event JOIN organizer ON organizer.slug = event.organizer
WHERE id = %(event)s FOR NO KEY UPDATE OF event;

-- name: change_event
UPDATE event SET title = %(title)s, description = %(description)s, starts_at = %(starts_at)s, ends_at = %(ends_at)s,
    price = %(price)s, currency = %(currency)s
WHERE id = %(event)s;

-- name: save_event
UPDATE event SET status = %(status)s, capacity = %(capacity)s, pending = %(pending)s, confirmed = %(confirmed)s,
    offered = %(offered)s, waiting = %(waiting)s, arrivals = %(arrivals)s
WHERE id = %(event)s;

-- name: active
SELECT * FROM booking
WHERE event_id = %(event)s AND user_id = %(user)s AND status IN ('waiting', 'offered', 'pending', 'confirmed');

-- name: booking
SELECT booking.*, event.title, event.starts_at, organizer.owner FROM booking
JOIN event ON event.id = booking.event_id JOIN organizer ON organizer.slug = event.organizer
WHERE booking.id = %(booking)s;

-- name: position
SELECT count(*) AS position FROM booking WHERE event_id = %(event)s AND status = 'waiting' AND place <= %(place)s;

-- name: user_bookings
SELECT * FROM booking WHERE user_id = %(user)s AND (created_at, id) < (%(at)s, %(id)s)
ORDER BY created_at DESC, id DESC LIMIT %(limit)s;

-- name: event_bookings
SELECT * FROM booking WHERE event_id = %(event)s AND place > %(after)s ORDER BY place LIMIT %(limit)s;

-- name: arrive
INSERT INTO booking (event_id, user_id, place, status, price, currency, until, created_at)
VALUES (%(event)s, %(user)s, %(place)s, %(status)s, %(price)s, %(currency)s, %(until)s, %(now)s)
RETURNING *;

-- name: move
UPDATE booking SET status = %(status)s, until = %(until)s, reason = coalesce(%(reason)s, reason),
    ended_at = CASE WHEN %(status)s IN ('expired', 'cancelled', 'completed', 'no_show') THEN %(now)s END
WHERE id = %(id)s RETURNING *;

-- name: pay
UPDATE booking SET status = 'confirmed', until = NULL, ended_at = NULL, payment_id = %(payment)s
WHERE id = %(id)s RETURNING *;

-- name: lapse
UPDATE booking SET status = 'expired', until = NULL, ended_at = %(now)s, reason = status
WHERE event_id = %(event)s AND status IN ('pending', 'offered') AND until <= %(now)s
RETURNING *;

-- name: offer
UPDATE booking SET status = 'offered', until = %(until)s
WHERE id IN (
    SELECT id FROM booking WHERE event_id = %(event)s AND status = 'waiting' ORDER BY place LIMIT %(number)s
)
RETURNING *;

-- name: end_all
-- A cancelled event leaves no booking active; what was not is left as it ended. `RETURNING` cannot give the status from
-- before, so the row's own is read first.
WITH before AS (
    SELECT id, status AS was FROM booking
    WHERE event_id = %(event)s AND status IN ('waiting', 'offered', 'pending', 'confirmed')
)
UPDATE booking SET status = 'cancelled', until = NULL, ended_at = %(now)s, reason = %(reason)s
FROM before WHERE booking.id = before.id
RETURNING booking.*, before.was;

-- name: complete
UPDATE booking SET status = 'completed', ended_at = %(now)s
WHERE event_id = %(event)s AND status = 'confirmed' RETURNING id;

-- name: events_with_ended_times
SELECT DISTINCT event_id FROM booking
WHERE status IN ('pending', 'offered') AND until <= clock_timestamp() LIMIT 100;

-- name: events_over
SELECT id FROM event WHERE status = 'published' AND ends_at <= clock_timestamp() LIMIT 100;

-- name: events_to_remind_of
SELECT id FROM event WHERE status = 'published' AND reminded_at IS NULL
    AND starts_at > clock_timestamp() AND starts_at <= clock_timestamp() + interval '1 day' LIMIT 100;

-- name: remind
-- One statement decides who reminds: another replica finds `reminded_at` set.
UPDATE event SET reminded_at = %(now)s WHERE id = %(event)s AND reminded_at IS NULL AND status = 'published'
RETURNING id;

-- name: confirmed
SELECT * FROM booking WHERE event_id = %(event)s AND status = 'confirmed' ORDER BY place;

-- name: rename
UPDATE booking SET user_id = %(user)s WHERE id = %(id)s RETURNING *;

-- name: add_transfer
INSERT INTO transfer (digest, booking_id, from_user, until) VALUES (%(digest)s, %(booking)s, %(user)s, %(until)s);

-- name: transfer
SELECT transfer.*, booking.event_id FROM transfer JOIN booking ON booking.id = transfer.booking_id
WHERE digest = %(digest)s;

-- name: use_transfer
-- One statement decides who was first: a second use finds `used_at` set.
UPDATE transfer SET used_by = %(user)s, used_at = %(now)s
WHERE digest = %(digest)s AND used_at IS NULL AND until > %(now)s RETURNING booking_id, from_user;

-- name: add_favourite
INSERT INTO favourite (user_id, event_id) VALUES (%(user)s, %(event)s) ON CONFLICT DO NOTHING;

-- name: remove_favourite
DELETE FROM favourite WHERE user_id = %(user)s AND event_id = %(event)s;

-- name: favourites
SELECT event.* FROM favourite JOIN event ON event.id = favourite.event_id
WHERE favourite.user_id = %(user)s AND (event.starts_at, event.id) > (%(starts_at)s, %(id)s)
ORDER BY event.starts_at, event.id LIMIT %(limit)s;

-- name: note
INSERT INTO audit (event_id, booking_id, actor, action, at)
VALUES (%(event)s, %(booking)s, %(actor)s, %(action)s, %(now)s);

-- name: audit
SELECT * FROM audit WHERE event_id = %(event)s AND id > %(after)s ORDER BY id LIMIT %(limit)s;

-- name: future_bookings
SELECT booking.id, booking.event_id FROM booking JOIN event ON event.id = booking.event_id
WHERE booking.user_id = %(user)s AND booking.status IN ('waiting', 'offered', 'pending', 'confirmed');

-- name: forget_favourites
DELETE FROM favourite WHERE user_id = %(user)s;

-- name: forget_names
-- What was sold stays, for the organizer's books; whose it was does not.
UPDATE booking SET user_id = 'deleted-' || id WHERE user_id = %(user)s;

-- name: forget_audit
UPDATE audit SET actor = 'deleted' WHERE actor = %(user)s;

-- name: forget_transfers
UPDATE transfer SET from_user = 'deleted', used_by = CASE WHEN used_by = %(user)s THEN 'deleted' ELSE used_by END
WHERE from_user = %(user)s OR used_by = %(user)s;

-- name: booking_counts
SELECT count(*) FILTER (WHERE status = 'pending') AS bookings_held,
    count(*) FILTER (WHERE status = 'offered') AS bookings_offered,
    count(*) FILTER (WHERE status = 'waiting') AS bookings_waiting,
    count(*) FILTER (WHERE until < clock_timestamp() - interval '1 minute') AS bookings_overdue
FROM booking WHERE status IN ('pending', 'offered', 'waiting');
