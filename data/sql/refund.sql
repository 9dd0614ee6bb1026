-- What was given back of payments.

-- Whose money it was: account, intent.
-- name: refund_payment
-- scope: system
-- args: text text
-- cols: int int
SELECT customer, payment FROM gateway_payment
WHERE tenant = $1 AND account = $4 AND intent = $5;

-- A payment as it stands, and whether it is in the books.
-- name: refund_of
-- scope: customer
-- args: int
-- cols: int text text int int int
SELECT p.amount, p.currency, COALESCE(p.receipt, p.reference), p.at, s.unapplied,
	CASE WHEN p.status IN ('succeeded', 'completed') THEN 1 ELSE 0 END
FROM payment p
JOIN payment_state s ON s.tenant = p.tenant AND s.customer = p.customer
	AND s.id = p.id
WHERE p.tenant = $1 AND p.customer = $2 AND p.id = $4;

-- Of a payment: oldest first.
-- name: refund_list
-- scope: customer
-- args: int int
-- cols: int text text text int text text text int int
SELECT id, account, ref, kind, amount, currency, status, reason, booked, at
FROM refund
WHERE tenant = $1 AND customer = $2 AND payment = $4
ORDER BY at, kind DESC, ref, id LIMIT $5;

-- payment, account, ref, kind, amount, currency, status, reason, at, now
-- name: refund_insert
-- scope: customer
-- args: int text text text int text text text int int
-- cols: int
INSERT INTO refund (tenant, customer, payment, account, ref, kind, amount,
	currency, status, reason, at, updated_at)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
RETURNING id;

-- id, amount, status, reason, now
-- name: refund_move
-- scope: customer
-- args: int int text text int
-- cols: none
UPDATE refund SET amount = $5, status = $6, reason = $7, updated_at = $8
WHERE tenant = $1 AND customer = $2 AND id = $4;

-- id, how much of it counts
-- name: refund_book
-- scope: customer
-- args: int int
-- cols: none
UPDATE refund SET booked = $5
WHERE tenant = $1 AND customer = $2 AND id = $4;

-- What a payment has settled, newest invoice first.
-- name: refund_settled
-- scope: customer
-- args: int int
-- cols: int int
SELECT a.id, a.amount
FROM allocation a
JOIN invoice i ON i.tenant = a.tenant AND i.customer = a.customer
	AND i.id = a.invoice
WHERE a.tenant = $1 AND a.customer = $2 AND a.payment = $4 AND a.amount > 0
ORDER BY i.issued_on DESC, i.id DESC LIMIT $5;

-- What was taken back of it, oldest invoice first.
-- name: refund_taken
-- scope: customer
-- args: int int
-- cols: int int
SELECT a.id, a.taken
FROM allocation a
JOIN invoice i ON i.tenant = a.tenant AND i.customer = a.customer
	AND i.id = a.invoice
WHERE a.tenant = $1 AND a.customer = $2 AND a.payment = $4 AND a.taken > 0
ORDER BY i.issued_on, i.id LIMIT $5;

-- The invoice is owed again: id, amount.
-- name: refund_take
-- scope: customer
-- args: int int
-- cols: none
UPDATE allocation SET amount = amount - $5, taken = taken + $5
WHERE tenant = $1 AND customer = $2 AND id = $4 AND amount >= $5;

-- It was not given back after all: id, amount.
-- name: refund_untake
-- scope: customer
-- args: int int
-- cols: none
UPDATE allocation SET taken = taken - $5
WHERE tenant = $1 AND customer = $2 AND id = $4 AND taken >= $5;

-- Rows in which nothing is left.
-- name: refund_forget
-- scope: customer
-- args: int
-- cols: none
DELETE FROM allocation
WHERE tenant = $1 AND customer = $2 AND payment = $4 AND amount = 0
AND taken = 0;
