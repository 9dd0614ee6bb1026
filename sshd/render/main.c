/*
 * portal-render: makes papers that somebody wants for the first time.  One
 * process makes all that are asked for, then ends.  It holds one customer's
 * store socket and nothing else; fonts are the only files it reads.
 */
#include <locale.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/document.h"
#include "data/invoice.h"
#include "data/paper.h"
#include "data/payment.h"
#include "data/session.h"
#include "data/store.h"
#include "data/tenant.h"
#include "export/paper_doc.h"
#include "export/pdf.h"

struct render {
	struct store *st;
	struct tenant tenant;
	struct pdf *pdf;
	struct buf out;
	enum paper_kind kind;
	int64_t today;
	int64_t *refs;
	size_t nrefs;
};

/* "KIND REF", as data/session.h has it. */
static bool
arguments_parse(struct render *r, int64_t *ref, int argc, char **argv)
{
	int kind, used = -1;
	long long n;

	if (argc != 2 ||
	    sscanf(argv[1], "%1d %18lld%n", &kind, &n, &used) != 2 ||
	    used == -1 || argv[1][used] != '\0' || n < 0 ||
	    kind < PAPER_INVOICE || kind >= PAPER_KINDS)
		return false;
	r->kind = (enum paper_kind)kind;
	*ref = n;
	return true;
}

/* A paper speaks its provider's language, whoever wants it first. */
static void
locale_use(const char *locale)
{
	unsetenv("LANGUAGE");
	if (setlocale(LC_ALL, locale) == NULL)
		setlocale(LC_ALL, "C.UTF-8");
}

static enum err
refs_missing(struct render *r)
{
	struct paper *papers;
	enum err err;
	size_t n, i;

	if ((err = paper_list(r->st, r->kind, &papers, &n)) != ERR_NONE)
		return err;
	if ((r->refs = calloc(n > 0 ? n : 1, sizeof(*r->refs))) == NULL) {
		free(papers);
		return ERR_NOMEM;
	}
	for (i = 0; i < n; i++)
		if (papers[i].id == 0)
			r->refs[r->nrefs++] = papers[i].ref;
	free(papers);
	return ERR_NONE;
}

static enum err
refs_load(struct render *r, int64_t ref)
{
	if (ref == 0)
		return refs_missing(r);
	if ((r->refs = calloc(1, sizeof(*r->refs))) == NULL)
		return ERR_NOMEM;
	r->refs[r->nrefs++] = ref;
	return ERR_NONE;
}

/* The sandbox stands before the first font is looked for. */
static enum err
render_open(struct render *r, int64_t ref)
{
	enum err err;

	buf_init(&r->out, PDF_SIZE_MAX);
	if ((err = store_open_socket(&r->st, SESSION_STORE_FD)) != ERR_NONE)
		return err;
	store_patience(r->st, SESSION_PATIENCE_MS);
	if ((err = tenant_get(r->st, &r->tenant)) != ERR_NONE)
		return err;
	locale_use(r->tenant.locale);
	/* Reads the zone, which is a file, and remembers it. */
	r->today = day_of_instant(clock_now(NULL), r->tenant.zone);
	/* Memory is limited as address space: none for arenas of threads. */
	mallopt(M_ARENA_MAX, 1);
	err = session_sandbox(SESSION_EXTRA_OPEN | SESSION_EXTRA_THREADS);
	if (err != ERR_NONE)
		return err;
	if ((err = refs_load(r, ref)) != ERR_NONE)
		return err;
	return pdf_open(&r->pdf, r->tenant.locale);
}

static void
render_close(struct render *r)
{
	pdf_close(r->pdf);
	buf_release(&r->out);
	free(r->refs);
	store_close(r->st);
}

static enum err
doc_draw(struct render *r, enum err err, struct paper_doc *doc)
{
	if (err != ERR_NONE)
		return err;
	err = pdf_draw(r->pdf, doc, &r->out);
	paper_doc_release(doc);
	return err;
}

static enum err
invoice_draw(struct render *r, int64_t ref)
{
	struct paper_doc doc;
	struct invoice inv;
	enum err err;

	err = invoice_get(r->st, NULL, ref, r->today, &inv);
	if (err != ERR_NONE)
		return err;
	err = doc_draw(r, paper_doc_invoice(&doc, &inv, &r->tenant), &doc);
	invoice_release(&inv);
	return err;
}

static enum err
receipt_draw(struct render *r, int64_t ref)
{
	struct paper_doc doc;
	struct payment p;
	enum err err;

	if ((err = payment_get(r->st, ref, NULL, &p)) != ERR_NONE)
		return err;
	if (*p.receipt == '\0')
		err = ERR_NOT_FOUND;
	else
		err =
		    doc_draw(r, paper_doc_receipt(&doc, &p, &r->tenant), &doc);
	payment_release(&p);
	return err;
}

static enum err
document_draw(struct render *r, enum document_kind kind, int64_t ref)
{
	struct paper_doc doc;
	struct document d;
	enum err err;

	err = document_get(r->st, kind, NULL, ref, &d);
	if (err != ERR_NONE)
		return err;
	err = doc_draw(r, paper_doc_document(&doc, &d, &r->tenant), &doc);
	document_release(&d);
	return err;
}

static enum err
proforma_draw(struct render *r, int64_t ref)
{
	return document_draw(r, DOCUMENT_PROFORMA, ref);
}

static enum err
credit_note_draw(struct render *r, int64_t ref)
{
	return document_draw(r, DOCUMENT_CREDIT_NOTE, ref);
}

static enum err
paper_make(struct render *r, int64_t ref)
{
	static enum err (*const draws[PAPER_KINDS])(
	    struct render * r, int64_t ref) = {
	    [PAPER_INVOICE] = invoice_draw,
	    [PAPER_RECEIPT] = receipt_draw,
	    [PAPER_PROFORMA] = proforma_draw,
	    [PAPER_CREDIT_NOTE] = credit_note_draw,
	};
	enum err err;

	buf_reset(&r->out);
	err = draws[r->kind](r, ref);
	if (err == ERR_NONE)
		err = paper_keep(r->st, r->kind, ref, r->out.data, r->out.len);
	return err;
}

/* One that fails does not keep the others from being made. */
static int
render_all(struct render *r)
{
	int status = SESSION_EXIT_OK;
	enum err err;
	size_t i;

	for (i = 0; i < r->nrefs; i++) {
		if ((err = paper_make(r, r->refs[i])) == ERR_NONE)
			continue;
		log_error("paper %d of id %lld: %s", (int)r->kind,
		    (long long)r->refs[i], err_name(err));
		status = SESSION_EXIT_REFUSED;
		if (err == ERR_CLOSED)
			break;
	}
	return status;
}

int
main(int argc, char **argv)
{
	struct render r = {0};
	int status = SESSION_EXIT_REFUSED;
	int64_t ref;
	enum err err;

	log_open("portal-render", LOG_LVL_WARN);
	if (!arguments_parse(&r, &ref, argc, argv)) {
		log_error("usage: portal-render 'KIND REF'");
		return SESSION_EXIT_USAGE;
	}
	if ((err = render_open(&r, ref)) != ERR_NONE)
		log_error("cannot start: %s", err_name(err));
	else
		status = render_all(&r);
	render_close(&r);
	return status;
}
