/*
 * A mail's bytes, and what may become one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/mail.h"
#include "tests/worker/desk.h"
#include "worker/message.h"

#define DESK(fn) cmocka_unit_test_setup_teardown(fn, desk_setup, desk_teardown)

static const struct message plain = {.from_name = "Example ISP",
    .from = "billing@example.net",
    .to = "anna@example.org",
    .reply_to = "",
    .subject = "Your payment",
    .text = "Hello.\n",
    .date = 1763778292,
    .id = "job.7.1763778292"};

static const char *
written(struct buf *b, const struct message *m)
{
	buf_init(b, 64 * 1024);
	message_write(b, m);
	assert_int_equal(b->err, ERR_NONE);
	return buf_str(b);
}

/* Every line ends in CRLF, is short and is ASCII. */
static void
assert_lines(const char *s)
{
	const char *end;

	for (; *s != '\0'; s = end + 2) {
		end = strstr(s, "\r\n");
		assert_non_null(end);
		assert_true(end - s <= 76);
		for (; s < end; s++)
			assert_true(*s >= ' ' && *s <= '~');
	}
}

static void
a_plain_mail_is_written_as_it_is(void **state)
{
	struct buf b;

	(void)state;
	assert_string_equal(written(&b, &plain),
	    "Date: Sat, 22 Nov 2025 02:24:52 +0000\r\n"
	    "From: \"Example ISP\"\r\n <billing@example.net>\r\n"
	    "To: <anna@example.org>\r\n"
	    "Subject: Your payment\r\n"
	    "Message-ID: <job.7.1763778292@example.net>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "\r\n"
	    "Hello.\r\n");
	buf_release(&b);
}

static void
other_letters_are_encoded_in_short_lines(void **state)
{
	struct message m = plain;
	struct buf b;
	const char *s;

	(void)state;
	m.from_name = "Käse \"& Co\"";
	m.subject = "Zahlungsbestätigung für Ihre Rechnung ÄÖÜäöüß請求書請求書";
	m.text = "Grüße = Greetings \n.\nFrom here on: "
		 "äääääääääääääääääääääääääääääääääääää\n\nEnd";
	s = written(&b, &m);
	assert_lines(s);
	assert_non_null(strstr(s, "From: =?UTF-8?Q?K=C3=A4se_=22=26_Co=22?="));
	assert_non_null(strstr(s, "Subject: =?UTF-8?Q?Zahlungsbest=C3=A4ti"));
	assert_non_null(strstr(s, "Gr=C3=BC=C3=9Fe =3D Greetings=20\r\n.\r\n"));
	assert_non_null(strstr(s, "\r\n\r\nEnd\r\n"));
	buf_release(&b);
}

static void
no_text_begins_a_header(void **state)
{
	static const char evil[] = "x\r\nBcc: all@example.org\r\n\r\nspam";
	struct message m = plain;
	struct buf b;
	const char *s;

	(void)state;
	m.from_name = m.subject = evil;
	s = written(&b, &m);
	assert_lines(s);
	assert_null(strstr(s, "\nBcc"));
	assert_null(strstr(s, "spam\r\n"));
	m.subject = "=?UTF-8?Q?=0D=0ABcc:_x?=";
	buf_release(&b);
	assert_null(strstr(written(&b, &m), "Subject: =?UTF-8?Q?=0D"));
	buf_release(&b);
}

static void
only_addresses_are_addresses(void **state)
{
	static const char *const bad[] = {"", "anna", "a@b>", "a@b, c@d",
	    "a@b\r\nRCPT TO:<c@d>", "a b@c", "\"a\"@b", "a@b@c", "<a@b>",
	    "a@.b", "a@b.", "a..b@c", ".a@b"};
	size_t i;

	(void)state;
	assert_true(address_valid("anna+x@mail.example.org"));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(address_valid(bad[i]));
}

static void
a_mail_is_queued_once_for_its_name(void **state)
{
	struct desk *d = *state;
	char args[512];
	int i;

	desk_become(d, WHO_ANNA);
	for (i = 0; i < 2; i++)
		assert_int_equal(
		    mail_queue(d->w.st, "receipt:1", "anna@example.org",
			"Größe", "a\n\"b\"", 0),
		    ERR_NONE);
	scratch_str(&d->f.scratch, args, sizeof(args),
	    "SELECT args FROM job WHERE kind = 'mail'");
	assert_string_equal(args, "{\"to\":\"anna@example.org\",\"subject\":"
				  "\"Größe\",\"text\":\"a\\n\\\"b\\\"\"}");
	assert_int_equal(
	    scratch_int(&d->f.scratch, "SELECT count(*) FROM job"), 1);
}

static void
what_is_no_mail_is_not_queued(void **state)
{
	static char big[JOB_ARGS + 1];
	struct desk *d = *state;
	struct store *st = d->w.st;

	memset(big, 'x', sizeof(big) - 1);
	desk_become(d, WHO_ANNA);
	assert_int_equal(
	    mail_queue(st, "n", "a@b>,<c@d", "s", "t", 0), ERR_BAD_INPUT);
	assert_int_equal(
	    mail_queue(st, "n", "a@b.c", "s\r\nBcc: x", "t", 0), ERR_BAD_INPUT);
	assert_int_equal(
	    mail_queue(st, "n", "a@b.c", "s", "t\033[2J", 0), ERR_BAD_INPUT);
	assert_int_equal(
	    mail_queue(st, "n", "a@b.c", "s", big, 0), ERR_TOO_BIG);
	assert_int_equal(
	    scratch_int(&d->f.scratch, "SELECT count(*) FROM job"), 0);
}

static void
a_wrong_configuration_is_named(void **state)
{
	static const struct {
		const char *url, *from;
		enum err err;
	} rows[] = {
	    {"", "", ERR_NONE},
	    {"smtp://mail.example.net:587", "isp@example.net", ERR_NONE},
	    {"smtps://u:p@mail.example.net", "ISP <isp@example.net>", ERR_NONE},
	    {"http://mail.example.net", "", ERR_CONFIG},
	    {"mail.example.net", "", ERR_CONFIG},
	    {"smtp://mail.example.net", "nobody", ERR_CONFIG},
	};
	struct config c;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&c, 0, sizeof(c));
		strcpy(c.mail_smtp_url, rows[i].url);
		strcpy(c.mail_from, rows[i].from);
		assert_int_equal(mail_check(&c, &why), rows[i].err);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_mail_is_written_as_it_is),
	    cmocka_unit_test(other_letters_are_encoded_in_short_lines),
	    cmocka_unit_test(no_text_begins_a_header),
	    cmocka_unit_test(only_addresses_are_addresses),
	    DESK(a_mail_is_queued_once_for_its_name),
	    DESK(what_is_no_mail_is_not_queued),
	    cmocka_unit_test(a_wrong_configuration_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
