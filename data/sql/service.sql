-- Plans and services.

-- name: plan_insert
-- scope: tenant
-- args: text text text int int
-- cols: int
INSERT INTO plan (tenant, name, type, description, price, tax_rate)
VALUES ($1, $4, $5, $6, $7, $8)
RETURNING id;

-- After a type's rank and id, in the order of features.
-- name: service_list
-- scope: customer
-- access: read
-- args: int int int
-- cols: int int int text text text text int int int int int int
WITH ranked AS (
	SELECT CASE s.type WHEN 'internet' THEN 1 WHEN 'voice' THEN 2
		WHEN 'recurring' THEN 3 ELSE 4 END AS rank,
		s.id, s.plan, p.name, s.type, s.description,
		CASE WHEN s.status = 'active' AND s.online_at IS NOT NULL
		THEN 'Online'
		WHEN s.status = 'active' THEN 'Active'
		WHEN s.status = 'pending' THEN 'Pending'
		WHEN s.status = 'paused' THEN 'Paused'
		ELSE 'Inactive' END AS status,
		s.price, s.tax_rate, s.since, s.ended,
		COALESCE(s.online_at, 0) AS online_at,
		COALESCE(b.is_on, 0) AS prepaid
	FROM service s JOIN plan p ON p.tenant = s.tenant AND p.id = s.plan
	LEFT JOIN prepaid_service b ON b.tenant = s.tenant
		AND b.customer = s.customer AND b.service = s.id
	WHERE s.tenant = $1 AND s.customer = $2
)
SELECT rank, id, plan, name, type, description, status, price, tax_rate, since,
	ended, online_at, prepaid
FROM ranked WHERE (rank, id) > ($4, $5)
ORDER BY rank, id LIMIT $6;

-- plan, type, description, status, price, tax rate, since, ended
-- name: service_insert
-- scope: customer
-- args: int text text text int int int int?
-- cols: int
INSERT INTO service (tenant, customer, plan, type, description, status, price,
	tax_rate, since, ended)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11)
RETURNING id;

-- name: service_online_set
-- scope: customer
-- args: int int?
-- cols: none
UPDATE service SET online_at = $5
WHERE tenant = $1 AND customer = $2 AND id = $4;
