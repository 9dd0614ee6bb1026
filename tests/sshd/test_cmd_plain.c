/* Line mode, over pipes and over a dumb terminal. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd_session.h"
#include "data/ticket.h"
#include "sshd/cmd/prompt.h"

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static void
assert_lacks(const char *text, const char *what)
{
	if (strstr(text, what) != NULL)
		fail_msg("\"%s\" in:\n%s", what, text);
}

/* Runs line mode on what was typed; gives the transcript. */
static const char *
typed(struct cmd_session *s, const char *keys)
{
	assert_int_equal(cmd_session_run(s, "plain", keys), 0);
	assert_string_equal(s->err, "");
	assert_null(strchr(s->out, '\033'));
	return s->out;
}

static void
end_of_input_leaves(void **state)
{
	const char *out = typed(*state, "");

	assert_has(out, "portal. Signed in as Anna Łąka.\n");
	assert_has(out, "You owe: 189.23 EUR. Overdue: 189.23 EUR since ");
	assert_has(out, "1 Overview  2 Services  3 Billing  4 Tickets  "
			"5 Profile  6 About  0 Leave");
}

static void
no_command_at_all_is_line_mode_too(void **state)
{
	struct cmd_session *s = *state;

	assert_int_equal(cmd_session_run(s, "", "0\n"), 0);
	assert_has(s->out, "Goodbye.");
}

static void
words_numbers_and_any_line_end_choose(void **state)
{
	assert_has(typed(*state, "Overview\r\n0\r\n"), "Services: 1 active");
	assert_has(typed(*state, "leave"), "Goodbye.");
}

static void
a_wrong_choice_is_an_error_and_asks_again(void **state)
{
	const char *out = typed(*state, "99\n0\n");

	assert_has(out, "Error: \"99\" is not one of the choices.");
	assert_has(out, "Goodbye.");
}

static void
question_mark_explains_the_choices(void **state)
{
	assert_has(typed(*state, "?\n"), "6: who we are and how to reach us");
}

static void
invoices_are_read_one_by_one(void **state)
{
	struct cmd_session *s = *state;
	const char *out = typed(s, "3\nn\nv\nn\no\n");

	assert_has(out, "Invoice 1 of 2: INV-");
	assert_has(out, "Invoice 2 of 2: INV-");
	assert_has(out, "Status: Overdue since 30 Mar 2026");
	assert_has(out, "Paid: 50.00 EUR on ");
	assert_has(out, "Fetch it: scp portal@isp.example:invoices/");
}

static void
the_last_row_offers_no_next(void **state)
{
	const char *out = typed(*state, "3\nn\n"), *last;

	assert_non_null(last = strstr(out, "Invoice 2 of 2"));
	assert_lacks(last, "[n]ext");
	assert_has(last, "pre[v]ious");
}

static void
pay_says_how_to_pay_instead(void **state)
{
	struct cmd_session *s = *state;

	scratch_sql(&s->f.scratch, "DELETE FROM gateway");
	cmd_session_setting(s, "pay_how", "Bring cash.");
	assert_has(typed(s, "3\np\n"), "How to pay: Bring cash.");
}

static void
payments_and_transactions_are_behind_billing(void **state)
{
	const char *out = typed(*state, "billing\nm\no\nb\nt\n");

	assert_has(out, "Payment 1 of ");
	assert_has(out, "Fetch the receipt: scp portal@isp.example:receipts/");
	assert_has(out, "Transaction 1: ");
}

static void
hidden_tabs_are_not_offered(void **state)
{
	struct cmd_session *s = *state;
	const char *out;

	cmd_session_setting(s, "tabs", "overview,profile");
	out = typed(s, "3\n");
	assert_lacks(out, "3 Billing");
	assert_has(out, "Error: \"3\"");
}

static struct ticket
ticket_of(struct cmd_session *s, int64_t id)
{
	struct ticket t;

	assert_int_equal(ticket_get(s->c.st, id, &t), ERR_NONE);
	return t;
}

