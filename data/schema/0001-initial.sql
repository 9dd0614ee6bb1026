-- The provider ("tenant") and everything that belongs to it.  Instants are
-- seconds UTC, days are counted from 1970-01-01 in the tenant's zone, amounts
-- are minor units, rates are basis points (2500 = 25 %), quantities are
-- thousandths.  Words for states are the English ones that scripts see.

CREATE TABLE tenant (
	id            {ID},
	name          {TEXT} NOT NULL UNIQUE,    -- SSH user name
	is_default    {INT} NOT NULL DEFAULT 0,
	brand         {TEXT} NOT NULL,
	legal_name    {TEXT} NOT NULL,
	address       {TEXT} NOT NULL,           -- lines
	country       {TEXT} NOT NULL,
	vat_id        {TEXT} NOT NULL DEFAULT '',
	register_no   {TEXT} NOT NULL DEFAULT '',
	email         {TEXT} NOT NULL,
	phone         {TEXT} NOT NULL,
	website       {TEXT} NOT NULL DEFAULT '',
	hours         {TEXT} NOT NULL DEFAULT '',
	support       {TEXT} NOT NULL DEFAULT '',
	bank_name     {TEXT} NOT NULL DEFAULT '',
	iban          {TEXT} NOT NULL DEFAULT '',
	bic           {TEXT} NOT NULL DEFAULT '',
	terms         {TEXT} NOT NULL DEFAULT '',
	currency      {TEXT} NOT NULL,
	zone          {TEXT} NOT NULL,           -- IANA
	locale        {TEXT} NOT NULL,           -- C.UTF-8, de_AT.UTF-8
	created_at    {INT} NOT NULL
) {STRICT};

-- Settings that decide what customers see; keys and defaults are the rows of
-- data/settings.c.
CREATE TABLE setting (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	key           {TEXT} NOT NULL,
	value         {TEXT} NOT NULL,
	PRIMARY KEY (tenant, key)
) {KEYED};

CREATE TABLE news (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	id            {ID},
	at            {INT} NOT NULL,
	title         {TEXT} NOT NULL,
	body          {TEXT} NOT NULL
) {STRICT};
CREATE INDEX news_at ON news (tenant, at, id);

-- Next number of each gapless series ("invoice", "receipt", "customer", …),
-- taken inside the transaction that uses it.
CREATE TABLE counter (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	series        {TEXT} NOT NULL,
	next          {INT} NOT NULL,
	PRIMARY KEY (tenant, series)
) {KEYED};

CREATE TABLE plan (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	id            {ID},
	name          {TEXT} NOT NULL,
	type          {TEXT} NOT NULL,           -- internet voice recurring bundle
	description   {TEXT} NOT NULL DEFAULT '',
	price         {INT} NOT NULL,            -- net, per month
	tax_rate      {INT} NOT NULL,
	UNIQUE (tenant, id),
	UNIQUE (tenant, name)
) {STRICT};

CREATE TABLE customer (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	id            {ID},
	number        {TEXT} NOT NULL,
	name          {TEXT} NOT NULL,
	email         {TEXT} NOT NULL,
	phone         {TEXT} NOT NULL DEFAULT '',
	street        {TEXT} NOT NULL DEFAULT '',
	postcode      {TEXT} NOT NULL DEFAULT '',
	city          {TEXT} NOT NULL DEFAULT '',
	country       {TEXT} NOT NULL DEFAULT '',
	vat_id        {TEXT} NOT NULL DEFAULT '',
	state         {TEXT} NOT NULL DEFAULT 'active', -- active blocked inactive
	min_balance   {INT} NOT NULL DEFAULT 0,
	fold          {TEXT} NOT NULL,           -- folded number, name, e-mail
	created_at    {INT} NOT NULL,
	UNIQUE (tenant, id),
	UNIQUE (tenant, number)
) {STRICT};
CREATE INDEX customer_email ON customer (tenant, email);

