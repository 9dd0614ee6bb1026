-- Tickets and their messages.

-- name: ticket_get
-- scope: customer
-- args: int
-- cols: int text text text text int text text int int
SELECT id, subject, type, priority, status, is_open, team, assigned_to,
	created_at, updated_at
FROM ticket WHERE tenant = $1 AND customer = $2 AND id = $4;

-- Messages after one.
-- name: ticket_messages
-- scope: customer
-- args: int int int
-- cols: int int text int text
SELECT id, by_staff, author, at, body FROM ticket_message
WHERE tenant = $1 AND customer = $2 AND ticket = $4 AND id > $5
ORDER BY id LIMIT $6;

-- name: ticket_message_count
-- scope: customer
-- args: int
-- cols: int
SELECT COUNT(*) FROM ticket_message
WHERE tenant = $1 AND customer = $2 AND ticket = $4;

-- name: ticket_open_count
-- scope: customer
-- args: none
-- cols: int
SELECT COUNT(*) FROM ticket
WHERE tenant = $1 AND customer = $2 AND is_open = 1;

-- subject, type, priority, status, team, assigned to, at, preview, fold
-- name: ticket_insert
-- scope: customer
-- args: text text text text text text int text fold
-- cols: int
INSERT INTO ticket (tenant, customer, subject, type, priority, status, is_open,
	team, assigned_to, created_at, updated_at, preview, fold)
VALUES ($1, $2, $4, $5, $6, $7, 1, $8, $9, $10, $10, $11, $12)
RETURNING id;

-- ticket, by staff, author, at, body
-- name: ticket_message_insert
-- scope: customer
-- args: int int text int text
-- cols: none
INSERT INTO ticket_message (tenant, customer, ticket, by_staff, author, at,
	body)
VALUES ($1, $2, $4, $5, $6, $7, $8);

-- ticket, status, open, at
-- name: ticket_move
-- scope: customer
-- args: int text int int
-- cols: none
UPDATE ticket SET status = $5, is_open = $6, updated_at = $7
WHERE tenant = $1 AND customer = $2 AND id = $4;

