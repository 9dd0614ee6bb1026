/* Taking a statement apart.  See the message definition of ISO 20022. */
#include "ctl/camt.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "data/array.h"

enum { VERSION_MIN = 2, VERSION_MAX = 8, SCALE_MAX = 5 };

struct reading {
	struct camt *camt;
	char *problem; /* CAMT_PROBLEM */
	enum err err;
};

static enum err
refuse(struct reading *r, const char *text)
{
	snprintf(r->problem, CAMT_PROBLEM, "%s", text);
	return r->err = ERR_BAD_INPUT;
}

/* ---- the tree ---- */

static bool
is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)node->name, name) == 0;
}

/* The next one of this name, from node on. */
static xmlNode *
next(xmlNode *node, const char *name)
{
	while (node != NULL && !is(node, name))
		node = node->next;
	return node;
}

#define EACH(node, parent, name)                                               \
	for (xmlNode *node = next((parent)->children, name); node != NULL;     \
	     node = next(node->next, name))

/* "A/B/C" below a node (NULL: nothing is), the first of each. */
static xmlNode *
find(xmlNode *node, const char *path)
{
	char name[32];
	size_t n;

	for (; node != NULL && *path != '\0'; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		node = next(node->children, name);
	}
	return node;
}

/* Appends a node's text, as much as there is room for, and a newline. */
static void
line_add(struct buf *b, xmlNode *node)
{
	xmlChar *text = node != NULL ? xmlNodeGetContent(node) : NULL;

	size_t n = text != NULL ? strlen((const char *)text) : 0;
	size_t room = b->max - b->len;

	if (n > 0 && room > 1) {
		buf_add(b, text, n < room ? n : room - 1);
		buf_addc(b, '\n');
	}
	xmlFree(text);
}

/* The text of a path, clean and without blanks around it; cut where it is
 * longer than it may be. */
static void
text_get(char *dst, size_t size, xmlNode *node, const char *path)
{
	xmlChar *text = NULL;
	const char *s = "";
	size_t n;

	if ((node = find(node, path)) != NULL &&
	    (text = xmlNodeGetContent(node)) != NULL)
		s = (const char *)text;
	s += strspn(s, " \t\r\n");
	n = strlen(s);
	while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
		n--;
	text_clean(dst, size, s, n, TEXT_LINE);
	xmlFree(text);
}

static bool
text_is(xmlNode *node, const char *path, const char *want)
{
	char text[16];

	text_get(text, sizeof(text), node, path);
	return strcmp(text, want) == 0;
}

/* ---- values ---- */

/* An Amt: digits, a point, at most five decimals of which those that the
 * currency has not are zeros. */
static bool
amount_get(xmlNode *amt, int64_t *amount, char currency[CURRENCY_SIZE])
{
	char text[32];
	xmlChar *ccy;
	char *point;
	bool ok;

	if (amt == NULL)
		return false;
	ccy = xmlGetNoNsProp(amt, (const xmlChar *)"Ccy");
	ok = ccy != NULL && strlen((const char *)ccy) < CURRENCY_SIZE &&
	     currency_valid((const char *)ccy);
	if (ok)
		strcpy(currency, (const char *)ccy);
	xmlFree(ccy);
	text_get(text, sizeof(text), amt, "");
	if ((point = strchr(text, '.')) != NULL) {
		size_t n = strlen(text);

		if (strlen(point + 1) > SCALE_MAX)
			return false;
		while (text[n - 1] == '0')
			text[--n] = '\0';
		if (text[n - 1] == '.')
			text[--n] = '\0';
	}
	return ok && text[0] != '-' &&
	       money_parse(text, currency, amount) == ERR_NONE;
}

/* A Dt, or the day of a DtTm. */
static bool
day_get(xmlNode *node, char iso[11], int64_t *day)
{
	char text[40];

	text_get(text, sizeof(text), node, "Dt");
	if (text[0] == '\0')
		text_get(text, sizeof(text), node, "DtTm");
	text[10] = '\0';
	if (!day_parse(text, day))
		return false;
	strcpy(iso, text);
	return true;
}

