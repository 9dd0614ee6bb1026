-- Paying through a gateway, and the work that is done outside.  Instants are
-- seconds UTC, amounts minor units.

-- Work for portal-worker.  A job is leased to one worker for a while; whoever
-- finds it when the lease is over takes it over.  Kinds and their rules are the
-- rows of worker/kinds.c.
CREATE TABLE job (
	id            {ID},
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	customer      {INT},                     -- NULL: the tenant's own
	kind          {TEXT} NOT NULL,
	name          {TEXT} NOT NULL UNIQUE,    -- what it does, once: "checkout.open:12:1"
	ref           {INT} NOT NULL DEFAULT 0,
	args          {TEXT} NOT NULL DEFAULT '', -- JSON
	state         {TEXT} NOT NULL,           -- ready done failed
	due_at        {INT} NOT NULL,
	attempts      {INT} NOT NULL DEFAULT 0,
	worker        {TEXT} NOT NULL DEFAULT '', -- who has the lease
	leased_until  {INT} NOT NULL DEFAULT 0,
	problem       {TEXT} NOT NULL DEFAULT '', -- of the last attempt
	created_at    {INT} NOT NULL,
	ended_at      {INT} NOT NULL DEFAULT 0,
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id)
) {STRICT};
CREATE INDEX job_due ON job (state, due_at, id);

-- Gateways of a tenant.  A key in portal.conf stands for the default tenant;
-- others have theirs here.
CREATE TABLE gateway (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	name          {TEXT} NOT NULL,           -- stripe
	is_on         {INT} NOT NULL,
	account       {TEXT} NOT NULL DEFAULT '', -- acct_…, when it is a connected one
	secret_key    {TEXT} NOT NULL DEFAULT '',
	link_base     {TEXT} NOT NULL DEFAULT '', -- public_url, for short links
	swept_to      {INT} NOT NULL DEFAULT 0,  -- events before it were seen
	PRIMARY KEY (tenant, name)
) {KEYED};

-- One attempt to be paid, by one customer: what for, the short link, and where
-- it stands.
CREATE TABLE checkout (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ID},
	token         {TEXT} NOT NULL UNIQUE,
	purpose       {TEXT} NOT NULL,           -- invoices topup
	gateway       {TEXT} NOT NULL,
	account       {TEXT} NOT NULL DEFAULT '',
	amount        {INT} NOT NULL,
	currency      {TEXT} NOT NULL,
	state         {TEXT} NOT NULL,           -- wanted open processing paid expired failed cancelling cancelled
	generation    {INT} NOT NULL DEFAULT 1,  -- of sessions behind the link
	session       {TEXT} NOT NULL DEFAULT '', -- cs_…
	url           {TEXT} NOT NULL DEFAULT '',
	expires_at    {INT} NOT NULL,            -- the session's
	problem       {TEXT} NOT NULL DEFAULT '', -- for the customer, why it failed
	payment       {INT},
	created_at    {INT} NOT NULL,
	updated_at    {INT} NOT NULL,
	UNIQUE (tenant, customer, id),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id),
	FOREIGN KEY (tenant, customer, payment) REFERENCES payment (tenant, customer, id)
) {STRICT};
CREATE INDEX checkout_state ON checkout (state, id);
CREATE INDEX checkout_session ON checkout (account, session);

CREATE TABLE checkout_invoice (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	checkout      {INT} NOT NULL,
	invoice       {INT} NOT NULL,
	amount        {INT} NOT NULL,            -- what was left of it
	PRIMARY KEY (tenant, customer, checkout, invoice),
	FOREIGN KEY (tenant, customer, checkout) REFERENCES checkout (tenant, customer, id),
	FOREIGN KEY (tenant, customer, invoice) REFERENCES invoice (tenant, customer, id)
) {KEYED};

-- At most one live attempt has an invoice.
CREATE TABLE invoice_claim (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	invoice       {INT} NOT NULL,
	checkout      {INT} NOT NULL,
	PRIMARY KEY (tenant, customer, invoice),
	FOREIGN KEY (tenant, customer, invoice) REFERENCES invoice (tenant, customer, id),
	FOREIGN KEY (tenant, customer, checkout) REFERENCES checkout (tenant, customer, id)
) {KEYED};

-- Money that a gateway reported, each once: account and intent are never NULL,
-- or the key would not hold.
CREATE TABLE gateway_payment (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	account       {TEXT} NOT NULL,
	intent        {TEXT} NOT NULL,           -- pi_…
	payment       {INT} NOT NULL,
	checkout      {INT} NOT NULL,            -- 0: not known here
	flagged       {TEXT} NOT NULL DEFAULT '', -- why somebody should look
	at            {INT} NOT NULL,
	PRIMARY KEY (account, intent),
	FOREIGN KEY (tenant, customer, payment) REFERENCES payment (tenant, customer, id)
) {KEYED};
