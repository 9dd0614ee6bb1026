-- Mail to customers.  Instants are seconds UTC.

-- What a tenant says instead of the built-in text (data/template.c).
CREATE TABLE mail_template (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	name          {TEXT} NOT NULL,
	subject       {TEXT} NOT NULL,
	body          {TEXT} NOT NULL,
	PRIMARY KEY (tenant, name)
) {KEYED};

-- Whether mail goes out at all, and where customers log in: what portal-worker
-- read in its portal.conf, for those that do not read it.
CREATE TABLE mail_sender (
	tenant        {INT} NOT NULL REFERENCES tenant (id),
	is_on         {INT} NOT NULL,
	host          {TEXT} NOT NULL,           -- [sshd] public_name, or empty
	PRIMARY KEY (tenant)
) {KEYED};

-- A login's new address, until the code that was mailed there has come back.
CREATE TABLE email_change (
	tenant        {INT} NOT NULL,
	customer      {INT} NOT NULL,
	login         {INT} NOT NULL,
	id            {ID},
	email         {TEXT} NOT NULL,
	code          {TEXT} NOT NULL,           -- argon2id; '' once it is over
	state         {TEXT} NOT NULL,           -- waiting done over
	tries         {INT} NOT NULL DEFAULT 0,
	created_at    {INT} NOT NULL,
	expires_at    {INT} NOT NULL,
	UNIQUE (tenant, customer, id),
	FOREIGN KEY (tenant, customer, login) REFERENCES login (tenant, customer, id)
) {STRICT};
CREATE INDEX email_change_login ON email_change (tenant, customer, login, created_at);
