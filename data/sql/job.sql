-- Work for portal-worker.

-- kind, name, ref, args, due at, now
-- name: job_add
-- scope: system
-- args: text text int text int int
-- cols: none
INSERT INTO job (tenant, customer, kind, name, ref, args, state, due_at,
	created_at)
VALUES ($1, NULLIF($2, 0), $4, $5, $6, $7, 'ready', $8, $9)
ON CONFLICT (name) DO NOTHING;

-- worker, now, leased until.  What is leased is passed over while it is.
-- name: job_take
-- scope: system
-- args: text int int
-- cols: int int int text text int text int int
UPDATE job SET worker = $4, leased_until = $6, attempts = attempts + 1
WHERE id = (SELECT id FROM job
	WHERE state = 'ready' AND due_at <= $5 AND leased_until <= $5
	ORDER BY due_at, id LIMIT 1)
RETURNING id, tenant, customer, kind, name, ref, args, attempts, created_at;

-- When the next is due, or a lease over.
-- name: job_next
-- scope: system
-- args: none
-- cols: int
SELECT COALESCE(MIN(CASE WHEN leased_until > due_at THEN leased_until
	ELSE due_at END), 0)
FROM job WHERE state = 'ready';

-- id, worker, leased until
-- name: job_keep
-- scope: system
-- args: int text int
-- cols: none
UPDATE job SET leased_until = $6
WHERE id = $4 AND worker = $5 AND state = 'ready';

-- id, worker, state, problem, now
-- name: job_end
-- scope: system
-- args: int text text text int
-- cols: none
UPDATE job SET state = $6, problem = $7, ended_at = $8, worker = '',
	leased_until = 0
WHERE id = $4 AND worker = $5 AND state = 'ready';

-- id, worker, due at, problem
-- name: job_later
-- scope: system
-- args: int text int text
-- cols: none
UPDATE job SET due_at = $6, problem = $7, worker = '', leased_until = 0
WHERE id = $4 AND worker = $5 AND state = 'ready';
