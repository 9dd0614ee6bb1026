-- What was given back of a payment, and what the payer's bank disputes.  A row
-- per refund or dispute, by the name that whoever gave it back has for it;
-- booked is what of it counts: of one payment never more in all than came.
CREATE TABLE refund (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	id            {ROW},
	payment       {INT} NOT NULL,
	account       {TEXT} NOT NULL DEFAULT '', -- the gateway's; '' by hand, too
	ref           {TEXT} NOT NULL,           -- re_…, du_…; by hand RFD-…
	kind          {TEXT} NOT NULL,           -- refund dispute
	amount        {INT} NOT NULL,
	currency      {TEXT} NOT NULL,
	status        {TEXT} NOT NULL,           -- the rows of data/refund_list.c
	reason        {TEXT} NOT NULL DEFAULT '',
	booked        {INT} NOT NULL DEFAULT 0,
	at            {INT} NOT NULL,
	updated_at    {INT} NOT NULL,
	UNIQUE (tenant, account, ref),
	FOREIGN KEY (tenant, customer, payment) REFERENCES payment (tenant, customer, id)
) {STRICT};
-- With the amount, so that what is left of a payment is read from indexes alone.
CREATE INDEX refund_payment ON refund (tenant, customer, payment, booked);

-- What of it was taken back from the invoice: the row stays with nothing in it,
-- so that both still say what became of the money.
ALTER TABLE allocation ADD COLUMN taken {INT} NOT NULL DEFAULT 0;

DROP VIEW payment_state;
CREATE VIEW payment_state AS
SELECT p.tenant, p.customer, p.id, p.at,
	CASE WHEN p.status IN ('succeeded', 'completed')
	THEN p.amount - COALESCE((
		SELECT CAST(SUM(a.amount) AS {INT}) FROM allocation a
		WHERE a.tenant = p.tenant AND a.customer = p.customer
		AND a.payment = p.id), 0) - COALESCE((
		SELECT CAST(SUM(r.booked) AS {INT}) FROM refund r
		WHERE r.tenant = p.tenant AND r.customer = p.customer
		AND r.payment = p.id), 0)
	ELSE 0 END AS unapplied,
	COALESCE((
		SELECT CAST(SUM(r.booked) AS {INT}) FROM refund r
		WHERE r.tenant = p.tenant AND r.customer = p.customer
		AND r.payment = p.id), 0) AS back
FROM payment p;
