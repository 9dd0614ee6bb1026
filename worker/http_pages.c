/*
 * The pages that people see in a browser: one sentence each, no scripts,
 * nothing from elsewhere.
 */
#include "base/i18n.h"
#include "worker/http.h"

struct page_row {
	unsigned status;
	const char *title, *text;
	const char *head; /* more of it, or NULL */
};

/* clang-format off */
static const struct page_row pages[] = {
	[PAGE_THANKS] = { 200, N_("Thank you"),
	    N_("Your payment is being confirmed. You can close this page: the "
	       "portal shows the payment in a moment."), NULL },
	[PAGE_PAID] = { 200, N_("Paid"),
	    N_("Your payment has arrived. Thank you! You can close this page."),
	    NULL },
	[PAGE_CANCELLED] = { 200, N_("Not paid"),
	    N_("Nothing was charged. The link that brought you here goes on "
	       "working: open it again to pay."), NULL },
	[PAGE_WAIT] = { 200, N_("One moment"),
	    N_("The payment page is being prepared. It opens by itself."),
	    "<meta http-equiv=\"refresh\" content=\"2\">\n" },
	[PAGE_PROCESSING] = { 200, N_("Processing"),
	    N_("Your payment is on its way. The portal shows when it has "
	       "arrived. There is nothing more to do."), NULL },
	[PAGE_OVER] = { 410, N_("No longer valid"),
	    N_("Nothing can be paid with this link any more. Please make a new "
	       "one in the portal."), NULL },
	[PAGE_NOT_FOUND] = { 404, N_("Not found"),
	    N_("There is no such page. Please look at the link again."), NULL },
	[PAGE_LIMIT] = { 429, N_("Too many at once"),
	    N_("Please wait a minute and try again."), NULL },
	[PAGE_BUSY] = { 503, N_("One moment"),
	    N_("The portal is busy. Please try again in a minute."), NULL },
};
/* clang-format on */

static const char style[] =
    ":root{color-scheme:light dark}"
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;"
    "margin:15vh auto 0;padding:0 1.5rem}"
    "p.b{opacity:.7;margin:0}h1{font-size:1.8rem;margin:.3rem 0 .8rem}";

static void
escape(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\'':
			buf_adds(out, "&#39;");
			break;
		default:
			buf_addc(out, *s);
		}
	}
}

unsigned
page_status(enum page page)
{
	return pages[page].status;
}

void
page_write(struct buf *out, enum page page, const char *brand)
{
	const struct page_row *row = &pages[page];

	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		      "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
		      "content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"robots\" content=\"noindex\">\n");
	if (row->head != NULL)
		buf_adds(out, row->head);
	buf_adds(out, "<title>");
	escape(out, _(row->title));
	buf_addf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n", style);
	if (brand[0] != '\0') {
		buf_adds(out, "<p class=\"b\">");
		escape(out, brand);
		buf_adds(out, "</p>\n");
	}
	buf_adds(out, "<h1>");
	escape(out, _(row->title));
	buf_adds(out, "</h1>\n<p>");
	escape(out, _(row->text));
	buf_adds(out, "</p>\n</body>\n</html>\n");
}
