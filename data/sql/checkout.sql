-- Paying through a gateway.  Keys of gateways are read under system scope only.

-- name: gateway_list
-- scope: shared
-- args: none
-- cols: text
SELECT name FROM gateway WHERE tenant = $1 AND is_on = 1 ORDER BY name LIMIT 4;

-- The one that a new attempt uses.
-- name: gateway_on
-- scope: system
-- args: none
-- cols: text text text
SELECT name, account, link_base FROM gateway WHERE tenant = $1 AND is_on = 1
ORDER BY name LIMIT 1;

-- name: gateway_has_account
-- scope: system
-- args: text
-- cols: int
SELECT COUNT(*) FROM gateway WHERE tenant = $1 AND account = $4;

-- name, on, where links begin
-- name: gateway_set
-- scope: system
-- args: text int text
-- cols: none
INSERT INTO gateway (tenant, name, is_on, link_base) VALUES ($1, $4, $5, $6)
ON CONFLICT (tenant, name) DO UPDATE SET is_on = excluded.is_on;

-- One endpoint serves every tenant.
-- name: gateway_link_set
-- scope: system
-- args: text text
-- cols: none
UPDATE gateway SET link_base = $5 WHERE name = $4 AND link_base <> $5;

-- name: gateway_keys
-- scope: system
-- args: text
-- cols: text text text int
SELECT name, account, secret_key, swept_to FROM gateway
WHERE tenant = $1 AND name = $4;

-- name, to, now.  An instant to come is of a clock that was put back since.
-- name: gateway_swept
-- scope: system
-- args: text int int
-- cols: none
UPDATE gateway SET swept_to = $5
WHERE tenant = $1 AND name = $4 AND (swept_to < $5 OR swept_to > $6);

-- The next tenant with this gateway, after one.
-- name: gateway_next
-- scope: system
-- args: text int
-- cols: int
SELECT tenant FROM gateway WHERE name = $4 AND tenant > $5
ORDER BY tenant LIMIT 1;

-- name: checkout_get
-- scope: customer
-- args: int
-- cols: text text text text int text text int text text int text int text text int int
SELECT c.token, c.purpose, c.gateway, c.account, c.amount, c.currency, c.state,
	c.generation, c.session, c.url, c.expires_at, c.problem, c.payment,
	g.link_base, p.receipt, x.method, x.is_automatic
FROM checkout c
LEFT JOIN checkout_charge x ON x.tenant = c.tenant AND x.customer = c.customer
	AND x.checkout = c.id
LEFT JOIN gateway g ON g.tenant = c.tenant AND g.name = c.gateway
LEFT JOIN payment p ON p.tenant = c.tenant AND p.customer = c.customer
	AND p.id = c.payment
WHERE c.tenant = $1 AND c.customer = $2 AND c.id = $4;

-- What it is for, oldest first.
-- name: checkout_invoices
-- scope: customer
-- args: int
-- cols: int int text
SELECT i.id, x.amount, i.number
FROM checkout_invoice x
JOIN invoice i ON i.tenant = x.tenant AND i.customer = x.customer
	AND i.id = x.invoice
WHERE x.tenant = $1 AND x.customer = $2 AND x.checkout = $4
ORDER BY i.issued_on, i.id LIMIT 100;

-- What is due of everything, oldest first.
-- name: checkout_due
-- scope: customer
-- access: read
-- args: int
-- cols: int int text
WITH inv AS MATERIALIZED (
	SELECT id, issued_on, balance, currency FROM invoice_state
	WHERE tenant = $1 AND customer = $2
)
SELECT id, balance, currency FROM inv WHERE balance > 0
ORDER BY issued_on, id LIMIT $4;

-- What is due of one.
-- name: checkout_due_of
-- scope: customer
-- args: int
-- cols: int text text int
SELECT balance, currency, state, due_on FROM invoice_state
WHERE tenant = $1 AND customer = $2 AND id = $4;

-- How many attempts were begun since.
-- name: checkout_count
-- scope: customer
-- args: int
-- cols: int
SELECT COUNT(*) FROM checkout
WHERE tenant = $1 AND customer = $2 AND created_at > $4;

-- The one for this purpose whose page is there, or wanted.
-- name: checkout_waiting
-- scope: customer
-- args: text
-- cols: int
SELECT id FROM checkout WHERE tenant = $1 AND customer = $2
AND purpose = $4 AND state IN ('wanted', 'open')
ORDER BY id DESC LIMIT 1;

-- Those that have claimed something.
-- name: checkout_claiming
-- scope: customer
-- args: none
-- cols: int
SELECT checkout FROM invoice_claim WHERE tenant = $1 AND customer = $2
UNION
SELECT checkout FROM document_claim WHERE tenant = $1 AND customer = $2
ORDER BY 1;

-- The next whose page must be ended, after an id.
-- name: checkout_superseded
-- scope: customer
-- args: int
-- cols: int
SELECT id FROM checkout WHERE tenant = $1 AND customer = $2
AND state = 'cancelling' AND id > $4
ORDER BY id LIMIT 1;

