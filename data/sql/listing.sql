-- The listings of data/listing.c: $4 today, $5 and $6 sort key and id of the
-- last row seen, $7 limit; sort key and id come first.

-- name: list_invoices
-- scope: customer
-- access: read
-- args: int int int int
-- cols: int int text int int int int text text int
WITH page AS MATERIALIZED (
	SELECT id, number, issued_on, due_on, total, balance, currency, state
	FROM invoice_state
	WHERE tenant = $1 AND customer = $2 AND (issued_on, id) < ($5, $6)
	ORDER BY issued_on DESC, id DESC LIMIT $7
)
SELECT issued_on, id, number, issued_on, due_on, total, balance, currency,
	CASE WHEN state = 'cancelled' THEN 'Cancelled'
	WHEN balance <= 0 THEN 'Paid'
	WHEN due_on < $4 THEN 'Overdue'
	WHEN balance < total THEN 'Partially paid'
	ELSE 'Unpaid' END,
	CASE WHEN balance > 0 AND due_on < $4 THEN 1 ELSE 0 END
FROM page ORDER BY issued_on DESC, id DESC;

-- name: list_payments
-- scope: customer
-- access: read
-- args: int int int int
-- cols: int int int int text text text text text text
WITH page AS MATERIALIZED (
	SELECT id, at, amount, currency, status, reference, receipt
	FROM payment
	WHERE tenant = $1 AND customer = $2 AND kind = 'payment'
	AND (at, id) < ($5, $6)
	ORDER BY at DESC, id DESC LIMIT $7
)
SELECT p.at, p.id, p.at, p.amount, p.currency,
	CASE WHEN s.back >= p.amount THEN 'Refunded'
	WHEN s.back > 0 THEN 'Partially refunded'
	WHEN p.status = 'pending' THEN 'Pending'
	WHEN p.status = 'succeeded' THEN 'Succeeded'
	WHEN p.status = 'completed' THEN 'Completed'
	WHEN p.status = 'failed' THEN 'Failed' ELSE 'Refunded' END,
	p.reference,
	(SELECT CASE WHEN COUNT(*) = 1 THEN MAX(i.number) END
	FROM allocation a JOIN invoice i ON i.tenant = a.tenant
	AND i.customer = a.customer AND i.id = a.invoice
	WHERE a.tenant = $1 AND a.customer = $2 AND a.payment = p.id),
	p.receipt,
	(SELECT CASE WHEN COUNT(*) > 1 THEN {CONCAT}(o.number, ' ') END
	FROM (SELECT i.number FROM allocation a
		JOIN invoice i ON i.tenant = a.tenant
		AND i.customer = a.customer AND i.id = a.invoice
		WHERE a.tenant = $1 AND a.customer = $2 AND a.payment = p.id
		ORDER BY i.issued_on, i.id) AS o)
FROM page p
JOIN payment_state s ON s.tenant = $1 AND s.customer = $2 AND s.id = p.id
ORDER BY p.at DESC, p.id DESC;

-- The balance after the page's newest row is one sum; each older row's is that
-- less what came after it.
-- name: list_transactions
-- scope: customer
-- access: read
-- args: int int int int
-- cols: int int int text int int int text
WITH page AS MATERIALIZED (
	SELECT id, day, kind, reference, debit, credit, currency
	FROM ledger
	WHERE tenant = $1 AND customer = $2 AND (day, id) < ($5, $6)
	ORDER BY day DESC, id DESC LIMIT $7
), newest AS MATERIALIZED (
	SELECT SUM(debit - credit) AS balance FROM ledger
	WHERE tenant = $1 AND customer = $2 AND (day, id) < ($5, $6)
)
SELECT day, id, day,
	CASE kind WHEN 'invoice' THEN 'Invoice'
	WHEN 'payment' THEN 'Payment'
	WHEN 'credit' THEN 'Credit'
	WHEN 'credit note' THEN 'Credit note'
	WHEN 'cancellation' THEN 'Cancelled'
	WHEN 'refund' THEN CASE WHEN debit > 0 THEN 'Refund of'
		ELSE 'Failed refund of' END
	WHEN 'dispute' THEN CASE WHEN debit > 0 THEN 'Dispute of'
		ELSE 'Won dispute of' END
	ELSE 'Refund' END
	|| CASE WHEN reference <> '' THEN ' ' || reference ELSE '' END,
	debit, credit,
	CAST(balance - COALESCE(SUM(debit - credit) OVER (
		ORDER BY day DESC, id DESC
		ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS {INT}),
	currency
FROM page CROSS JOIN newest
ORDER BY day DESC, id DESC;

-- What is saved to pay with: the default, then the newest.
-- name: list_methods
-- scope: customer
-- args: int int int int
-- cols: int int text text text text int
SELECT is_default, id, type, brand, last4,
	CASE WHEN expires > 0 THEN CAST(expires / 100 AS TEXT)
	|| CASE WHEN expires % 100 < 10 THEN '-0' ELSE '-' END
	|| CAST(expires % 100 AS TEXT) END, is_default
FROM pay_method
WHERE tenant = $1 AND customer = $2 AND removed_at = 0
AND (is_default, id) < ($5, $6)
ORDER BY is_default DESC, id DESC LIMIT $7;

-- name: list_tickets
-- scope: customer
-- args: int int int int
-- cols: int int int text text text int text text text text int
SELECT created_at, id, id, subject, status, priority, created_at, preview, type,
	team, assigned_to, updated_at
FROM ticket
WHERE tenant = $1 AND customer = $2 AND (created_at, id) < ($5, $6)
ORDER BY created_at DESC, id DESC LIMIT $7;

-- name: list_services
-- scope: customer
-- access: read
-- args: int int int int
-- cols: int int int text text text int text int text
WITH ranked AS (
	SELECT CASE s.type WHEN 'internet' THEN 1 WHEN 'voice' THEN 2
		WHEN 'recurring' THEN 3 ELSE 4 END AS rank,
		s.id, s.type, s.description,
		CASE WHEN s.status = 'active' AND s.online_at IS NOT NULL
		THEN 'Online'
		WHEN s.status = 'active' THEN 'Active'
		WHEN s.status = 'pending' THEN 'Pending'
		WHEN s.status = 'paused' THEN 'Paused'
		ELSE 'Inactive' END AS status,
		s.since, p.name, s.price, t.currency
	FROM service s JOIN plan p ON p.tenant = s.tenant AND p.id = s.plan
	JOIN tenant t ON t.id = s.tenant
	WHERE s.tenant = $1 AND s.customer = $2
)
SELECT rank, id, id, type, description, status, since, name, price, currency
FROM ranked WHERE (rank, id) > ($5, $6)
ORDER BY rank, id LIMIT $7;
