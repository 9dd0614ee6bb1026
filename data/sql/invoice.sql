-- Invoices.  Drafts are nobody's business but the issuing side's.

-- By id, or by number when the id is NULL.
-- name: invoice_get
-- scope: customer
-- args: int? text?
-- cols: int text text int int int int int text int int int int text text text text text text text text
SELECT i.id, i.number, s.state, i.issued_on, i.issued_at, i.due_on,
	i.supply_from, i.supply_to, i.currency, i.net, i.tax, i.total,
	s.balance, x.body, x.vat, x.bank, x.note, b.body, b.vat, b.number,
	i.exemption
FROM invoice_state s
JOIN invoice i ON i.tenant = s.tenant AND i.customer = s.customer
	AND i.id = s.id
JOIN seller x ON x.tenant = i.tenant AND x.id = i.seller
JOIN buyer b ON b.tenant = i.tenant AND b.customer = i.customer
	AND b.id = i.buyer
WHERE s.tenant = $1 AND s.customer = $2 AND s.id = COALESCE(
	CAST($4 AS {INT}), (SELECT n.id FROM invoice n
	WHERE n.tenant = $1 AND n.customer = $2 AND n.number = $5));

-- Lines after one.
-- name: invoice_lines
-- scope: customer
-- args: int int int
-- cols: int text int int text int int
SELECT line, description, quantity, unit_price, tax_category, tax_rate, net
FROM invoice_line
WHERE tenant = $1 AND customer = $2 AND invoice = $4 AND line > $5
ORDER BY line LIMIT $6;

-- name: invoice_taxes
-- scope: customer
-- args: int
-- cols: text int int int
SELECT category, rate, net, tax FROM invoice_tax
WHERE tenant = $1 AND customer = $2 AND invoice = $4
ORDER BY category DESC, rate DESC LIMIT 500;

-- Allocations after one.
-- name: invoice_allocations
-- scope: customer
-- args: int int int
-- cols: int int int int text text text text int
SELECT a.id, a.payment, a.at, a.amount, p.kind, p.method, p.reference,
	p.receipt, a.taken
FROM allocation a
JOIN payment p ON p.tenant = a.tenant AND p.customer = a.customer
	AND p.id = a.payment
WHERE a.tenant = $1 AND a.customer = $2 AND a.invoice = $4 AND a.id > $5
ORDER BY a.id LIMIT $6;

-- What issuing writes.

-- number, issued on and at, due, supply from and to, currency, net, tax, total,
-- seller, buyer, exemption
-- name: invoice_insert
-- scope: customer
-- args: text int int int int int text int int int int int text
-- cols: int
INSERT INTO invoice (tenant, customer, state, number, issued_on, issued_at,
	due_on, supply_from, supply_to, currency, net, tax, total, seller,
	buyer, exemption)
VALUES ($1, $2, 'issued', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
	$16)
RETURNING id;

-- name: invoice_line_insert
-- scope: customer
-- args: int int text int int text int int
-- cols: none
INSERT INTO invoice_line (tenant, customer, invoice, line, description,
	quantity, unit_price, tax_category, tax_rate, net)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: invoice_tax_insert
-- scope: customer
-- args: int text int int int
-- cols: none
INSERT INTO invoice_tax (tenant, customer, invoice, category, rate, net, tax)
VALUES ($1, $2, $4, $5, $6, $7, $8);

-- name: invoice_cancel
-- scope: customer
-- args: int
-- cols: text int
UPDATE invoice SET state = 'cancelled'
WHERE tenant = $1 AND customer = $2 AND id = $4 AND state = 'issued'
RETURNING number, total;