-- token, purpose, gateway, account, amount, currency, expires at, now
-- name: checkout_insert
-- scope: customer
-- args: text text text text int text int int
-- cols: int
INSERT INTO checkout (tenant, customer, token, purpose, gateway, account,
	amount, currency, state, expires_at, created_at, updated_at)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, 'wanted', $10, $11, $11)
RETURNING id;

-- checkout, invoice, amount
-- name: checkout_invoice_insert
-- scope: customer
-- args: int int int
-- cols: none
INSERT INTO checkout_invoice (tenant, customer, checkout, invoice, amount)
VALUES ($1, $2, $4, $5, $6);

-- Who has the invoice.
-- name: claim_of
-- scope: customer
-- args: int
-- cols: int
SELECT checkout FROM invoice_claim
WHERE tenant = $1 AND customer = $2 AND invoice = $4;

-- The attempt whose money is on its way to the invoice, claim or not: one that
-- was superseded too late has none.  0: there is none.
-- name: checkout_sent
-- scope: customer
-- args: int
-- cols: int
SELECT COALESCE(MAX(c.id), 0) FROM checkout c
JOIN checkout_invoice x ON x.tenant = c.tenant AND x.customer = c.customer
	AND x.checkout = c.id
WHERE c.tenant = $1 AND c.customer = $2 AND c.state = 'processing'
AND x.invoice = $4;

-- invoice, checkout
-- name: claim_insert
-- scope: customer
-- args: int int
-- cols: none
INSERT INTO invoice_claim (tenant, customer, invoice, checkout)
VALUES ($1, $2, $4, $5)
ON CONFLICT (tenant, customer, invoice) DO NOTHING;

-- name: claim_drop
-- scope: customer
-- args: int
-- cols: none
DELETE FROM invoice_claim
WHERE tenant = $1 AND customer = $2 AND checkout = $4;

-- checkout, generation, state, why, now
-- name: checkout_move
-- scope: customer
-- args: int int text text int
-- cols: none
UPDATE checkout SET state = $6, problem = $7, updated_at = $8
WHERE tenant = $1 AND customer = $2 AND id = $4 AND generation = $5
AND state NOT IN ('paid', 'saved', 'cancelled');

-- checkout, generation, session, url, expires at, now, state
-- name: checkout_open
-- scope: customer
-- args: int int text text int int text
-- cols: none
UPDATE checkout SET state = $10, session = $6, url = $7, expires_at = $8,
	problem = '', updated_at = $9
WHERE tenant = $1 AND customer = $2 AND id = $4 AND generation = $5
AND state = 'wanted';

-- checkout, generation, expires at, now, begun since
-- name: checkout_reopen
-- scope: customer
-- args: int int int int int
-- cols: none
UPDATE checkout SET state = 'wanted', generation = generation + 1,
	session = '', url = '', problem = '', expires_at = $6, updated_at = $7
WHERE tenant = $1 AND customer = $2 AND id = $4 AND generation = $5
AND created_at > $8
AND (state IN ('expired', 'failed') OR (state = 'open' AND expires_at <= $7));

-- A method has come of it: checkout, now.
-- name: checkout_saved
-- scope: customer
-- args: int int
-- cols: none
UPDATE checkout SET state = 'saved', problem = '', updated_at = $5
WHERE tenant = $1 AND customer = $2 AND id = $4 AND purpose = 'setup'
AND state <> 'saved';

-- Money has come: checkout, payment, state, why, now.  The first stays named.
-- name: checkout_paid
-- scope: customer
-- args: int int text text int
-- cols: none
UPDATE checkout SET payment = COALESCE(payment, $5), problem = $7,
	state = CASE state WHEN 'paid' THEN 'paid' ELSE $6 END, updated_at = $8
WHERE tenant = $1 AND customer = $2 AND id = $4;

-- Finding one for portal-worker.

-- name: checkout_by_token
-- scope: system
-- args: text
-- cols: int int int
SELECT tenant, customer, id FROM checkout WHERE token = $4;

-- name: checkout_by_session
-- scope: system
-- args: text text
-- cols: int int int
SELECT tenant, customer, id FROM checkout WHERE account = $4 AND session = $5;

-- name: checkout_by_id
-- scope: system
-- args: int
-- cols: int int int
SELECT tenant, customer, id FROM checkout WHERE id = $4;

-- name: checkout_live
-- scope: system
-- args: int
-- cols: int int int
SELECT tenant, customer, id FROM checkout
WHERE state IN ('open', 'processing') AND id > $4
ORDER BY id LIMIT 1;

-- Money that a gateway reported.

-- account, intent
-- name: gateway_payment_get
-- scope: system
-- args: text text
-- cols: int int
SELECT tenant, customer FROM gateway_payment
WHERE account = $4 AND intent = $5;

-- account, intent, payment, checkout, flagged, at
-- name: gateway_payment_insert
-- scope: system
-- args: text text int int text int
-- cols: none
INSERT INTO gateway_payment (tenant, customer, account, intent, payment,
	checkout, flagged, at)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9)
ON CONFLICT (account, intent) DO NOTHING;
