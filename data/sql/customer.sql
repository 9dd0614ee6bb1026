-- Customers and their account in figures.

-- Since when they are here.
-- name: customer_since
-- scope: customer
-- args: none
-- cols: int
SELECT created_at FROM customer WHERE tenant = $1 AND id = $2;

-- name: customer_get
-- scope: customer
-- args: none
-- cols: int text text text text text text text text text text int
SELECT id, number, name, email, phone, street, postcode, city, country, vat_id,
	state, min_balance
FROM customer WHERE tenant = $1 AND id = $2;

-- name: customer_by_number
-- scope: tenant
-- args: text
-- cols: int
SELECT id FROM customer WHERE tenant = $1 AND number = $4;

-- name: customer_by_login
-- scope: tenant
-- args: fold
-- cols: int
SELECT customer FROM login
WHERE tenant = $1 AND email_fold = $4 AND customer IS NOT NULL;

-- The customer's own address, when no login has it; two rows are ambiguous.
-- name: customer_by_email
-- scope: tenant
-- args: text
-- cols: int
SELECT id FROM customer WHERE tenant = $1 AND email = $4 ORDER BY id LIMIT 2;

-- number, name, e-mail, phone, street, postcode, city, country, VAT id, state,
-- min_balance, what search finds, now
-- name: customer_insert
-- scope: tenant
-- args: text text text text text text text text text text int fold int
-- cols: int
INSERT INTO customer (tenant, number, name, email, phone, street, postcode,
	city, country, vat_id, state, min_balance, fold, created_at)
VALUES ($1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
RETURNING id;

-- name, phone, street, postcode, city, country, VAT id, what search finds
-- name: customer_update
-- scope: customer
-- args: text text text text text text text fold
-- cols: none
UPDATE customer SET name = $4, phone = $5, street = $6, postcode = $7,
	city = $8, country = $9, vat_id = $10, fold = $11
WHERE tenant = $1 AND id = $2;

-- name: customer_state_set
-- scope: customer
-- args: text
-- cols: none
UPDATE customer SET state = $4 WHERE tenant = $1 AND id = $2;

-- The account on a day, in one row.
-- name: account_get
-- scope: customer
-- access: read
-- args: int
-- cols: text text int int int int int int int int int int int int int int int int int int int int int int int
WITH inv AS MATERIALIZED (
	SELECT id, state, total, issued_on, due_on, balance
	FROM invoice_state WHERE tenant = $1 AND customer = $2
), due AS MATERIALIZED (
	SELECT due_on, balance, CASE WHEN due_on < $4 THEN 1 ELSE 0 END AS late
	FROM inv WHERE balance > 0
), pay AS MATERIALIZED (
	SELECT id, at, amount FROM payment
	WHERE tenant = $1 AND customer = $2 AND kind = 'payment'
	AND status IN ('succeeded', 'completed')
	ORDER BY at DESC, id DESC LIMIT 1
), issued AS MATERIALIZED (
	SELECT id, issued_on, total FROM invoice
	WHERE tenant = $1 AND customer = $2 AND state = 'issued'
	ORDER BY issued_on DESC, id DESC LIMIT 1
)
SELECT t.currency, c.state, c.min_balance,
	(SELECT COALESCE(CAST(SUM(balance) AS {INT}), 0) FROM due),
	(SELECT COALESCE(CAST(SUM(unapplied) AS {INT}), 0) FROM payment_state
		WHERE tenant = $1 AND customer = $2),
	(SELECT COALESCE(CAST(SUM(balance) AS {INT}), 0) FROM due
		WHERE late = 1),
	(SELECT MIN(due_on) FROM due),
	(SELECT MIN(due_on) FROM due WHERE late = 0),
	(SELECT CAST(SUM(balance) AS {INT}) FROM due WHERE due_on =
		(SELECT MIN(due_on) FROM due WHERE late = 0)),
	(SELECT COUNT(*) FROM due),
	(SELECT COUNT(*) FROM due WHERE late = 1),
	(SELECT issued_on FROM issued), (SELECT total FROM issued),
	(SELECT at FROM pay), (SELECT amount FROM pay),
	(SELECT COUNT(*) FROM service
		WHERE tenant = $1 AND customer = $2),
	(SELECT COUNT(*) FROM service
		WHERE tenant = $1 AND customer = $2 AND status = 'active'),
	(SELECT COUNT(*) FROM inv),
	(SELECT COUNT(*) FROM payment
		WHERE tenant = $1 AND customer = $2 AND kind = 'payment'),
	(SELECT COUNT(*) FROM ticket
		WHERE tenant = $1 AND customer = $2),
	(SELECT COUNT(*) FROM ticket
		WHERE tenant = $1 AND customer = $2 AND is_open = 1),
	(SELECT COUNT(*) FROM ticket
		WHERE tenant = $1 AND customer = $2
		AND status = 'Waiting on customer'),
	(SELECT MIN(due_on) FROM due WHERE late = 1),
	(SELECT COALESCE(CAST(SUM(amount) AS {INT}), 0) FROM checkout
		WHERE tenant = $1 AND customer = $2
		AND state = 'processing' AND purpose = 'invoices'),
	c.id
FROM customer c JOIN tenant t ON t.id = c.tenant
WHERE c.tenant = $1 AND c.id = $2;
