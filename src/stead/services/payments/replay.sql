-- name: refunded
-- No more is paid back, or on its way, than was captured; summed anew from the refunds.
SELECT payment.id::text AS place, format('refunds of %s, captured %s, reserved %s', total, captured, reserved) AS fault
FROM payment LEFT JOIN LATERAL (
    SELECT coalesce(sum(amount), 0)::bigint AS total FROM refund
    WHERE refund.payment_id = payment.id AND refund.status <> 'cancelled'
) refunds ON true
WHERE total > captured OR total <> reserved

-- name: capture
-- A payment that succeeded has one entry, of what was captured; another one has none.
SELECT payment.id::text AS place, format('%s, captured %s, entry %s', status, captured, posting.amount) AS fault
FROM payment LEFT JOIN entry ON entry.payment_id = payment.id AND entry.refund_id IS NULL
LEFT JOIN posting ON posting.entry_id = entry.id AND posting.account = 'provider'
WHERE captured <> coalesce(posting.amount, 0)

-- name: refund
-- A refund that succeeded has one entry, of its amount; another one has none.
SELECT refund.id::text AS place, format('%s, %s, entry %s', status, refund.amount, posting.amount) AS fault
FROM refund LEFT JOIN entry ON entry.refund_id = refund.id
LEFT JOIN posting ON posting.entry_id = entry.id AND posting.account = 'provider'
WHERE coalesce(posting.amount, 0) <> CASE status WHEN 'succeeded' THEN -refund.amount ELSE 0 END

-- name: balance
-- The two lines of an entry add up to nothing.
SELECT entry.id::text AS place, format('%s lines, sum %s', count(posting.*), sum(posting.amount)) AS fault
FROM entry LEFT JOIN posting ON posting.entry_id = entry.id
GROUP BY entry.id HAVING count(posting.*) <> 2 OR sum(posting.amount) <> 0

-- name: double_payment
-- A booking was bought by one payment.
SELECT booking_id::text AS place, format('%s payments confirmed it', count(*)) AS fault
FROM payment WHERE outcome = 'confirmed' AND status = 'succeeded' GROUP BY booking_id HAVING count(*) > 1
