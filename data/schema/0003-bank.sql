-- Money that came by bank transfer, each entry of a statement once.

CREATE TABLE bank_entry (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	entry         {TEXT} NOT NULL,           -- names it for ever: ctl/camt_key.c
	payment       {INT} NOT NULL,
	reference     {TEXT} NOT NULL,           -- the bank's, for people
	booked_on     {INT} NOT NULL,            -- day, by the bank
	at            {INT} NOT NULL,            -- when it was imported
	PRIMARY KEY (tenant, entry),
	FOREIGN KEY (tenant, customer, payment) REFERENCES payment (tenant, customer, id)
) {KEYED};
