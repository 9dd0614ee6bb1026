-- Proformas and credit notes: papers with numbers of their own, lines and taxes
-- as an invoice has.  What is on them never changes.

-- A proforma owes nothing: it becomes an invoice when it is paid.  A credit note
-- corrects an invoice and gives its total as credit.
CREATE TABLE document (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ROW},
	kind          {TEXT} NOT NULL,           -- proforma credit-note
	number        {TEXT} NOT NULL,
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
	exemption     {TEXT} NOT NULL,
	invoice       {INT},                     -- what a proforma became, what a credit note corrects
	payment       {INT},                     -- a credit note's credit
	cancelled     {INT} NOT NULL DEFAULT 0,  -- a proforma that nobody pays any more
	UNIQUE (tenant, customer, id),
	UNIQUE (tenant, number),
	FOREIGN KEY (tenant, seller) REFERENCES seller (tenant, id),
	FOREIGN KEY (tenant, customer, buyer) REFERENCES buyer (tenant, customer, id),
	FOREIGN KEY (tenant, customer, invoice) REFERENCES invoice (tenant, customer, id),
	FOREIGN KEY (tenant, customer, payment) REFERENCES payment (tenant, customer, id)
) {STRICT};
CREATE INDEX document_issued ON document (tenant, customer, kind, issued_on, id);
CREATE INDEX document_invoice ON document (tenant, customer, invoice, kind, total);

CREATE TABLE document_line (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	document      {INT} NOT NULL,
	line          {INT} NOT NULL,            -- 1, 2, …
	description   {TEXT} NOT NULL,
	quantity      {INT} NOT NULL,            -- thousandths
	unit_price    {INT} NOT NULL,            -- net
	tax_category  {TEXT} NOT NULL,           -- EN 16931: S Z E AE G O
	tax_rate      {INT} NOT NULL,
	net           {INT} NOT NULL,
	PRIMARY KEY (tenant, customer, document, line),
	FOREIGN KEY (tenant, customer, document) REFERENCES document (tenant, customer, id)
) {KEYED};

CREATE TABLE document_tax (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	document      {INT} NOT NULL,
	category      {TEXT} NOT NULL,
	rate          {INT} NOT NULL,
	net           {INT} NOT NULL,
	tax           {INT} NOT NULL,
	PRIMARY KEY (tenant, customer, document, category, rate),
	FOREIGN KEY (tenant, customer, document) REFERENCES document (tenant, customer, id)
) {KEYED};

-- The proforma that an attempt to be paid is for.
CREATE TABLE checkout_document (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	checkout      {INT} NOT NULL,
	document      {INT} NOT NULL,
	PRIMARY KEY (tenant, customer, checkout),
	FOREIGN KEY (tenant, customer, checkout) REFERENCES checkout (tenant, customer, id),
	FOREIGN KEY (tenant, customer, document) REFERENCES document (tenant, customer, id)
) {KEYED};

-- At most one live attempt has a proforma.
CREATE TABLE document_claim (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	document      {INT} NOT NULL,
	checkout      {INT} NOT NULL,
	PRIMARY KEY (tenant, customer, document),
	FOREIGN KEY (tenant, customer, document) REFERENCES document (tenant, customer, id),
	FOREIGN KEY (tenant, customer, checkout) REFERENCES checkout (tenant, customer, id)
) {KEYED};

-- What they are called, and what is still to be paid of a proforma or left of a
-- credit note: the only place that says so.
CREATE VIEW document_state AS
SELECT d.tenant, d.customer, d.id, d.kind, d.number, d.issued_on, d.due_on,
	d.currency, d.total, d.invoice,
	CASE WHEN d.kind = 'credit-note' THEN COALESCE(s.unapplied, 0)
	WHEN d.cancelled = 1 OR d.invoice IS NOT NULL THEN 0
	ELSE d.total END AS balance,
	CASE WHEN d.kind = 'credit-note' THEN
		CASE WHEN s.unapplied > 0 THEN 'Refund due'
		WHEN s.back > 0 THEN 'Refunded'
		ELSE 'Used' END
	WHEN d.invoice IS NOT NULL THEN 'Paid'
	WHEN d.cancelled = 1 THEN 'Cancelled'
	ELSE 'Unpaid' END AS status
FROM document d
LEFT JOIN payment_state s ON s.tenant = d.tenant AND s.customer = d.customer
	AND s.id = d.payment;