-- A customer's login; staff have customer NULL.
CREATE TABLE login (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	customer      {INT},
	id            {ID},
	email         {TEXT} NOT NULL,
	email_fold    {TEXT} NOT NULL,
	name          {TEXT} NOT NULL,
	role          {TEXT} NOT NULL,           -- customer staff
	password      {TEXT} NOT NULL DEFAULT '', -- argon2id; '' never matches
	disabled      {INT} NOT NULL DEFAULT 0,
	created_at    {INT} NOT NULL,
	last_at       {INT} NOT NULL DEFAULT 0,
	UNIQUE (tenant, email_fold),
	UNIQUE (tenant, customer, id),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id)
) {STRICT};

CREATE TABLE login_key (
	tenant        {INT} NOT NULL,
	customer      {INT},
	login         {INT} NOT NULL REFERENCES login (id),
	id            {ID},
	type          {TEXT} NOT NULL,           -- ssh-ed25519
	blob          {BYTES} NOT NULL,
	fingerprint   {TEXT} NOT NULL,           -- SHA256:…
	name          {TEXT} NOT NULL,
	created_at    {INT} NOT NULL,
	used_at       {INT} NOT NULL DEFAULT 0,
	UNIQUE (tenant, fingerprint),
	FOREIGN KEY (tenant, customer, login) REFERENCES login (tenant, customer, id)
) {STRICT};
CREATE INDEX login_key_login ON login_key (tenant, login);

-- Where a login has proven itself before: those sources have their own count.
CREATE TABLE login_source (
	tenant        {INT} NOT NULL,
	login         {INT} NOT NULL REFERENCES login (id),
	source        {TEXT} NOT NULL,           -- /24 or /64 prefix
	last_at       {INT} NOT NULL,
	PRIMARY KEY (tenant, login, source)
) {KEYED};

-- Failures, by account ("tenant:email"), by account and familiar source, and
-- by source alone.
CREATE TABLE throttle (
	key           {TEXT} NOT NULL PRIMARY KEY,
	failures      {INT} NOT NULL,
	last_at       {INT} NOT NULL
) {STRICT};
CREATE INDEX throttle_last ON throttle (last_at);

CREATE TABLE service (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ID},
	plan          {INT} NOT NULL,
	type          {TEXT} NOT NULL,
	description   {TEXT} NOT NULL,
	status        {TEXT} NOT NULL,           -- pending active paused inactive
	price         {INT} NOT NULL,
	tax_rate      {INT} NOT NULL,
	since         {INT} NOT NULL,            -- day
	ended         {INT},                     -- day
	online_at     {INT},                     -- instant, while online
	UNIQUE (tenant, customer, id),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id),
	FOREIGN KEY (tenant, plan) REFERENCES plan (tenant, id)
) {STRICT};

-- Who sold and who bought, as papers say it.  Rows never change: a change of
-- the tenant's or customer's details makes another row for later papers.
CREATE TABLE seller (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	id            {ROW},
	body          {TEXT} NOT NULL,           -- name and address, lines
	vat           {TEXT} NOT NULL,
	bank          {TEXT} NOT NULL,           -- bank, IBAN, BIC, lines
	note          {TEXT} NOT NULL,           -- register number, terms, lines
	UNIQUE (tenant, id)
) {STRICT};

CREATE TABLE buyer (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ROW},
	body          {TEXT} NOT NULL,
	vat           {TEXT} NOT NULL,
	number        {TEXT} NOT NULL,           -- the customer's
	UNIQUE (tenant, customer, id),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id)
) {STRICT};

-- Issued invoices never change, but that they may be cancelled.  A draft has
-- no number.
CREATE TABLE invoice (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ROW},
	state         {TEXT} NOT NULL,           -- draft issued cancelled
	number        {TEXT},
	issued_on     {INT} NOT NULL,
	issued_at     {INT} NOT NULL,
	due_on        {INT} NOT NULL,
	supply_from   {INT} NOT NULL,
	supply_to     {INT} NOT NULL,
	currency      {TEXT} NOT NULL,
	net           {INT} NOT NULL,
	tax           {INT} NOT NULL,
	total         {INT} NOT NULL,
	seller        {INT} NOT NULL,
	buyer         {INT} NOT NULL,
	exemption     {TEXT} NOT NULL DEFAULT '', -- reference, where no tax is due
	UNIQUE (tenant, customer, id),
	UNIQUE (tenant, number),
	FOREIGN KEY (tenant, seller) REFERENCES seller (tenant, id),
	FOREIGN KEY (tenant, customer, buyer) REFERENCES buyer (tenant, customer, id)
) {STRICT};
CREATE INDEX invoice_issued ON invoice (tenant, customer, issued_on, id);

