-- Money that came by bank transfer.

-- Whose an invoice is, by number.
-- name: bank_invoice
-- scope: tenant
-- args: text
-- cols: int int text text text text
SELECT i.customer, i.id, i.state, i.currency, c.number, c.name
FROM invoice i
JOIN customer c ON c.tenant = i.tenant AND c.id = i.customer
WHERE i.tenant = $1 AND i.number = $4 AND i.state <> 'draft';

-- Whose a proforma is, by number, and what it has become.
-- name: bank_proforma
-- scope: tenant
-- args: text
-- cols: int int int int text text text int
SELECT d.customer, d.id, d.cancelled, COALESCE(d.invoice, 0), d.currency,
	c.number, c.name, d.total
FROM document d
JOIN customer c ON c.tenant = d.tenant AND c.id = d.customer
WHERE d.tenant = $1 AND d.number = $4 AND d.kind = 'proforma';

-- What became of an entry.
-- name: bank_entry_get
-- scope: tenant
-- args: text
-- cols: int text text text
SELECT e.payment, p.receipt, c.number, c.name
FROM bank_entry e
JOIN payment p ON p.tenant = e.tenant AND p.customer = e.customer
	AND p.id = e.payment
JOIN customer c ON c.tenant = e.tenant AND c.id = e.customer
WHERE e.tenant = $1 AND e.entry = $4;

-- customer, entry, payment, reference, booked on, at
-- name: bank_entry_insert
-- scope: tenant
-- args: int text int text int int
-- cols: none
INSERT INTO bank_entry (tenant, customer, entry, payment, reference, booked_on,
	at)
VALUES ($1, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tenant, entry) DO NOTHING;

-- Other tenants that have this account.
-- name: bank_shared
-- scope: system
-- args: text
-- cols: int
SELECT COUNT(*) FROM tenant WHERE id <> $1 AND UPPER(iban) = $4;