/* What banks write where they have nothing to write. */
static bool
says_nothing(const char *reference)
{
	static const char *const words[] = {
	    "NONREF", "NOREF", "NOTPROVIDED", "NOTAVAILABLE", "NONE"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(reference, words[i]) == 0)
			return true;
	return strspn(reference, "0 -./") == strlen(reference);
}

/* ---- credits ---- */

static char *
lines_take(struct buf *b)
{
	char *text = malloc(CAMT_TEXT);

	if (text != NULL && b->err != ERR_NOMEM) {
		const char *s = buf_str(b);
		size_t n = strlen(s);

		text_clean(text, CAMT_TEXT, s, n > 0 ? n - 1 : 0, TEXT_LINES);
	} else {
		free(text);
		text = NULL;
	}
	buf_release(b);
	return text;
}

static void
references_read(struct camt_credit *c, xmlNode *tx)
{
	xmlNode *info = find(tx, "RmtInf");
	struct buf b;

	buf_init(&b, 4 * CAMT_TEXT);
	if (info != NULL)
		EACH(strd, info, "Strd")
	line_add(&b, find(strd, "CdtrRefInf/Ref"));
	c->reference = lines_take(&b);
}

static void
text_read(struct camt_credit *c, xmlNode *entry, xmlNode *tx)
{
	xmlNode *info = find(tx, "RmtInf");
	struct buf b;

	buf_init(&b, 4 * CAMT_TEXT);
	if (info != NULL) {
		EACH(line, info, "Ustrd")
		line_add(&b, line);
		EACH(strd, info, "Strd")
		{
			EACH(document, strd, "RfrdDocInf")
			line_add(&b, find(document, "Nb"));
			EACH(line, strd, "AddtlRmtInf")
			line_add(&b, line);
		}
	}
	if (!says_nothing(c->end_to_end))
		line_add(&b, find(tx, "Refs/EndToEndId"));
	line_add(&b, find(tx, "AddtlTxInf"));
	line_add(&b, find(entry, "AddtlNtryInf"));
	c->text = lines_take(&b);
}

static void
payer_read(struct camt_credit *c, xmlNode *tx)
{
	xmlNode *parties = find(tx, "RltdPties");

	text_get(c->payer, sizeof(c->payer), parties, "Dbtr/Nm");
	if (c->payer[0] == '\0') /* since version 8 */
		text_get(c->payer, sizeof(c->payer), parties, "Dbtr/Pty/Nm");
	text_get(
	    c->payer_iban, sizeof(c->payer_iban), parties, "DbtrAcct/Id/IBAN");
}

/* The amount of one of several. */
static void
part_amount(struct camt_credit *c, xmlNode *tx)
{
	char currency[CURRENCY_SIZE];
	xmlNode *amt = find(tx, "Amt");

	if (amt == NULL)
		amt = find(tx, "AmtDtls/TxAmt/Amt");
	c->amount = 0;
	if (!amount_get(amt, &c->amount, currency) ||
	    strcmp(currency, c->currency) != 0)
		c->problem = N_("One of several in an entry, whose own amount "
				"is not told.");
}

static void
reversal_set(struct camt_credit *c)
{
	c->reversal = true;
	c->problem = N_("Money that was sent came back.");
}

/* tx NULL: the bank gives no details. */
static void
credit_read(struct reading *r, xmlNode *entry, xmlNode *tx,
    const struct camt_credit *like, bool several)
{
	struct camt_credit *c =
	    array_add(&r->camt->credits, &r->camt->n, sizeof(*c));

	if (c == NULL) {
		r->err = ERR_NOMEM;
		return;
	}
	*c = *like;
	text_get(c->end_to_end, sizeof(c->end_to_end), tx, "Refs/EndToEndId");
	payer_read(c, tx);
	references_read(c, tx);
	text_read(c, entry, tx);
	if (c->reference == NULL || c->text == NULL)
		r->err = ERR_NOMEM;
	if (several)
		part_amount(c, tx);
	if (text_is(tx, "CdtDbtInd", "DBIT"))
		c->problem = N_("A debit within a credit.");
	if (find(tx, "RtrInf") != NULL)
		reversal_set(c);
}