static void
a_new_ticket_is_sent_after_y_only(void **state)
{
	struct cmd_session *s = *state;
	const char *out = typed(s,
	    "4\nt\nNo light\nf\nh\nIt is dark.\n\n"
	    "Since noon.\n.\n\nt\nNo light\nf\nh\nIt is dark.\n\nSince noon."
	    "\n.\ny\n");
	int64_t first = s->f.of[WHO_ANNA].ticket, made = 0;
	struct ticket t;
	char *sent;

	assert_has(out, "Send the new ticket \"No light\"? y/n Nothing was "
			"sent.");
	assert_non_null(sent = strstr(out, "Sent. It is ticket #"));
	made = strtoll(strchr(sent, '#') + 1, NULL, 10);
	assert_true(made > first);
	t = ticket_of(s, made);
	assert_string_equal(t.subject, "No light");
	assert_string_equal(t.type, "fault");
	assert_string_equal(t.priority, "high");
	assert_string_equal(t.messages[0].body, "It is dark.\n\nSince noon.");
	ticket_release(&t);
	/* not sent twice */
	assert_int_equal(
	    scratch_int(&s->f.scratch,
		"SELECT COUNT(*) FROM ticket WHERE subject = 'No light'"),
	    1);
}

static void
reply_close_and_reopen_name_the_ticket(void **state)
{
	struct cmd_session *s = *state;
	int64_t id = s->f.of[WHO_ANNA].ticket;
	char want[64];
	struct ticket t;

	typed(s, "4\nr\nStill slow.\n.\ny\nx\ny\n");
	snprintf(want, sizeof(want), "Send this reply to ticket #%lld? y/n",
	    (long long)id);
	assert_has(s->out, want);
	snprintf(want, sizeof(want), "Close ticket #%lld? y/n", (long long)id);
	assert_has(s->out, want);
	t = ticket_of(s, id);
	assert_int_equal(t.nmessages, 3);
	assert_false(t.open);
	ticket_release(&t);
	typed(s, "4\ne\ny\n");
	t = ticket_of(s, id);
	assert_true(t.open);
	ticket_release(&t);
}

static void
only_y_confirms(void **state)
{
	struct cmd_session *s = *state;
	struct ticket t;

	assert_has(
	    typed(s, "4\nx\nmaybe\nn\n"), "Error: Please answer y or n.");
	t = ticket_of(s, s->f.of[WHO_ANNA].ticket);
	assert_true(t.open);
	ticket_release(&t);
}

static void
profile_changes_what_may_be_changed(void **state)
{
	struct cmd_session *s = *state;
	struct customer c;

	typed(s, "5\ne\n3\n+43 555\ny\n");
	assert_has(s->out, "Change Phone from \"\" to \"+43 555\"? y/n");
	assert_int_equal(customer_get(s->c.st, &c), ERR_NONE);
	assert_string_equal(c.phone, "+43 555");
	cmd_session_setting(s, "profile.phone", "view");
	assert_has(
	    typed(s, "5\ne\n3\n"), "Error: \"3\" is not one of the choices.");
}

static void
a_password_is_asked_twice_and_changed(void **state)
{
	struct cmd_session *s = *state;

	assert_has(typed(s, "5\np\n" FIXTURE_PASSWORD "\nlonger than ten\n"
			    "longer than ten\n"),
	    "The password is changed.");
	assert_lacks(s->out, "longer than ten");
	assert_has(typed(s, "5\np\nwrong\nlonger than ten\n"
			    "longer than ten\n"),
	    "Error: ");
	assert_has(typed(s, "5\np\nlonger than ten\nlonger than one\n"
			    "longer than two\n"),
	    "Error: The new passwords differ.");
}

static void
about_tells_who_the_provider_is(void **state)
{
	assert_has(typed(*state, "6\n"), "E-mail: office@example.net");
}

