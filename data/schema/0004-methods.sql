-- Saved ways to pay, charging them, and automatic payment.

-- Who a customer is at a gateway.
CREATE TABLE gateway_customer (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	gateway       {TEXT} NOT NULL,
	account       {TEXT} NOT NULL,
	ref           {TEXT} NOT NULL,           -- cus_…
	PRIMARY KEY (tenant, customer, gateway, account),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id)
) {KEYED};
CREATE INDEX gateway_customer_ref ON gateway_customer (account, ref);

-- Never a card's number: what the gateway says of it.
CREATE TABLE pay_method (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ID},
	gateway       {TEXT} NOT NULL,
	account       {TEXT} NOT NULL,
	ref           {TEXT} NOT NULL,           -- pm_…
	type          {TEXT} NOT NULL,           -- card sepa other
	brand         {TEXT} NOT NULL DEFAULT '',
	last4         {TEXT} NOT NULL DEFAULT '',
	expires       {INT} NOT NULL DEFAULT 0,  -- YYYYMM
	mandate       {TEXT} NOT NULL DEFAULT '',
	is_default    {INT} NOT NULL DEFAULT 0,
	defaults      {INT} NOT NULL DEFAULT 0,  -- how often it became that
	removed_at    {INT} NOT NULL DEFAULT 0,
	created_at    {INT} NOT NULL,
	UNIQUE (tenant, customer, id),
	UNIQUE (tenant, account, ref),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id)
) {STRICT};
CREATE UNIQUE INDEX pay_method_default ON pay_method (tenant, customer)
	WHERE is_default = 1;

-- An attempt without a page: a saved method is charged.
CREATE TABLE checkout_charge (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	checkout      {INT} NOT NULL,
	method        {INT} NOT NULL,
	is_automatic  {INT} NOT NULL,            -- nobody asked: it was due
	PRIMARY KEY (tenant, customer, checkout),
	FOREIGN KEY (tenant, customer, checkout) REFERENCES checkout (tenant, customer, id),
	FOREIGN KEY (tenant, customer, method) REFERENCES pay_method (tenant, customer, id)
) {KEYED};

CREATE TABLE autopay (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	is_on         {INT} NOT NULL,
	changed_at    {INT} NOT NULL,
	PRIMARY KEY (tenant, customer),
	FOREIGN KEY (tenant, customer) REFERENCES customer (tenant, id)
) {KEYED};

CREATE INDEX autopay_on ON autopay (tenant, customer) WHERE is_on = 1;

-- What automatic payment has tried.
CREATE TABLE autopay_invoice (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	invoice       {INT} NOT NULL,
	tries         {INT} NOT NULL,
	checkout      {INT},                     -- the last try
	state         {TEXT} NOT NULL,           -- trying waiting asked skipped
	next_on       {INT} NOT NULL DEFAULT 0,  -- day of the next, while waiting
	problem       {TEXT} NOT NULL DEFAULT '', -- why it was skipped
	PRIMARY KEY (tenant, customer, invoice),
	FOREIGN KEY (tenant, customer, invoice) REFERENCES invoice (tenant, customer, id),
	FOREIGN KEY (tenant, customer, checkout) REFERENCES checkout (tenant, customer, id)
) {KEYED};

-- Each kind of job has a queue of its own; what has ended leaves after a while.
DROP INDEX job_due;
CREATE INDEX job_due ON job (state, kind, due_at, id);
CREATE INDEX job_ended ON job (ended_at, id) WHERE ended_at > 0;