/* An entry's transactions in their order; gives how many. */
static size_t
parts_read(
    struct reading *r, xmlNode *entry, struct camt_credit *like, bool several)
{
	size_t n = 0;

	EACH(details, entry, "NtryDtls")
	EACH(tx, details, "TxDtls")
	{
		like->part = n++;
		credit_read(r, entry, tx, like, several);
		if (r->err != ERR_NONE)
			return n;
	}
	return n;
}

static size_t
parts_count(xmlNode *entry)
{
	size_t n = 0;

	EACH(details, entry, "NtryDtls")
	EACH(tx, details, "TxDtls")
	n++;
	return n;
}

/* Parts that do not come to the whole are not to be trusted. */
static void
parts_add_up(struct camt *c, size_t first, int64_t whole)
{
	int64_t sum = 0;

	for (size_t i = first; i < c->n; i++)
		if (money_add(sum, c->credits[i].amount, &sum) != ERR_NONE)
			break;
	if (sum == whole)
		return;
	for (size_t i = first; i < c->n; i++)
		if (c->credits[i].problem == NULL)
			c->credits[i].problem =
			    N_("The parts of its entry do not add up.");
}

static enum err
credits_read(struct reading *r, xmlNode *entry, struct camt_credit like)
{
	size_t first = r->camt->n, n = parts_count(entry);
	int64_t day;

	if (!amount_get(find(entry, "Amt"), &like.amount, like.currency))
		return refuse(
		    r, N_("An entry has no amount that can be read."));
	if (!day_get(find(entry, "ValDt"), like.valued, &day))
		like.valued[0] = '\0';
	if (!day_get(find(entry, "BookgDt"), like.booked, &like.booked_on)) {
		if (like.valued[0] == '\0')
			return refuse(r, N_("An entry has no date."));
		strcpy(like.booked, like.valued);
		like.booked_on = day;
	}
	text_get(like.bank_reference, sizeof(like.bank_reference), entry,
	    "AcctSvcrRef");
	if (says_nothing(like.bank_reference))
		like.bank_reference[0] = '\0';
	if (n == 0)
		credit_read(r, entry, NULL, &like, false);
	else
		parts_read(r, entry, &like, n > 1);
	if (n > 1)
		parts_add_up(r->camt, first, like.amount);
	return r->err;
}

static enum err
entry_read(struct reading *r, xmlNode *entry, size_t statement)
{
	struct camt_credit like = {0};
	bool credit = text_is(entry, "CdtDbtInd", "CRDT");
	bool reversal =
	    text_is(entry, "RvslInd", "true") || text_is(entry, "RvslInd", "1");

	if (!credit && !text_is(entry, "CdtDbtInd", "DBIT"))
		return refuse(
		    r, N_("An entry is neither a credit nor a debit."));
	/* Since version 8 in an element within. */
	if (!text_is(entry, "Sts", "BOOK")) {
		r->camt->not_booked++;
		return ERR_NONE;
	}
	if (!credit && !reversal) {
		r->camt->debits++;
		return ERR_NONE;
	}
	like.statement = statement;
	if (reversal && credit)
		reversal_set(&like);
	else if (reversal) {
		like.reversal = true;
		like.problem = N_("Money that had come was taken back: the "
				  "payment it was is still in the books.");
	}
	return credits_read(r, entry, like);
}

/* ---- statements ---- */

static enum err
account_read(struct reading *r, xmlNode *stmt)
{
	char text[64], iban[IBAN_SIZE];

	text_get(text, sizeof(text), stmt, "Acct/Id/IBAN");
	if (!iban_read(iban, text))
		return refuse(r, N_("A statement has no IBAN of its account."));
	if (r->camt->iban[0] != '\0' && strcmp(r->camt->iban, iban) != 0)
		return refuse(r, N_("It has statements of several accounts."));
	strcpy(r->camt->iban, iban);
	return ERR_NONE;
}