static void
too_long_a_line_is_refused_and_passed_over(void **state)
{
	char keys[3 * PROMPT_LINE + 16];

	memset(keys, 'x', 3 * PROMPT_LINE);
	strcpy(keys + 3 * PROMPT_LINE, "\n0\n");
	typed(*state, keys);
	assert_has(
	    ((struct cmd_session *)*state)->out, "Error: That is too long.");
	assert_has(((struct cmd_session *)*state)->out, "Goodbye.");
}

static void
hostile_input_comes_back_harmless(void **state)
{
	const char *out = typed(*state, "\033[2J\xe2\x80\xae\xff%n\n");

	assert_lacks(out, "\xe2\x80\xae");
	assert_has(out, "%n");
}

/* On a terminal. */

/* Reads until the text came; the transcript stays in buf. */
static void
wait_for(int fd, char *buf, size_t size, const char *what)
{
	size_t len = strlen(buf);
	ssize_t n;

	while (strstr(buf, what) == NULL) {
		n = read(fd, buf + len, size - 1 - len);
		if (n <= 0)
			fail_msg("no \"%s\" in:\n%s", what, buf);
		len += (size_t)n;
		buf[len] = '\0';
	}
}

static int
terminal_run(struct cmd_session *s, int slave)
{
	if (setsid() == -1 || dup2(slave, 0) == -1 || dup2(slave, 1) == -1)
		return 99;
	s->c.in = stdin;
	s->c.out = stdout;
	s->c.err = stdout;
	s->c.env.idle_minutes = 1;
	return cmd_run(&s->c, "plain");
}

static void
a_terminal_does_not_show_passwords(void **state)
{
	struct cmd_session *s = *state;
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, status;
	char buf[16384] = "";
	pid_t pid;

	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	assert_true((slave = open(ptsname(master), O_RDWR | O_NOCTTY)) >= 0);
	if ((pid = fork()) == 0)
		_exit((terminal_run(s, slave), fflush(stdout), 0));
	wait_for(master, buf, sizeof(buf), "0 Leave");
	assert_int_equal(write(master, "5\n", 2), 2);
	wait_for(master, buf, sizeof(buf), "[p]assword");
	assert_int_equal(write(master, "p\n", 2), 2);
	wait_for(master, buf, sizeof(buf), "cancels): ");
	assert_int_equal(write(master, "seSame99\n", 9), 9);
	wait_for(master, buf, sizeof(buf), "New password: ");
	assert_null(strstr(buf, "seSame99"));
	/* and shows again what is no password */
	assert_int_equal(write(master, "x\nx\n", 4), 4);
	wait_for(master, buf, sizeof(buf), "Error: ");
	assert_int_equal(write(master, "visible\n", 8), 8);
	wait_for(master, buf, sizeof(buf), "visible");
	assert_int_equal(write(master, "\004", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(slave);
	close(master);
}

int
main(void)
{
#define T(f)                                                                   \
	cmocka_unit_test_setup_teardown(                                       \
	    f, cmd_session_setup, cmd_session_teardown)
	const struct CMUnitTest tests[] = {
	    T(end_of_input_leaves),
	    T(no_command_at_all_is_line_mode_too),
	    T(words_numbers_and_any_line_end_choose),
	    T(a_wrong_choice_is_an_error_and_asks_again),
	    T(question_mark_explains_the_choices),
	    T(invoices_are_read_one_by_one),
	    T(the_last_row_offers_no_next),
	    T(pay_says_how_to_pay_instead),
	    T(payments_and_transactions_are_behind_billing),
	    T(hidden_tabs_are_not_offered),
	    T(a_new_ticket_is_sent_after_y_only),
	    T(reply_close_and_reopen_name_the_ticket),
	    T(only_y_confirms),
	    T(profile_changes_what_may_be_changed),
	    T(a_password_is_asked_twice_and_changed),
	    T(about_tells_who_the_provider_is),
	    T(too_long_a_line_is_refused_and_passed_over),
	    T(hostile_input_comes_back_harmless),
	    T(a_terminal_does_not_show_passwords),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
