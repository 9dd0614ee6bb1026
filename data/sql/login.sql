-- Logins, their keys, where they came from, and failed attempts.

-- name: login_get
-- scope: customer
-- args: none
-- cols: int text text int
SELECT id, email, name, last_at FROM login
WHERE tenant = $1 AND customer = $2 AND id = $3;

-- customer, e-mail twice, name, role, hash, now
-- name: login_insert
-- scope: tenant
-- args: int? text fold text text text int
-- cols: int
INSERT INTO login (tenant, customer, email, email_fold, name, role, password,
	created_at)
VALUES ($1, $4, $5, $6, $7, $8, $9, $10)
RETURNING id;

-- name: login_by_email
-- scope: tenant
-- args: fold
-- cols: int int
SELECT id, COALESCE(customer, 0) FROM login
WHERE tenant = $1 AND email_fold = $4;

-- name: login_set_password
-- scope: tenant
-- args: int text
-- cols: none
UPDATE login SET password = $5 WHERE tenant = $1 AND id = $4;

-- name: login_set_disabled
-- scope: tenant
-- args: int int
-- cols: none
UPDATE login SET disabled = $5 WHERE tenant = $1 AND id = $4;

-- name: login_customer
-- scope: tenant
-- args: int
-- cols: int text
SELECT COALESCE(customer, 0), email FROM login WHERE tenant = $1 AND id = $4;

-- login, type, blob, fingerprint, name, now
-- name: login_key_insert
-- scope: tenant
-- args: int text bytes text text int
-- cols: none
INSERT INTO login_key (tenant, customer, login, type, blob, fingerprint, name,
	created_at)
SELECT l.tenant, l.customer, l.id, $5, $6, $7, $8, $9
FROM login l WHERE l.tenant = $1 AND l.id = $4;

-- Proof: what a worker needs to check a password or a key.  Hashes are not
-- even for staff.

-- name: auth_by_email
-- scope: system
-- args: fold
-- cols: int int text text int text
SELECT id, COALESCE(customer, 0), role, password, disabled, email
FROM login WHERE tenant = $1 AND email_fold = $4;

-- name: auth_by_login
-- scope: system
-- args: int
-- cols: int int text text int text
SELECT id, COALESCE(customer, 0), role, password, disabled, email
FROM login WHERE tenant = $1 AND id = $4;

-- name: auth_by_key
-- scope: system
-- args: text bytes
-- cols: int int text text int text
SELECT l.id, COALESCE(l.customer, 0), l.role, l.password, l.disabled, l.email
FROM login_key k JOIN login l ON l.tenant = k.tenant AND l.id = k.login
WHERE k.tenant = $1 AND k.fingerprint = $4 AND k.blob = $5;

-- To the hour: a login then writes two rows, not four.
-- name: auth_key_used
-- scope: tenant
-- args: text int
-- cols: none
UPDATE login_key SET used_at = $5
WHERE tenant = $1 AND fingerprint = $4 AND used_at < $5 - 3600;

-- name: auth_seen
-- scope: tenant
-- args: int int
-- cols: none
UPDATE login SET last_at = $5 WHERE tenant = $1 AND id = $4;

-- name: auth_source_known
-- scope: tenant
-- args: int text
-- cols: int
SELECT COUNT(*) FROM login_source
WHERE tenant = $1 AND login = $4 AND source = $5;

-- name: auth_source_seen
-- scope: tenant
-- args: int text int
-- cols: none
INSERT INTO login_source (tenant, login, source, last_at)
VALUES ($1, $4, $5, $6)
ON CONFLICT (tenant, login, source) DO UPDATE SET last_at = excluded.last_at
WHERE login_source.last_at < excluded.last_at - 3600;

-- name: throttle_get
-- scope: system
-- args: text
-- cols: int int
SELECT failures, last_at FROM throttle WHERE key = $4;

-- name: throttle_fail
-- scope: system
-- args: text int
-- cols: none
INSERT INTO throttle (key, failures, last_at) VALUES ($4, 1, $5)
ON CONFLICT (key) DO UPDATE
SET failures = throttle.failures + 1, last_at = excluded.last_at;

-- name: throttle_clear
-- scope: system
-- args: text
-- cols: none
DELETE FROM throttle WHERE key = $4;

-- name: throttle_prune
-- scope: system
-- args: int
-- cols: none
DELETE FROM throttle WHERE last_at < $4;
