-- Copies of one customer's account for another, for portalctl's --customers:
-- the first of a kind is entered as any other, the thousands after it are
-- copied.  $4 is the customer who is copied, $5 whose copy it is; ids of
-- invoices move by $6, of payments by the next.

-- The highest ids of invoices and payments.
-- name: bulk_last_ids
-- scope: system
-- args: none
-- cols: int int
SELECT (SELECT COALESCE(MAX(id), 0) FROM invoice),
	(SELECT COALESCE(MAX(id), 0) FROM payment);

-- The lowest ids of a customer's invoices and payments, and how many.
-- name: bulk_span
-- scope: tenant
-- args: int
-- cols: int int int int
SELECT (SELECT COALESCE(MIN(id), 0) FROM invoice
		WHERE tenant = $1 AND customer = $4),
	(SELECT COUNT(*) FROM invoice WHERE tenant = $1 AND customer = $4),
	(SELECT COALESCE(MIN(id), 0) FROM payment
		WHERE tenant = $1 AND customer = $4),
	(SELECT COUNT(*) FROM payment WHERE tenant = $1 AND customer = $4);

-- Takes $5 numbers of a gapless series; gives the first of them.
-- name: bulk_counter_take
-- scope: tenant
-- args: text int
-- cols: int
INSERT INTO counter (tenant, series, next)
VALUES ($1, $4, 1 + CAST($5 AS {INT}))
ON CONFLICT (tenant, series) DO UPDATE SET next = counter.next + $5
RETURNING next - CAST($5 AS {INT});

-- $7 the first number, $8 the buyer
-- name: bulk_invoices
-- scope: tenant
-- args: int int int int int
-- cols: none
INSERT INTO invoice (tenant, customer, id, state, number, issued_on, issued_at,
	due_on, supply_from, supply_to, currency, net, tax, total, seller,
	buyer, exemption)
SELECT tenant, $5, {TAKE}('invoice_id_seq', id + $6), state,
	substr(number, 1, 9) || CASE WHEN n < 1000000
	THEN substr(CAST(1000000 + n AS TEXT), 2) ELSE CAST(n AS TEXT) END,
	issued_on, issued_at, due_on, supply_from, supply_to, currency, net,
	tax, total, seller, $8, exemption
FROM (SELECT i.*, CAST($7 AS {INT}) - 1 + ROW_NUMBER() OVER (ORDER BY id) AS n
	FROM invoice i WHERE tenant = $1 AND customer = $4) AS t;

-- name: bulk_lines
-- scope: tenant
-- args: int int int
-- cols: none
INSERT INTO invoice_line (tenant, customer, invoice, line, description,
	quantity, unit_price, tax_category, tax_rate, net)
SELECT tenant, $5, invoice + $6, line, description, quantity, unit_price,
	tax_category, tax_rate, net
FROM invoice_line WHERE tenant = $1 AND customer = $4;

-- name: bulk_taxes
-- scope: tenant
-- args: int int int
-- cols: none
INSERT INTO invoice_tax (tenant, customer, invoice, category, rate, net, tax)
SELECT tenant, $5, invoice + $6, category, rate, net, tax
FROM invoice_tax WHERE tenant = $1 AND customer = $4;

-- $6 moves payments; $7 the first receipt, $8 the buyer
-- name: bulk_payments
-- scope: tenant
-- args: int int int int int
-- cols: none
INSERT INTO payment (tenant, customer, id, kind, at, amount, currency, status,
	method, reference, receipt, seller, buyer)
SELECT tenant, $5, {TAKE}('payment_id_seq', id + $6), kind, at, amount,
	currency, status, method, reference,
	substr(receipt, 1, 9) || CASE WHEN n < 1000000
	THEN substr(CAST(1000000 + n AS TEXT), 2) ELSE CAST(n AS TEXT) END,
	seller, $8
FROM (SELECT p.*, CAST($7 AS {INT}) - 1 + ROW_NUMBER() OVER (ORDER BY id) AS n
	FROM payment p WHERE tenant = $1 AND customer = $4) AS t;

-- name: bulk_allocations
-- scope: tenant
-- args: int int int int
-- cols: none
INSERT INTO allocation (tenant, customer, payment, invoice, amount, at)
SELECT tenant, $5, payment + $7, invoice + $6, amount, at
FROM allocation WHERE tenant = $1 AND customer = $4
ORDER BY id;

-- name: bulk_ledger
-- scope: tenant
-- args: int int int int
-- cols: none
INSERT INTO ledger (tenant, customer, at, day, kind, reference, debit, credit,
	currency, invoice, payment)
SELECT l.tenant, $5, l.at, l.day, l.kind, COALESCE(i.number, p.receipt, ''),
	l.debit, l.credit, l.currency, l.invoice + $6, l.payment + $7
FROM ledger l
LEFT JOIN invoice i ON i.tenant = l.tenant AND i.customer = $5
	AND i.id = l.invoice + $6
LEFT JOIN payment p ON p.tenant = l.tenant AND p.customer = $5
	AND p.id = l.payment + $7
WHERE l.tenant = $1 AND l.customer = $4
ORDER BY l.day, l.id;
