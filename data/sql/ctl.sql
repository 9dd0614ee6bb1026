-- What portalctl lists.

-- name: ctl_tenants
-- scope: system
-- args: none
-- cols: text
SELECT name FROM tenant ORDER BY is_default DESC, id LIMIT 1000;

-- Customers after an id whose number, name or e-mail has the text in it (not
-- LIKE: nothing in it is a wildcard).
-- name: ctl_customers
-- scope: tenant
-- args: int fold int
-- cols: int text text text text text text
SELECT id, number, name, email, phone, city, state FROM customer
WHERE tenant = $1 AND id > $4
AND ($5 = '' OR replace(fold, $5, '') <> fold)
ORDER BY id LIMIT $6;

-- name: ctl_plan
-- scope: tenant
-- args: text
-- cols: int text int int
SELECT id, type, price, tax_rate FROM plan WHERE tenant = $1 AND name = $4;
