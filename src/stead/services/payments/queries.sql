-- name: open_payment
SELECT * FROM payment
WHERE booking_id = %(booking)s AND status IN ('new', 'pending', 'authorized', 'succeeded') AND outcome <> 'refused';

-- name: add_payment
-- The unique index decides between two that start at once; the second one finds nothing inserted.
INSERT INTO payment (booking_id, user_id, owner, title, amount, currency, provider, method, receipt_to, next_at)
VALUES (%(booking)s, %(user)s, %(owner)s, %(title)s, %(amount)s, %(currency)s, %(provider)s, %(method)s,
        %(receipt_to)s, clock_timestamp() + make_interval(secs => %(poll)s))
ON CONFLICT DO NOTHING RETURNING *;

-- name: payment
SELECT * FROM payment WHERE id = %(id)s;

-- name: payments
SELECT * FROM payment WHERE user_id = %(user)s ORDER BY created_at DESC, id DESC LIMIT 100;

-- name: lock_payment
SELECT * FROM payment WHERE id = %(id)s FOR UPDATE;

-- name: payment_of_provider
SELECT id FROM payment WHERE provider = %(provider)s AND provider_id = %(provider_id)s;

-- name: observe
UPDATE payment SET status = %(status)s, provider_id = coalesce(provider_id, %(provider_id)s), reason = %(reason)s,
    confirmation = coalesce(%(confirmation)s, confirmation), captured = %(captured)s,
    settled_at = CASE WHEN %(settled)s THEN clock_timestamp() END,
    next_at = CASE WHEN %(settled)s OR NOT %(polled)s THEN NULL ELSE next_at END
WHERE id = %(id)s RETURNING *;

-- name: outcome
UPDATE payment SET outcome = %(outcome)s WHERE id = %(id)s AND outcome = 'none' RETURNING id;

-- name: proof
UPDATE payment SET proof = %(proof)s WHERE id = %(id)s AND status = 'pending' RETURNING *;

-- name: due_payments
-- Taken and pushed on in one statement, so that two replicas do not poll the same ones.
UPDATE payment SET polls = polls + 1,
    next_at = clock_timestamp() + make_interval(secs => least(%(poll)s * power(2, least(polls, 12)), 3600))
WHERE id IN (
    SELECT id FROM payment WHERE next_at <= clock_timestamp() ORDER BY next_at LIMIT 50 FOR UPDATE SKIP LOCKED
)
RETURNING *;

-- name: due_refunds
UPDATE refund SET polls = polls + 1,
    next_at = clock_timestamp() + make_interval(secs => least(%(poll)s * power(2, least(polls, 12)), 3600))
WHERE id IN (
    SELECT id FROM refund WHERE next_at <= clock_timestamp() ORDER BY next_at LIMIT 50 FOR UPDATE SKIP LOCKED
)
RETURNING *;

-- name: refund_by_key
SELECT * FROM refund WHERE actor = %(actor)s AND key = %(key)s;

-- name: add_refund
INSERT INTO refund (payment_id, amount, reason, actor, key) VALUES (%(payment)s, %(amount)s, %(reason)s, %(actor)s, %(key)s)
RETURNING *;

-- name: reserve
UPDATE payment SET reserved = reserved + %(amount)s WHERE id = %(payment)s;

-- name: refund
SELECT * FROM refund WHERE id = %(id)s;

-- name: lock_refund
SELECT * FROM refund WHERE id = %(id)s FOR UPDATE;

-- name: refunds
SELECT * FROM refund WHERE payment_id = %(payment)s ORDER BY created_at, id;

-- name: refund_of_provider
SELECT refund.id FROM refund JOIN payment ON payment.id = refund.payment_id
WHERE payment.provider = %(provider)s AND refund.provider_id = %(provider_id)s;

-- name: observe_refund
UPDATE refund SET status = %(status)s, provider_id = coalesce(provider_id, %(provider_id)s),
    settled_at = CASE WHEN %(settled)s THEN clock_timestamp() END,
    next_at = CASE WHEN %(settled)s OR NOT %(polled)s THEN NULL
                   ELSE clock_timestamp() + make_interval(secs => %(poll)s) END
WHERE id = %(id)s RETURNING *;

-- name: post
-- Two lines of one entry; the unique indexes keep one capture for a payment, and one entry for a refund.
WITH made AS (INSERT INTO entry (payment_id, refund_id) VALUES (%(payment)s, %(refund)s) RETURNING id)
INSERT INTO posting (entry_id, account, currency, amount)
SELECT id, 'provider', %(currency)s, %(amount)s::bigint FROM made
UNION ALL SELECT id, 'sales', %(currency)s, -%(amount)s::bigint FROM made;

-- name: balances
SELECT currency,
    coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint AS captured,
    coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint AS refunded
FROM posting WHERE account = 'provider' GROUP BY currency ORDER BY currency;

-- name: note_webhook
INSERT INTO webhook (provider, object_id, event) VALUES (%(provider)s, %(object)s, %(event)s)
ON CONFLICT (provider, object_id, event) DO UPDATE SET times = webhook.times + 1
RETURNING times;

-- name: open_counts
SELECT provider, count(*) AS open, extract(epoch FROM max(clock_timestamp() - created_at))::float AS oldest
FROM payment WHERE status IN ('new', 'pending', 'authorized') GROUP BY provider;

-- name: pending_refunds
SELECT count(*) AS pending, coalesce(extract(epoch FROM max(clock_timestamp() - created_at)), 0)::float AS oldest
FROM refund WHERE status IN ('new', 'pending');

-- name: forget
UPDATE payment SET user_id = 'deleted-' || id, receipt_to = NULL WHERE user_id = %(user)s;
