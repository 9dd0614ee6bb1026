-- Services that run on the balance; which they are service_list says.

-- Is it the customer's?
-- name: prepaid_service
-- scope: customer
-- args: int
-- cols: int
SELECT id FROM service WHERE tenant = $1 AND customer = $2 AND id = $4;

-- service, on
-- name: prepaid_set
-- scope: customer
-- args: int int
-- cols: none
INSERT INTO prepaid_service (tenant, customer, service, is_on)
VALUES ($1, $2, $4, $5)
ON CONFLICT (tenant, customer, service) DO UPDATE SET is_on = excluded.is_on;
