-- Proformas and credit notes.

-- A kind's, by id, or by number when the id is NULL.  As invoice_get, and then
-- what it became or corrects.
-- name: document_get
-- scope: customer
-- args: text int? text?
-- cols: int text text int int int int int text int int int int text text text text text text text text int text int
SELECT d.id, d.number, s.status, d.issued_on, d.issued_at, d.due_on,
	d.supply_from, d.supply_to, d.currency, d.net, d.tax, d.total,
	s.balance, x.body, x.vat, x.bank, x.note, b.body, b.vat, b.number,
	d.exemption, d.invoice, i.number, d.payment
FROM document d
JOIN document_state s ON s.tenant = d.tenant AND s.customer = d.customer
	AND s.id = d.id
JOIN seller x ON x.tenant = d.tenant AND x.id = d.seller
JOIN buyer b ON b.tenant = d.tenant AND b.customer = d.customer
	AND b.id = d.buyer
LEFT JOIN invoice i ON i.tenant = d.tenant AND i.customer = d.customer
	AND i.id = d.invoice
WHERE d.tenant = $1 AND d.customer = $2 AND d.kind = $4 AND d.id = COALESCE(
	CAST($5 AS {INT}), (SELECT n.id FROM document n
	WHERE n.tenant = $1 AND n.customer = $2 AND n.number = $6));

-- Lines after one.
-- name: document_lines
-- scope: customer
-- args: int int int
-- cols: int text int int text int int
SELECT line, description, quantity, unit_price, tax_category, tax_rate, net
FROM document_line
WHERE tenant = $1 AND customer = $2 AND document = $4 AND line > $5
ORDER BY line LIMIT $6;

-- name: document_taxes
-- scope: customer
-- args: int
-- cols: text int int int
SELECT category, rate, net, tax FROM document_tax
WHERE tenant = $1 AND customer = $2 AND document = $4
ORDER BY category DESC, rate DESC LIMIT 500;

-- How many there are of each kind.
-- name: document_counts
-- scope: customer
-- args: none
-- cols: int int
SELECT (SELECT COUNT(*) FROM document
		WHERE tenant = $1 AND customer = $2 AND kind = 'proforma'),
	(SELECT COUNT(*) FROM document
		WHERE tenant = $1 AND customer = $2 AND kind = 'credit-note');

-- Proformas that wait to be paid, oldest first.
-- name: document_unpaid
-- scope: customer
-- args: int
-- cols: int text int int int text
SELECT id, number, issued_on, due_on, balance, currency FROM document_state
WHERE tenant = $1 AND customer = $2 AND kind = 'proforma' AND balance > 0
ORDER BY issued_on, id LIMIT $4;

-- What issuing writes.

-- As invoice_insert; then kind, invoice, payment.
-- name: document_insert
-- scope: customer
-- args: text int int int int int text int int int int int text text int? int?
-- cols: int
INSERT INTO document (tenant, customer, number, issued_on, issued_at, due_on,
	supply_from, supply_to, currency, net, tax, total, seller, buyer,
	exemption, kind, invoice, payment)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
	$18, $19)
RETURNING id;

-- name: document_line_insert
-- scope: customer
-- args: int int text int int text int int
-- cols: none
INSERT INTO document_line (tenant, customer, document, line, description,
	quantity, unit_price, tax_category, tax_rate, net)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: document_tax_insert
-- scope: customer
-- args: int text int int int
-- cols: none
INSERT INTO document_tax (tenant, customer, document, category, rate, net, tax)
VALUES ($1, $2, $4, $5, $6, $7, $8);

-- What is credited of an invoice.
-- name: document_credited
-- scope: customer
-- args: int
-- cols: int
SELECT COALESCE(CAST(SUM(total) AS {INT}), 0) FROM document
WHERE tenant = $1 AND customer = $2 AND invoice = $4 AND kind = 'credit-note';

-- What may still happen to a proforma: paid, or cancelled.

-- proforma, invoice
-- name: proforma_became
-- scope: customer
-- args: int int
-- cols: none
UPDATE document SET invoice = $5
WHERE tenant = $1 AND customer = $2 AND id = $4 AND kind = 'proforma'
AND invoice IS NULL AND cancelled = 0;

-- name: proforma_cancel
-- scope: customer
-- args: int
-- cols: none
UPDATE document SET cancelled = 1
WHERE tenant = $1 AND customer = $2 AND id = $4 AND kind = 'proforma'
AND invoice IS NULL AND cancelled = 0;

-- Paying one through a gateway.

-- What an attempt is for.
-- name: checkout_proforma
-- scope: customer
-- args: int
-- cols: int text
SELECT d.id, d.number FROM checkout_document x
JOIN document d ON d.tenant = x.tenant AND d.customer = x.customer
	AND d.id = x.document
WHERE x.tenant = $1 AND x.customer = $2 AND x.checkout = $4;

-- checkout, proforma
-- name: checkout_proforma_insert
-- scope: customer
-- args: int int
-- cols: none
INSERT INTO checkout_document (tenant, customer, checkout, document)
VALUES ($1, $2, $4, $5);

-- Who has the proforma.
-- name: proforma_claim_of
-- scope: customer
-- args: int
-- cols: int
SELECT checkout FROM document_claim
WHERE tenant = $1 AND customer = $2 AND document = $4;

-- proforma, checkout
-- name: proforma_claim_insert
-- scope: customer
-- args: int int
-- cols: none
INSERT INTO document_claim (tenant, customer, document, checkout)
VALUES ($1, $2, $4, $5)
ON CONFLICT (tenant, customer, document) DO NOTHING;

-- name: proforma_claim_drop
-- scope: customer
-- args: int
-- cols: none
DELETE FROM document_claim
WHERE tenant = $1 AND customer = $2 AND checkout = $4;

-- The listings of data/listing.c, as those of listing.sql.

-- name: list_proformas
-- scope: customer
-- access: read
-- args: int int int int
-- cols: int int text int int int text text
WITH page AS MATERIALIZED (
	SELECT id, number, issued_on, due_on, total, currency, status
	FROM document_state
	WHERE tenant = $1 AND customer = $2 AND kind = 'proforma'
	AND (issued_on, id) < ($5, $6)
	ORDER BY issued_on DESC, id DESC LIMIT $7
)
SELECT issued_on, id, number, issued_on, due_on, total, currency, status
FROM page ORDER BY issued_on DESC, id DESC;

-- name: list_credit_notes
-- scope: customer
-- access: read
-- args: int int int int
-- cols: int int text int text int text text
WITH page AS MATERIALIZED (
	SELECT id, number, issued_on, invoice, total, currency, status
	FROM document_state
	WHERE tenant = $1 AND customer = $2 AND kind = 'credit-note'
	AND (issued_on, id) < ($5, $6)
	ORDER BY issued_on DESC, id DESC LIMIT $7
)
SELECT page.issued_on, page.id, page.number, page.issued_on, i.number,
	page.total, page.currency, page.status
FROM page JOIN invoice i ON i.tenant = $1 AND i.customer = $2
	AND i.id = page.invoice
ORDER BY page.issued_on DESC, page.id DESC;
