-- What a PostgreSQL store has besides its tables: the roles that statements run
-- under, what each may do, and which rows it sees.  Run at the end of every
-- migration, in its transaction; it may be run again.
--
--	portal_session	one customer's rows of one tenant, and what is meant
--			for all its customers
--	portal_staff	one tenant's rows
--	portal_worker	every row
--
-- Who that is the engine says in portal.tenant and portal.customer, for each
-- transaction.  Where they are missing there are no rows.

-- Roles belong to the whole cluster: they may be there, or be made by another
-- database at this moment.
DO $roles$
DECLARE
	name text;
	privilege text := CASE
		WHEN current_setting('server_version_num')::integer < 160000
		THEN 'MEMBER' ELSE 'SET' END;
BEGIN
	FOREACH name IN ARRAY ARRAY['portal_session', 'portal_staff',
		'portal_worker']
	LOOP
		IF to_regrole(name) IS NULL THEN
			BEGIN
				EXECUTE format('CREATE ROLE %I NOLOGIN', name);
			EXCEPTION WHEN duplicate_object OR unique_violation THEN
				NULL;
			END;
		END IF;
		IF NOT pg_has_role(session_user, name, privilege) THEN
			BEGIN
				EXECUTE format('GRANT %I TO SESSION_USER', name);
			EXCEPTION WHEN unique_violation THEN
				NULL;
			END;
		END IF;
	END LOOP;
	IF EXISTS (SELECT FROM pg_roles WHERE (rolsuper OR rolbypassrls)
		AND rolname IN ('portal_session', 'portal_staff',
		'portal_worker'))
	THEN
		RAISE EXCEPTION 'a portal_ role is not held by policies';
	END IF;
EXCEPTION WHEN insufficient_privilege THEN
	RAISE EXCEPTION 'no role %, or not ours to take: an administrator must '
		'run CREATE ROLE % NOLOGIN; GRANT % TO %',
		name, name, name, quote_ident(session_user);
END $roles$;

DO $tables$
DECLARE
	path text := current_setting('search_path');
	space text := current_schema();
	tenant text := '(SELECT NULLIF(current_setting('
		'''portal.tenant'', true), '''')::bigint)';
	customer text := '(SELECT NULLIF(current_setting('
		'''portal.customer'', true), '''')::bigint)';
	relation record;
	policy record;
	allowed record;
	of_tenant text;
	of_customer text;
