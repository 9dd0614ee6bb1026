-- Saved ways to pay, and automatic payment.

-- name: method_list
-- scope: customer
-- args: none
-- cols: int text text text text text text int text int int int
SELECT id, gateway, account, ref, type, brand, last4, expires, mandate,
	is_default, created_at, removed_at
FROM pay_method WHERE tenant = $1 AND customer = $2 AND removed_at = 0
ORDER BY is_default DESC, created_at DESC, id DESC LIMIT 20;

-- Also one that is removed.
-- name: method_get
-- scope: customer
-- args: int
-- cols: int text text text text text text int text int int int
SELECT id, gateway, account, ref, type, brand, last4, expires, mandate,
	is_default, created_at, removed_at
FROM pay_method WHERE tenant = $1 AND customer = $2 AND id = $4;

-- name: method_default_drop
-- scope: customer
-- args: none
-- cols: none
UPDATE pay_method SET is_default = 0
WHERE tenant = $1 AND customer = $2 AND is_default = 1;

-- name: method_default_set
-- scope: customer
-- args: int
-- cols: int
UPDATE pay_method SET is_default = 1, defaults = defaults + 1
WHERE tenant = $1 AND customer = $2 AND id = $4 AND removed_at = 0
RETURNING defaults;

-- method, now
-- name: method_removed
-- scope: customer
-- args: int int
-- cols: none
UPDATE pay_method SET removed_at = $5, is_default = 0
WHERE tenant = $1 AND customer = $2 AND id = $4 AND removed_at = 0;

-- How many charges of it may be under way to the gateway.
-- name: method_wanted
-- scope: customer
-- args: int
-- cols: int
SELECT COUNT(*) FROM checkout_charge x
JOIN checkout c ON c.tenant = x.tenant AND c.customer = x.customer
	AND c.id = x.checkout
WHERE x.tenant = $1 AND x.customer = $2 AND x.method = $4
AND c.state = 'wanted';

-- gateway, account, ref, type, brand, last4, expires, mandate, now.  Nobody
-- gets what another customer has.
-- name: method_save
-- scope: system
-- args: text text text text text text int text int
-- cols: int
INSERT INTO pay_method (tenant, customer, gateway, account, ref, type, brand,
	last4, expires, mandate, created_at)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (tenant, account, ref) DO UPDATE SET type = excluded.type,
	brand = excluded.brand, last4 = excluded.last4,
	expires = excluded.expires, mandate = CASE excluded.mandate
		WHEN '' THEN pay_method.mandate ELSE excluded.mandate END
WHERE pay_method.customer = excluded.customer
RETURNING id;

-- account, ref
-- name: method_by_ref
-- scope: system
-- args: text text
-- cols: int int
SELECT customer, id FROM pay_method
WHERE tenant = $1 AND account = $4 AND ref = $5;

-- gateway, account
-- name: gateway_customer_get
-- scope: system
-- args: text text
-- cols: text
SELECT ref FROM gateway_customer
WHERE tenant = $1 AND customer = $2 AND gateway = $4 AND account = $5;

-- gateway, account, ref
-- name: gateway_customer_set
-- scope: system
-- args: text text text
-- cols: none
INSERT INTO gateway_customer (tenant, customer, gateway, account, ref)
VALUES ($1, $2, $4, $5, $6)
ON CONFLICT (tenant, customer, gateway, account)
DO UPDATE SET ref = excluded.ref;

-- checkout, method, automatic
-- name: charge_insert
-- scope: customer
-- args: int int int
-- cols: none
INSERT INTO checkout_charge (tenant, customer, checkout, method, is_automatic)
VALUES ($1, $2, $4, $5, $6);

-- Automatic payment.

-- name: autopay_get
-- scope: customer
-- args: none
-- cols: int
SELECT is_on FROM autopay WHERE tenant = $1 AND customer = $2;

-- on, now
-- name: autopay_set
-- scope: customer
-- args: int int
-- cols: none
INSERT INTO autopay (tenant, customer, is_on, changed_at)
VALUES ($1, $2, $4, $5)
ON CONFLICT (tenant, customer)
DO UPDATE SET is_on = excluded.is_on, changed_at = excluded.changed_at;

