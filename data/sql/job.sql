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

-- kind, worker, now, leased until.  What is leased is passed over while it is.
-- name: job_take
-- scope: system
-- args: text text int int
-- cols: int int int text text int text int int
UPDATE job SET worker = $5, leased_until = $7, attempts = attempts + 1
WHERE id = (SELECT id FROM job
	WHERE state = 'ready' AND kind = $4 AND due_at <= $6
	AND leased_until <= $6
	ORDER BY due_at, id LIMIT 1)
RETURNING id, tenant, customer, kind, name, ref, args, attempts, created_at;

-- kind.  When the next is due, or a lease over.
-- name: job_next
-- scope: system
-- args: text
-- cols: int
SELECT COALESCE(MIN(CASE WHEN leased_until > due_at THEN leased_until
	ELSE due_at END), 0)
FROM job WHERE state = 'ready' AND kind = $4;

-- id, worker, leased until
-- name: job_keep
-- scope: system
-- args: int text int
-- cols: none
UPDATE job SET leased_until = $6
WHERE id = $4 AND worker = $5 AND state = 'ready';

-- id, worker, state, problem, now.  What a mail said is nobody's any more.
-- name: job_end
-- scope: system
-- args: int text text text int
-- cols: none
UPDATE job SET state = $6, problem = $7, ended_at = $8, worker = '',
	leased_until = 0, args = CASE WHEN kind = 'mail' THEN '' ELSE args END
WHERE id = $4 AND worker = $5 AND state = 'ready';

-- id, worker, due at, problem
-- name: job_later
-- scope: system
-- args: int text int text
-- cols: none
UPDATE job SET due_at = $6, problem = $7, worker = '', leased_until = 0
WHERE id = $4 AND worker = $5 AND state = 'ready';

-- ended before, how many
-- name: job_sweep
-- scope: system
-- args: int int
-- cols: none
DELETE FROM job WHERE id IN (SELECT id FROM job
	WHERE ended_at > 0 AND ended_at < $4
	ORDER BY ended_at, id LIMIT $5);
