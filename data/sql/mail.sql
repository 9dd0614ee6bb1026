-- Mail: templates, whether it goes out, and addresses that are being changed.

-- name: mail_template_get
-- scope: system
-- args: text
-- cols: text text
SELECT subject, body FROM mail_template WHERE tenant = $1 AND name = $4;

-- name: mail_template_show
-- scope: tenant
-- args: text
-- cols: text text
SELECT subject, body FROM mail_template WHERE tenant = $1 AND name = $4;

-- name, subject, body
-- name: mail_template_set
-- scope: tenant
-- args: text text text
-- cols: none
INSERT INTO mail_template (tenant, name, subject, body)
VALUES ($1, $4, $5, $6)
ON CONFLICT (tenant, name) DO UPDATE
SET subject = excluded.subject, body = excluded.body;

-- name: mail_template_reset
-- scope: tenant
-- args: text
-- cols: none
DELETE FROM mail_template WHERE tenant = $1 AND name = $4;

-- name: mail_sender_get
-- scope: shared
-- args: none
-- cols: int text
SELECT is_on, host FROM mail_sender WHERE tenant = $1;

-- One process sends for every tenant.
-- name: mail_sender_set
-- scope: system
-- args: int text
-- cols: none
INSERT INTO mail_sender (tenant, is_on, host)
SELECT id, $4, $5 FROM tenant WHERE id > 0
ON CONFLICT (tenant) DO UPDATE
SET is_on = excluded.is_on, host = excluded.host
WHERE mail_sender.is_on <> excluded.is_on
OR mail_sender.host <> excluded.host;

-- The one that waits for its code.
-- name: email_change_get
-- scope: customer
-- args: int
-- cols: int text int
SELECT id, email, expires_at FROM email_change
WHERE tenant = $1 AND customer = $2 AND login = $3 AND state = 'waiting'
AND expires_at > $4
ORDER BY id DESC LIMIT 1;

-- With what proves it: never a session's to read.
-- name: email_change_waiting
-- scope: system
-- args: none
-- cols: int text text int int
SELECT id, email, code, tries, expires_at FROM email_change
WHERE tenant = $1 AND customer = $2 AND login = $3 AND state = 'waiting'
ORDER BY id DESC LIMIT 1;

-- name: email_change_count
-- scope: customer
-- args: int
-- cols: int
SELECT COUNT(*) FROM email_change
WHERE tenant = $1 AND customer = $2 AND login = $3 AND created_at > $4;

-- e-mail, hash, now, expires at
-- name: email_change_insert
-- scope: customer
-- args: text text int int
-- cols: int
INSERT INTO email_change (tenant, customer, login, email, code, state,
	created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7)
RETURNING id;

-- name: email_change_try
-- scope: customer
-- args: int
-- cols: none
UPDATE email_change SET tries = tries + 1
WHERE tenant = $1 AND customer = $2 AND login = $3 AND id = $4
AND state = 'waiting';

-- All of the login's that wait still.
-- name: email_change_end
-- scope: customer
-- args: text
-- cols: none
UPDATE email_change SET state = $4, code = ''
WHERE tenant = $1 AND customer = $2 AND login = $3 AND state = 'waiting';

-- Whose address is it?
-- name: email_owner
-- scope: system
-- args: fold
-- cols: int
SELECT id FROM login WHERE tenant = $1 AND email_fold = $4;

-- e-mail, folded
-- name: email_login_set
-- scope: customer
-- args: text fold
-- cols: none
UPDATE login SET email = $4, email_fold = $5
WHERE tenant = $1 AND customer = $2 AND id = $3;

-- e-mail, what search finds
-- name: email_customer_set
-- scope: customer
-- args: text fold
-- cols: none
UPDATE customer SET email = $4, fold = $5 WHERE tenant = $1 AND id = $2;
