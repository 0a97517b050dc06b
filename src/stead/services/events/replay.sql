-- name: oversold
-- No event has more seats taken than it has seats; counted anew from the bookings.
SELECT event.id::text AS place, format('%s seats of %s are taken', count(*), capacity) AS fault
FROM event JOIN booking ON booking.event_id = event.id AND booking.status IN ('pending', 'confirmed', 'offered')
GROUP BY event.id HAVING count(*) > capacity

-- name: counts
-- The event's counts are those of its bookings.
SELECT event.id::text AS place, format('pending %s, confirmed %s, offered %s, waiting %s; its bookings: %s, %s, %s, %s',
    pending, confirmed, offered, waiting, p, c, o, w) AS fault
FROM event CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'pending') AS p, count(*) FILTER (WHERE status = 'confirmed') AS c,
        count(*) FILTER (WHERE status = 'offered') AS o, count(*) FILTER (WHERE status = 'waiting') AS w
    FROM booking WHERE booking.event_id = event.id
) counted
WHERE (pending, confirmed, offered, waiting) IS DISTINCT FROM (p, c, o, w)

-- name: double_booking
-- A user has one active booking of an event.
SELECT event_id::text AS place, format('%s has %s active bookings', user_id, count(*)) AS fault FROM booking
WHERE status IN ('waiting', 'offered', 'pending', 'confirmed') GROUP BY event_id, user_id HAVING count(*) > 1

-- name: unpaid
-- A confirmed booking with a price has a payment.
SELECT id::text AS place, format('confirmed for %s with no payment', price) AS fault FROM booking
WHERE status = 'confirmed' AND price > 0 AND payment_id IS NULL

-- name: ended_event
-- An event that is completed or cancelled has no active booking.
SELECT booking.id::text AS place, format('%s, and the event is %s', booking.status, event.status) AS fault
FROM booking JOIN event ON event.id = booking.event_id
WHERE event.status IN ('completed', 'cancelled') AND booking.status IN ('waiting', 'offered', 'pending', 'confirmed')
