/*
 * The pages that people see in a browser: one sentence each, no scripts,
 * nothing from elsewhere.
 */
#include "base/i18n.h"
#include "worker/http.h"

enum mark { MARK_YES, MARK_WAIT, MARK_NO };
struct page_row {
	unsigned status;
	enum mark mark; /* seen before a word is read */
	const char *title, *text;
	const char *go; /* what its link is called; NULL: it has none */
	int again_s;    /* it asks again by itself; 0: never */
};

/* clang-format off */
static const struct page_row pages[] = {
	[PAGE_THANKS] = { 200, MARK_YES, N_("Thank you"),
	    N_("Your payment is being confirmed. You can close this page: the "
	       "portal shows the payment in a moment."), NULL, 0 },
	[PAGE_CONFIRMING] = { 200, MARK_WAIT, N_("Thank you"),
	    N_("Your payment is being confirmed. You can close this page: the "
	       "portal shows the payment in a moment."), NULL, 4 },
	[PAGE_PAID] = { 200, MARK_YES, N_("Paid"),
	    N_("Your payment has arrived. Thank you! You can close this page."),
	    NULL, 0 },
	[PAGE_CANCELLED] = { 200, MARK_NO, N_("Not paid"),
	    N_("Nothing was charged. The link that brought you here goes on "
	       "working: open it again to pay."), N_("Pay now"), 0 },
	[PAGE_SAVING] = { 200, MARK_WAIT, N_("Thank you"),
	    N_("Your payment method is being saved. You can close this page: "
	       "the portal shows it in a moment."), NULL, 4 },
	[PAGE_SAVED] = { 200, MARK_YES, N_("Saved"),
	    N_("Your payment method is saved. You can close this page."),
	    NULL, 0 },
	[PAGE_NOT_SAVED] = { 200, MARK_NO, N_("Not saved"),
	    N_("Nothing was saved. The link that brought you here goes on "
	       "working."), N_("Open it again"), 0 },
	[PAGE_FAILED] = { 200, MARK_NO, N_("Not paid"),
	    N_("This payment did not work."), N_("Try again"), 0 },
	[PAGE_WAIT] = { 200, MARK_WAIT, N_("One moment"),
	    N_("The payment page is being prepared. It opens by itself."),
	    NULL, 2 },
	[PAGE_PROCESSING] = { 200, MARK_WAIT, N_("Processing"),
	    N_("Your payment is on its way. The portal shows when it has "
	       "arrived. There is nothing more to do."), NULL, 0 },
	[PAGE_OVER] = { 410, MARK_NO, N_("No longer valid"),
	    N_("Nothing can be paid with this link any more. Please make a new "
	       "one in the portal."), NULL, 0 },
	[PAGE_NOT_FOUND] = { 404, MARK_NO, N_("Not found"),
	    N_("There is no such page. Please look at the link again."),
	    NULL, 0 },
	[PAGE_LIMIT] = { 429, MARK_WAIT, N_("Too many at once"),
	    N_("Please wait a minute and try again."), NULL, 0 },
	[PAGE_BUSY] = { 503, MARK_WAIT, N_("One moment"),
	    N_("The portal is busy. Please try again in a minute."), NULL, 0 },
};

/* Colours that stand out on light and on dark. */
static const struct { const char *colour, *path; } marks[] = {
	[MARK_YES] = { "#2a9a4a", "M7 12.4l3.4 3.4L17 8.6" },
	[MARK_WAIT] = { "#3b82f6", "M12 6.5V12l3.6 2.4" },
	[MARK_NO] = { "#808080", "M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6" },
};
/* clang-format on */

static const char style[] =
    ":root{color-scheme:light dark}"
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;"
    "margin:12vh auto 2rem;padding:0 1.5rem;overflow-wrap:anywhere}"
    "svg{width:3.4rem;display:block;margin-bottom:1.2rem;fill:none;"
    "stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}"
    "p.b{opacity:.75;margin:0}h1{font-size:1.8rem;line-height:1.2;"
    "margin:.3rem 0 .8rem}a{display:inline-block;margin-top:.6rem;"
    "padding:.65rem 1.5rem;border-radius:.5rem;background:#0b57d0;"
    "color:#fff;font-weight:600;text-decoration:none}";

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

static void
element(struct buf *out, const char *open, const char *text, const char *close)
{
	buf_adds(out, open);
	escape(out, text);
	buf_adds(out, close);
}

static void
head_write(struct buf *out, const struct page_row *row)
{
	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		      "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
		      "content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"robots\" content=\"noindex\">\n");
	if (row->again_s != 0)
		buf_addf(out, "<meta http-equiv=\"refresh\" content=\"%d\">\n",
		    row->again_s);
	element(out, "<title>", _(row->title), "</title>\n");
	buf_addf(out, "<style>%s</style>\n</head>\n", style);
}

void
page_write(struct buf *out, enum page page, const struct page_words *words)
{
	const struct page_row *row = &pages[page];

	head_write(out, row);
	buf_addf(out,
	    "<body>\n<main>\n<svg viewBox=\"0 0 24 24\" stroke=\"%s\" "
	    "aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"11\"/>"
	    "<path d=\"%s\"/></svg>\n",
	    marks[row->mark].colour, marks[row->mark].path);
	if (words->brand[0] != '\0')
		element(out, "<p class=\"b\">", words->brand, "</p>\n");
	element(out, "<h1>", _(row->title), "</h1>\n");
	element(out, "<p>",
	    _(words->reason[0] != '\0' ? words->reason : row->text), "</p>\n");
	if (row->go != NULL && words->link[0] != '\0') {
		element(out, "<p><a href=\"", words->link, "\">");
		element(out, "", _(row->go), "</a></p>\n");
	}
	buf_adds(out, "</main>\n</body>\n</html>\n");
}
