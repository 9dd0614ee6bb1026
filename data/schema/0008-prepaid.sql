-- Services that run on the balance instead of being billed afterwards: how many
-- days are left follows from the credit and their prices (data/prepaid.h).
CREATE TABLE prepaid_service (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	service       {INT} NOT NULL,
	is_on         {INT} NOT NULL,
	PRIMARY KEY (tenant, customer, service),
	FOREIGN KEY (tenant, customer, service) REFERENCES service (tenant, customer, id)
) {KEYED};
