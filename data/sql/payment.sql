-- Payments, credit, and what they settle.

-- By id, or by receipt number when the id is NULL.
-- name: payment_get
-- scope: customer
-- args: int? text?
-- cols: int text int int text text text text text int text text text int
SELECT p.id, p.kind, p.at, p.amount, p.currency,
	CASE WHEN s.back >= p.amount THEN 'Refunded'
	WHEN s.back > 0 THEN 'Partially refunded'
	WHEN p.status = 'pending' THEN 'Pending'
	WHEN p.status = 'succeeded' THEN 'Succeeded'
	WHEN p.status = 'completed' THEN 'Completed'
	WHEN p.status = 'failed' THEN 'Failed' ELSE 'Refunded' END,
	p.method, p.reference, p.receipt, s.unapplied, x.body, x.vat, b.body,
	s.back
FROM payment p
JOIN payment_state s ON s.tenant = p.tenant AND s.customer = p.customer
	AND s.id = p.id
JOIN seller x ON x.tenant = p.tenant AND x.id = p.seller
JOIN buyer b ON b.tenant = p.tenant AND b.customer = p.customer
	AND b.id = p.buyer
WHERE p.tenant = $1 AND p.customer = $2 AND p.id = COALESCE(
	CAST($4 AS {INT}), (SELECT n.id FROM payment n
	WHERE n.tenant = $1 AND n.customer = $2 AND n.receipt = $5));

-- Allocations after one.
-- name: payment_allocations
-- scope: customer
-- args: int int int
-- cols: int int text int int
SELECT a.id, a.invoice, i.number, a.amount, a.taken
FROM allocation a
JOIN invoice i ON i.tenant = a.tenant AND i.customer = a.customer
	AND i.id = a.invoice
WHERE a.tenant = $1 AND a.customer = $2 AND a.payment = $4 AND a.id > $5
ORDER BY a.id LIMIT $6;

-- What receiving money writes.

-- kind, at, amount, currency, status, method, reference, receipt, seller, buyer
-- name: payment_insert
-- scope: customer
-- args: text int int text text text text text? int int
-- cols: int
INSERT INTO payment (tenant, customer, kind, at, amount, currency, status,
	method, reference, receipt, seller, buyer)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
RETURNING id;

-- payment, invoice, amount, at.  After a cancellation a payment may come back to
-- an invoice that it had paid a part of.
-- name: allocation_insert
-- scope: customer
-- args: int int int int
-- cols: none
INSERT INTO allocation (tenant, customer, payment, invoice, amount, at)
VALUES ($1, $2, $4, $5, $6, $7)
ON CONFLICT (tenant, customer, payment, invoice)
DO UPDATE SET amount = allocation.amount + excluded.amount;

-- name: allocation_drop
-- scope: customer
-- args: int
-- cols: int
DELETE FROM allocation
WHERE tenant = $1 AND customer = $2 AND invoice = $4
RETURNING amount;

-- at, day, kind, reference, debit, credit, currency, invoice, payment
-- name: ledger_insert
-- scope: customer
-- args: int int text text int int text int? int?
-- cols: none
INSERT INTO ledger (tenant, customer, at, day, kind, reference, debit, credit,
	currency, invoice, payment)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12);
