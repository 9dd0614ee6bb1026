-- The provider: branding, settings, news.

-- name: tenant_get
-- scope: shared
-- args: none
-- cols: int text text text text text text text text text text text text text text text text text text text
SELECT id, name, brand, legal_name, address, country, vat_id, register_no,
	email, phone, website, hours, support, bank_name, iban, bic, terms,
	currency, zone, locale
FROM tenant WHERE id = $1;

-- name: tenant_by_name
-- scope: system
-- args: text
-- cols: int
SELECT id FROM tenant WHERE name = $4;

-- name: tenant_default
-- scope: system
-- args: none
-- cols: int
SELECT id FROM tenant ORDER BY is_default DESC, id LIMIT 1;

-- Two rows: nobody can say which is meant.
-- name: tenant_by_login
-- scope: system
-- args: fold
-- cols: text
SELECT t.name FROM tenant t JOIN login l ON l.tenant = t.id
WHERE l.email_fold = $4 ORDER BY t.id LIMIT 2;

-- name, brand, legal name, address, country, e-mail, phone, currency, zone,
-- locale, now
-- name: tenant_insert
-- scope: system
-- args: text text text text text text text text text text int
-- cols: int
INSERT INTO tenant (name, is_default, brand, legal_name, address, country,
	email, phone, currency, zone, locale, created_at)
VALUES ($4, CASE WHEN EXISTS (SELECT 1 FROM tenant) THEN 0 ELSE 1 END, $5, $6,
	$7, $8, $9, $10, $11, $12, $13, $14)
RETURNING id;

-- VAT id, register number, website, hours, support, bank, IBAN, BIC, terms
-- name: tenant_details
-- scope: tenant
-- args: text text text text text text text text text
-- cols: none
UPDATE tenant SET vat_id = $4, register_no = $5, website = $6, hours = $7,
	support = $8, bank_name = $9, iban = $10, bic = $11, terms = $12
WHERE id = $1;

-- name: setting_list
-- scope: shared
-- args: none
-- cols: text text
SELECT key, value FROM setting WHERE tenant = $1 ORDER BY key LIMIT 100;

-- name: setting_set
-- scope: tenant
-- args: text text
-- cols: none
INSERT INTO setting (tenant, key, value) VALUES ($1, $4, $5)
ON CONFLICT (tenant, key) DO UPDATE SET value = excluded.value;

-- Those before an instant and id, newest first.
-- name: news_list
-- scope: shared
-- args: int int int
-- cols: int int text text
SELECT id, at, title, body FROM news
WHERE tenant = $1 AND (at, id) < ($4, $5)
ORDER BY at DESC, id DESC LIMIT $6;

-- name: news_insert
-- scope: tenant
-- args: int text text
-- cols: none
INSERT INTO news (tenant, at, title, body) VALUES ($1, $4, $5, $6);

-- The next number of a gapless series.
-- name: counter_next
-- scope: tenant
-- args: text
-- cols: int
INSERT INTO counter (tenant, series, next) VALUES ($1, $4, 2)
ON CONFLICT (tenant, series) DO UPDATE SET next = counter.next + 1
RETURNING next - 1;

-- What it will be.
-- Read by writing, so that whoever else wants it waits: a number that two have
-- read is a conflict only when both use it.
-- name: counter_get
-- scope: tenant
-- args: text
-- cols: int
INSERT INTO counter (tenant, series, next) VALUES ($1, $4, 1)
ON CONFLICT (tenant, series) DO UPDATE SET next = counter.next
RETURNING next;

-- name: counter_set
-- scope: tenant
-- args: text int
-- cols: none
INSERT INTO counter (tenant, series, next) VALUES ($1, $4, $5)
ON CONFLICT (tenant, series) DO UPDATE SET next = excluded.next;