CREATE TABLE invoice_line (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	invoice       {INT} NOT NULL,
	line          {INT} NOT NULL,            -- 1, 2, …
	description   {TEXT} NOT NULL,
	quantity      {INT} NOT NULL,            -- thousandths
	unit_price    {INT} NOT NULL,            -- net
	tax_category  {TEXT} NOT NULL,           -- EN 16931: S Z E AE G O
	tax_rate      {INT} NOT NULL,
	net           {INT} NOT NULL,
	PRIMARY KEY (tenant, customer, invoice, line),
	FOREIGN KEY (tenant, customer, invoice) REFERENCES invoice (tenant, customer, id)
) {KEYED};

CREATE TABLE invoice_tax (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	invoice       {INT} NOT NULL,
	category      {TEXT} NOT NULL,
	rate          {INT} NOT NULL,
	net           {INT} NOT NULL,
	tax           {INT} NOT NULL,
	PRIMARY KEY (tenant, customer, invoice, category, rate),
	FOREIGN KEY (tenant, customer, invoice) REFERENCES invoice (tenant, customer, id)
) {KEYED};

-- Money received and credit given. Status is the attempt's; what it paid is in
-- allocation.
CREATE TABLE payment (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ROW},
	kind          {TEXT} NOT NULL,           -- payment credit
	at            {INT} NOT NULL,
	amount        {INT} NOT NULL,
	currency      {TEXT} NOT NULL,
	status        {TEXT} NOT NULL,           -- pending succeeded completed failed refunded
	method        {TEXT} NOT NULL,           -- card transfer cash credit …
	reference     {TEXT} NOT NULL DEFAULT '',
	receipt       {TEXT},                    -- number, when money arrived
	seller        {INT} NOT NULL,
	buyer         {INT} NOT NULL,
	UNIQUE (tenant, customer, id),
	UNIQUE (tenant, receipt),
	FOREIGN KEY (tenant, seller) REFERENCES seller (tenant, id),
	FOREIGN KEY (tenant, customer, buyer) REFERENCES buyer (tenant, customer, id)
) {STRICT};
CREATE INDEX payment_at ON payment (tenant, customer, at, id);

CREATE TABLE allocation (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ROW},
	payment       {INT} NOT NULL,
	invoice       {INT} NOT NULL,
	amount        {INT} NOT NULL,
	at            {INT} NOT NULL,
	FOREIGN KEY (tenant, customer, payment) REFERENCES payment (tenant, customer, id),
	FOREIGN KEY (tenant, customer, invoice) REFERENCES invoice (tenant, customer, id)
) {STRICT};
-- With the amount, so that a balance is read from the index alone.
CREATE INDEX allocation_invoice ON allocation (tenant, customer, invoice, amount);
CREATE UNIQUE INDEX allocation_payment ON allocation (tenant, customer, payment, invoice);

-- What is still owed on an invoice, and what is left of a payment: the only
-- places that say so.
CREATE VIEW invoice_state AS
SELECT i.tenant, i.customer, i.id, i.state, i.number, i.issued_on, i.issued_at,
	i.due_on, i.currency, i.total,
	CASE WHEN i.state = 'cancelled' THEN 0
	ELSE i.total - COALESCE((
		SELECT CAST(SUM(a.amount) AS {INT}) FROM allocation a
		WHERE a.tenant = i.tenant AND a.customer = i.customer
		AND a.invoice = i.id), 0)
	END AS balance
FROM invoice i
WHERE i.state <> 'draft';

CREATE VIEW payment_state AS
SELECT p.tenant, p.customer, p.id, p.at,
	CASE WHEN p.status IN ('succeeded', 'completed')
	THEN p.amount - COALESCE((
		SELECT CAST(SUM(a.amount) AS {INT}) FROM allocation a
		WHERE a.tenant = p.tenant AND a.customer = p.customer
		AND a.payment = p.id), 0)
	ELSE 0 END AS unapplied