static enum err
statements_read(struct reading *r, xmlNode *message)
{
	EACH(stmt, message, "Stmt")
	{
		if (account_read(r, stmt) != ERR_NONE)
			return r->err;
		EACH(entry, stmt, "Ntry")
		if (entry_read(r, entry, r->camt->statements) != ERR_NONE)
			return r->err;
		r->camt->statements++;
	}
	return r->camt->statements > 0
		   ? ERR_NONE
		   : refuse(r, N_("It has no statement in it."));
}

/* The version that a namespace names; one that names none is any. */
static bool
version_ok(const xmlNode *root)
{
	static const char word[] = "camt.053.001.";
	const char *s = root->ns != NULL ? (const char *)root->ns->href : NULL;
	int version;

	if (s == NULL || (s = strstr(s, "camt.")) == NULL)
		return true;
	if (strncmp(s, word, sizeof(word) - 1) != 0)
		return false;
	version = atoi(s + sizeof(word) - 1);
	return version >= VERSION_MIN && version <= VERSION_MAX;
}

/* ---- the document ---- */

/* Statements have no DTD.  One would bring entities: nothing of it is read. */
static void
on_dtd(void *arg, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	xmlParserCtxt *ctxt = arg;

	(void)name;
	(void)external;
	(void)system;
	*(bool *)ctxt->_private = true;
	xmlStopParser(ctxt);
}

static enum err
parse(struct reading *r, const void *bytes, size_t n, xmlDoc **out)
{
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	bool dtd = false;

	if (ctxt == NULL)
		return ERR_NOMEM;
	ctxt->_private = &dtd;
	ctxt->sax->internalSubset = on_dtd;
	*out = xmlCtxtReadMemory(ctxt, bytes, (int)n, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
		XML_PARSE_NOCDATA | XML_PARSE_NOBLANKS);
	if (dtd) {
		refuse(r, N_("It has a document type definition, as no bank's "
			     "statement has."));
	} else if (*out == NULL || !ctxt->wellFormed) {
		refuse(r, "");
		snprintf(r->problem, CAMT_PROBLEM,
		    _("It is no XML that can be read: line %d is wrong, or the "
		      "file ends too early."),
		    ctxt->lastError.line);
	}
	if (r->err != ERR_NONE) {
		xmlFreeDoc(*out);
		*out = NULL;
	}
	xmlFreeParserCtxt(ctxt);
	return r->err;
}

static enum err
document_read(struct reading *r, xmlDoc *doc)
{
	xmlNode *root = xmlDocGetRootElement(doc);
	xmlNode *message = root != NULL ? find(root, "BkToCstmrStmt") : NULL;

	if (root == NULL || !is(root, "Document") || message == NULL ||
	    !version_ok(root))
		return refuse(r, N_("It is no bank statement of the kind "
				    "camt.053.001.02 to .08."));
	return statements_read(r, message);
}

enum err
camt_read(
    struct camt *out, const void *bytes, size_t n, char problem[CAMT_PROBLEM])
{
	struct camt camt = {0};
	struct reading r = {.camt = &camt, .problem = problem};
	xmlDoc *doc = NULL;
	enum err err;

	problem[0] = '\0';
	if (n == 0 || n > CAMT_FILE_MAX)
		return refuse(&r, n == 0 ? N_("It is empty.")
					 : N_("It is larger than 16 MB."));
	if ((err = parse(&r, bytes, n, &doc)) == ERR_NONE &&
	    (err = document_read(&r, doc)) == ERR_NONE)
		err = camt_keys(&camt);
	xmlFreeDoc(doc);
	if (err != ERR_NONE) {
		camt_release(&camt);
		return err;
	}
	*out = camt;
	return ERR_NONE;
}

void
camt_release(struct camt *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->credits[i].reference);
		free(c->credits[i].text);
	}
	free(c->credits);
	*c = (struct camt) {0};
}
