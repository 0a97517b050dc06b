-- name: award
-- A batch is one round trip and one transaction; what it answers stands in migrations/0002_award.sql.
SELECT n, outcome, account, seq, balance, wait FROM award(%s::json, %s::bigint, %s::bigint)

-- name: reverse
-- One round trip and one transaction as well.
SELECT outcome, user_id, seq, amount, balance, remainder
FROM reverse_entry(
    %(caller)s, %(key)s, %(hash)s, %(account)s::bigint, %(seq)s::bigint, %(part)s::bigint, %(reason)s
)

-- name: balance
-- One row, or none for a user who never had an entry.
SELECT balance FROM account WHERE user_id = %(user_id)s

-- name: entries
-- One row more than asked for tells whether there is a next page. A cursor of somebody else's account finds nothing.
SELECT e.account, e.seq, e.kind, e.amount, e.balance_after, e.reason, e.created_at, e.event_at, e.reverses
FROM account a JOIN entry e ON e.account = a.id
WHERE a.user_id = %(user_id)s
    AND (%(account)s::bigint IS NULL OR (a.id = %(account)s::bigint AND e.seq < %(seq)s::bigint))
ORDER BY e.seq DESC
LIMIT %(limit)s + 1