BEGIN
	-- No operator or function but the server's own gets into a policy.
	PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO portal_session, '
		'portal_staff, portal_worker', space);

	-- Back to nothing.
	FOR relation IN
		SELECT format('%I.%I', space, relname) AS name, relkind AS kind
		FROM pg_class
		WHERE relnamespace = quote_ident(space)::regnamespace
		AND relkind IN ('r', 'v', 'S') AND pg_has_role(relowner, 'USAGE')
		ORDER BY relname
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, portal_session, '
			'portal_staff, portal_worker', relation.name);
		IF relation.kind = 'v' THEN
			EXECUTE format('ALTER VIEW %s '
				'SET (security_invoker = true)', relation.name);
		END IF;
	END LOOP;
	FOR policy IN
		SELECT format('%I ON %I.%I', policyname, schemaname, tablename)
			AS name
		FROM pg_policies WHERE schemaname = space
		ORDER BY tablename, policyname
	LOOP
		EXECUTE format('DROP POLICY %s', policy.name);
	END LOOP;

	-- What the statements of each scope need: sessions those of scope
	-- customer and shared, staff those of scope tenant.
	FOR allowed IN
		SELECT * FROM (VALUES
		('portal_session', 'schema_version', 'SELECT'),
		('portal_session', 'tenant', 'SELECT'),
		('portal_session', 'setting', 'SELECT'),
		('portal_session', 'news', 'SELECT'),
		('portal_session', 'plan', 'SELECT'),
		('portal_session', 'customer', 'SELECT, UPDATE (name, email, phone, '
			'street, postcode, city, country, vat_id, state, fold)'),
		('portal_session', 'login', 'SELECT (tenant, customer, id, '
			'email, name, last_at), UPDATE (email, email_fold)'),
		('portal_session', 'service',
			'SELECT, INSERT, UPDATE (online_at)'),
		('portal_session', 'prepaid_service',
			'SELECT, INSERT, UPDATE (is_on)'),
		('portal_session', 'seller', 'SELECT'),
		('portal_session', 'buyer', 'SELECT, INSERT'),
		('portal_session', 'invoice', 'SELECT, INSERT, UPDATE (state)'),
		('portal_session', 'invoice_line', 'SELECT, INSERT'),
		('portal_session', 'invoice_tax', 'SELECT, INSERT'),
		('portal_session', 'invoice_state', 'SELECT'),
		('portal_session', 'payment', 'SELECT, INSERT'),
		('portal_session', 'payment_state', 'SELECT'),
		('portal_session', 'allocation',
			'SELECT, INSERT, UPDATE, DELETE'),
		('portal_session', 'refund', 'SELECT, INSERT, UPDATE (amount, '
			'status, reason, booked, updated_at)'),
		('portal_session', 'ledger', 'SELECT, INSERT'),
		('portal_session', 'ticket',
			'SELECT, INSERT, UPDATE (status, is_open, updated_at)'),
		('portal_session', 'ticket_message', 'SELECT, INSERT'),
		('portal_session', 'paper', 'SELECT, INSERT, '
			'UPDATE (size, sha256, made_at), DELETE'),
		('portal_session', 'paper_chunk', 'SELECT, INSERT, DELETE'),
		-- Of a gateway its name and its links, never a key.
		('portal_session', 'gateway',
			'SELECT (tenant, name, is_on, link_base)'),
		('portal_session', 'checkout', 'SELECT, INSERT, UPDATE (state, '
			'generation, session, url, expires_at, problem, '
			'payment, updated_at)'),
		('portal_session', 'checkout_invoice', 'SELECT, INSERT'),
		('portal_session', 'invoice_claim', 'SELECT, INSERT, DELETE'),
		('portal_session', 'pay_method',
			'SELECT, UPDATE (is_default, defaults, removed_at)'),
		('portal_session', 'checkout_charge', 'SELECT, INSERT'),
		('portal_session', 'autopay',
			'SELECT, INSERT, UPDATE (is_on, changed_at)'),
		('portal_session', 'autopay_invoice', 'SELECT, INSERT, UPDATE '
			'(tries, checkout, state, next_on, problem), DELETE'),
		('portal_session', 'document',
			'SELECT, INSERT, UPDATE (invoice, cancelled)'),
		('portal_session', 'document_line', 'SELECT, INSERT'),
		('portal_session', 'document_tax', 'SELECT, INSERT'),
		('portal_session', 'document_state', 'SELECT'),
		('portal_session', 'checkout_document', 'SELECT, INSERT'),
		('portal_session', 'document_claim', 'SELECT, INSERT, DELETE'),
		('portal_session', 'mail_sender', 'SELECT'),
		-- Never the code.
		('portal_session', 'email_change', 'SELECT (tenant, customer, '
			'login, id, email, state, tries, created_at, '
			'expires_at), INSERT, UPDATE (code, state, tries)'),
		('portal_staff', 'schema_version', 'SELECT'),
		('portal_staff', 'tenant', 'SELECT, UPDATE (vat_id, '
			'register_no, website, hours, support, bank_name, iban, '
			'bic, terms)'),
		('portal_staff', 'setting', 'SELECT, INSERT, UPDATE (value)'),
		('portal_staff', 'mail_template',
			'SELECT, INSERT, UPDATE (subject, body), DELETE'),
		('portal_staff', 'news', 'INSERT'),
		('portal_staff', 'counter', 'SELECT, INSERT, UPDATE (next)'),
		('portal_staff', 'plan', 'SELECT, INSERT'),
		('portal_staff', 'customer', 'SELECT, INSERT'),
		-- Hashes are not even for staff.
		('portal_staff', 'login', 'SELECT (tenant, customer, id, email, '
			'email_fold), INSERT, '
			'UPDATE (password, disabled, last_at)'),
		('portal_staff', 'login_key', 'SELECT (tenant, fingerprint, '
			'used_at), INSERT, UPDATE (used_at)'),
		('portal_staff', 'login_source',
			'SELECT, INSERT, UPDATE (last_at)'),
		('portal_staff', 'seller', 'SELECT, INSERT'),
		('portal_staff', 'invoice', 'SELECT, INSERT'),
		('portal_staff', 'invoice_id_seq', 'UPDATE'),
		('portal_staff', 'invoice_line', 'SELECT, INSERT'),
		('portal_staff', 'invoice_tax', 'SELECT, INSERT'),
		('portal_staff', 'payment', 'SELECT, INSERT'),
		('portal_staff', 'payment_id_seq', 'UPDATE'),
		('portal_staff', 'allocation', 'SELECT, INSERT'),
		('portal_staff', 'ledger', 'SELECT, INSERT'),
		('portal_staff', 'bank_entry', 'SELECT, INSERT'),
		('portal_staff', 'document', 'SELECT')
		) AS list (role, relation, privileges)
	LOOP
		-- A later step makes it.
		CONTINUE WHEN to_regclass(format('%I.%I', space,
			allowed.relation)) IS NULL;
		EXECUTE format('GRANT %s ON %I.%I TO %I', allowed.privileges,
			space, allowed.relation, allowed.role);
	END LOOP;

	-- Rows, from the columns that every table has its owner in.  A customer
	-- that is NULL is nobody's.  The settings are read once a statement, so
	-- that they are keys of an index like any other.
	FOR relation IN
		SELECT c.relname AS name, format('%I.%I', space, c.relname)
			AS at, c.relkind AS kind,
			bool_or(a.attname = 'tenant') AS tenants,
			bool_or(a.attname = 'customer') AS customers
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = quote_ident(space)::regnamespace
		AND c.relkind IN ('r', 'v') AND pg_has_role(c.relowner, 'USAGE')
		AND a.attnum > 0 AND NOT a.attisdropped
		GROUP BY c.oid, c.relname, c.relkind ORDER BY c.relname
	LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s '
			'TO portal_worker', relation.at);
		CONTINUE WHEN relation.kind = 'v';
		of_tenant := CASE WHEN relation.tenants THEN 'tenant = ' || tenant
			WHEN relation.name = 'tenant' THEN 'id = ' || tenant
			WHEN relation.name = 'schema_version' THEN 'true'
			ELSE 'false' END;
		of_customer := CASE
			WHEN relation.customers THEN ' AND customer = ' || customer
			WHEN relation.name = 'customer' THEN
			' AND id = ' || customer ELSE '' END;
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY',
			relation.at);
		EXECUTE format('CREATE POLICY portal_session ON %s '
			'TO portal_session USING (%s)', relation.at,
			of_tenant || of_customer);
		EXECUTE format('CREATE POLICY portal_staff ON %s '
			'TO portal_staff USING (%s)', relation.at, of_tenant);
		EXECUTE format('CREATE POLICY portal_worker ON %s '
			'TO portal_worker USING (true)', relation.at);
	END LOOP;
	PERFORM set_config('search_path', path, true);
END $tables$;
