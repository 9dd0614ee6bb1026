-- Who did what, from where, with what result.

-- at, actor ('' for the login's e-mail), action, method, source, result.  Not
-- scope customer: also staff's and nobody's tries are written down, and no
-- session reads or writes here.
-- name: audit_insert
-- scope: system
-- args: int text text text text text
-- cols: none
INSERT INTO audit (tenant, customer, login, at, actor, action, method, source,
	result)
VALUES (NULLIF(CAST($1 AS {INT}), 0), NULLIF(CAST($2 AS {INT}), 0),
	NULLIF(CAST($3 AS {INT}), 0), $4,
	COALESCE(NULLIF($5, ''), (SELECT email FROM login
		WHERE tenant = $1 AND id = $3), 'system'), $6, $7, $8, $9);
