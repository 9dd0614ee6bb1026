-- Whose a gateway's event is.

-- account, ref
-- name: gateway_customer_by_ref
-- scope: system
-- args: text text
-- cols: int int
SELECT tenant, customer FROM gateway_customer
WHERE account = $4 AND ref = $5 ORDER BY tenant, customer LIMIT 1;