-- Tries that are over count no more.
-- name: autopay_afresh
-- scope: customer
-- args: none
-- cols: none
DELETE FROM autopay_invoice
WHERE tenant = $1 AND customer = $2 AND state <> 'trying';

-- The try of a checkout counts no more.
-- name: autopay_forget
-- scope: customer
-- args: int
-- cols: none
DELETE FROM autopay_invoice
WHERE tenant = $1 AND customer = $2 AND checkout = $4 AND state = 'trying';

-- name: autopay_invoice_get
-- scope: customer
-- args: int
-- cols: text int
SELECT state, next_on FROM autopay_invoice
WHERE tenant = $1 AND customer = $2 AND invoice = $4;

-- Was money for it taken back?
-- name: autopay_taken
-- scope: customer
-- args: int
-- cols: int
SELECT COUNT(*) FROM allocation
WHERE tenant = $1 AND customer = $2 AND invoice = $4 AND taken > 0;

-- The gateway takes no such amount: invoice, why.
-- name: autopay_skip
-- scope: customer
-- args: int text
-- cols: none
INSERT INTO autopay_invoice (tenant, customer, invoice, tries, state, problem)
VALUES ($1, $2, $4, 0, 'skipped', $5)
ON CONFLICT (tenant, customer, invoice) DO UPDATE
SET state = 'skipped', next_on = 0, problem = excluded.problem;

-- invoice, checkout
-- name: autopay_try
-- scope: customer
-- args: int int
-- cols: none
INSERT INTO autopay_invoice (tenant, customer, invoice, tries, checkout, state)
VALUES ($1, $2, $4, 1, $5, 'trying')
ON CONFLICT (tenant, customer, invoice) DO UPDATE
SET tries = autopay_invoice.tries + 1, checkout = excluded.checkout,
	state = 'trying', next_on = 0, problem = '';

-- checkout, state, day of the next
-- name: autopay_wait
-- scope: customer
-- args: int text int
-- cols: none
UPDATE autopay_invoice SET state = $5, next_on = $6
WHERE tenant = $1 AND customer = $2 AND checkout = $4 AND state = 'trying';

-- The last of so many customers after one; 0: there are none.
-- name: autopay_page
-- scope: system
-- args: int int
-- cols: int
SELECT COALESCE(MAX(p.customer), 0) FROM (SELECT customer FROM autopay
	WHERE tenant = $1 AND is_on = 1 AND customer > $4
	ORDER BY customer LIMIT $5) p;

-- The next to be tried: customer and invoice to go on after, last customer,
-- today.  CROSS and + keep SQLite to going from customer to customer, so that
-- nothing is read twice.
-- name: autopay_next
-- scope: system
-- args: int int int int
-- cols: int int
SELECT a.customer, i.id
FROM autopay a
CROSS JOIN invoice_state i
LEFT JOIN autopay_invoice x ON x.tenant = i.tenant AND x.customer = i.customer
	AND x.invoice = i.id
WHERE a.tenant = $1 AND a.customer >= $4 AND a.customer <= $6 AND a.is_on = 1
AND i.tenant = $1 AND i.customer = +a.customer
AND (a.customer > $4 OR i.id > $5)
AND i.state = 'issued' AND i.due_on <= $7
AND (x.state IS NULL OR (x.state = 'waiting' AND x.next_on <= $7))
AND i.balance > 0
AND NOT EXISTS (SELECT 1 FROM allocation b
	WHERE b.tenant = i.tenant AND b.customer = i.customer
	AND b.invoice = i.id AND b.taken > 0)
AND EXISTS (SELECT 1 FROM pay_method m
	WHERE m.tenant = a.tenant AND m.customer = a.customer
	AND m.is_default = 1)
AND NOT EXISTS (SELECT 1 FROM invoice_claim k
	JOIN checkout c ON c.tenant = k.tenant AND c.customer = k.customer
		AND c.id = k.checkout
	LEFT JOIN checkout_charge g ON g.tenant = c.tenant
		AND g.customer = c.customer AND g.checkout = c.id
	WHERE k.tenant = i.tenant AND k.customer = i.customer
	AND k.invoice = i.id
	AND (c.state = 'processing' OR g.method IS NOT NULL))
ORDER BY a.customer, i.id LIMIT 1;