FROM payment p;

-- Every movement of the account, in order: debit is owed, credit received.
CREATE TABLE ledger (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ROW},
	at            {INT} NOT NULL,
	day           {INT} NOT NULL,
	kind          {TEXT} NOT NULL,           -- invoice payment credit cancellation refund
	reference     {TEXT} NOT NULL,           -- the paper's number or the payment's reference
	debit         {INT} NOT NULL DEFAULT 0,
	credit        {INT} NOT NULL DEFAULT 0,
	currency      {TEXT} NOT NULL,
	invoice       {INT},
	payment       {INT},
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id),
	FOREIGN KEY (tenant, customer, invoice) REFERENCES invoice (tenant, customer, id),
	FOREIGN KEY (tenant, customer, payment) REFERENCES payment (tenant, customer, id)
) {STRICT};
-- With the amounts, so that a balance is summed from the index alone.
CREATE INDEX ledger_day ON ledger (tenant, customer, day, id, debit, credit);

CREATE TABLE ticket (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ID},
	subject       {TEXT} NOT NULL,
	type          {TEXT} NOT NULL,           -- question fault billing
	priority      {TEXT} NOT NULL,           -- low medium high urgent
	status        {TEXT} NOT NULL,           -- the words of SU3
	is_open       {INT} NOT NULL,
	team          {TEXT} NOT NULL DEFAULT '',
	assigned_to   {TEXT} NOT NULL DEFAULT '',
	created_at    {INT} NOT NULL,
	updated_at    {INT} NOT NULL,
	preview       {TEXT} NOT NULL,
	fold          {TEXT} NOT NULL,
	UNIQUE (tenant, customer, id),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id)
) {STRICT};
CREATE INDEX ticket_created ON ticket (tenant, customer, created_at, id);

CREATE TABLE ticket_message (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	ticket        {INT} NOT NULL,
	id            {ID},
	by_staff      {INT} NOT NULL,
	author        {TEXT} NOT NULL,
	at            {INT} NOT NULL,
	body          {TEXT} NOT NULL,
	FOREIGN KEY (tenant, customer, ticket) REFERENCES ticket (tenant, customer, id)
) {STRICT};
CREATE INDEX ticket_message_ticket ON ticket_message (tenant, customer, ticket, id);

-- Papers made once: bytes and hash never change.  One still being written has
-- no hash, and nobody sees it.
CREATE TABLE paper (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ID},
	kind          {INT} NOT NULL,            -- enum paper_kind
	ref           {INT} NOT NULL,            -- the invoice or payment
	size          {INT} NOT NULL,
	sha256        {TEXT} NOT NULL,
	made_at       {INT} NOT NULL,
	UNIQUE (tenant, customer, id),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id)
) {STRICT};
CREATE UNIQUE INDEX paper_made ON paper (tenant, customer, kind, ref)
	WHERE sha256 <> '';
CREATE INDEX paper_ref ON paper (tenant, customer, kind, ref);

CREATE TABLE paper_chunk (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	paper         {INT} NOT NULL,
	seq           {INT} NOT NULL,            -- 0, 1, …; all but the last are 64 KB
	bytes         {BYTES} NOT NULL,
	PRIMARY KEY (tenant, customer, paper, seq),
	FOREIGN KEY (tenant, customer, paper) REFERENCES paper (tenant, customer, id)
) {STRICT};

CREATE TABLE audit (
	id            {ROW},
	tenant        {INT},
	customer      {INT},
	login         {INT},
	at            {INT} NOT NULL,
	actor         {TEXT} NOT NULL,           -- e-mail tried, or the program
	action        {TEXT} NOT NULL,           -- login, password, ticket, …
	method        {TEXT} NOT NULL DEFAULT '', -- password key console
	source        {TEXT} NOT NULL DEFAULT '',
	result        {TEXT} NOT NULL            -- ok wrong disabled denied
) {STRICT};
CREATE INDEX audit_customer ON audit (tenant, customer, at, id);
