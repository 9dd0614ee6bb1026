-- The account books of one customer: what issuing and receiving read.

-- name: books_open
-- scope: customer
-- args: none
-- cols: text text text text text text text text text text text text text text text text text text text int
SELECT t.legal_name, t.address, t.country, t.vat_id, t.register_no,
	t.bank_name, t.iban, t.bic, t.terms, t.currency, t.zone,
	c.number, c.name, c.street, c.postcode, c.city, c.country, c.vat_id,
	c.state,
	(SELECT COALESCE(CAST(SUM(unapplied) AS {INT}), 0) FROM payment_state
		WHERE tenant = $1 AND customer = $2)
FROM customer c JOIN tenant t ON t.id = c.tenant
WHERE c.tenant = $1 AND c.id = $2;

-- name: seller_latest
-- scope: tenant
-- args: none
-- cols: int text text text text
SELECT id, body, vat, bank, note FROM seller
WHERE tenant = $1 ORDER BY id DESC LIMIT 1;

-- name: seller_insert
-- scope: tenant
-- args: text text text text
-- cols: int
INSERT INTO seller (tenant, body, vat, bank, note) VALUES ($1, $4, $5, $6, $7)
RETURNING id;

-- name: buyer_latest
-- scope: customer
-- args: none
-- cols: int text text text
SELECT id, body, vat, number FROM buyer
WHERE tenant = $1 AND customer = $2 ORDER BY id DESC LIMIT 1;

-- name: buyer_insert
-- scope: customer
-- args: text text text
-- cols: int
INSERT INTO buyer (tenant, customer, body, vat, number)
VALUES ($1, $2, $4, $5, $6)
RETURNING id;

-- Invoices with something to pay, oldest first.
-- name: books_unpaid
-- scope: customer
-- access: read
-- args: int
-- cols: int int int
WITH inv AS MATERIALIZED (
	SELECT id, issued_on, issued_at, balance FROM invoice_state
	WHERE tenant = $1 AND customer = $2
)
SELECT id, balance, issued_at FROM inv WHERE balance > 0
ORDER BY issued_on, id LIMIT $4;

-- name: books_balance
-- scope: customer
-- args: int
-- cols: int int int
SELECT id, balance, issued_at FROM invoice_state
WHERE tenant = $1 AND customer = $2 AND id = $4;

-- Payments and credit with something left, oldest first.
-- name: books_credits
-- scope: customer
-- access: read
-- args: int
-- cols: int int int
WITH pay AS MATERIALIZED (
	SELECT id, at, unapplied FROM payment_state
	WHERE tenant = $1 AND customer = $2
)
SELECT id, unapplied, at FROM pay WHERE unapplied > 0
ORDER BY at, id LIMIT $4;

-- Invoices overdue on a day.
-- name: books_overdue
-- scope: customer
-- access: read
-- args: int
-- cols: int
SELECT COUNT(*) FROM invoice_state
WHERE tenant = $1 AND customer = $2 AND due_on < $4 AND balance > 0;
