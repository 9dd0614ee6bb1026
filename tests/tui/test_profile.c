/* The profile tab: details by right, the password, the provider. */
#include <stdio.h>

#include "data/auth.h"
#include "data/mail.h"
#include "tests/tui/stage.h"

static void
pr1_fields_as_the_tenant_has_them(void **state)
{
	struct stage *s = *state;

	stage_set(s, "profile.vat_id", "hidden");
	stage_set(s, "profile.phone", "edit");
	stage_set(s, "profile.street", "view");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "5");
		HAS(s, "Customer number 10-20394");
		HAS(s, "Name Demo Customer");
		HAS(s, "E-mail demo@example.net");
		HAS(s, "Phone 0555 0199");
		HAS(s, "Street 1 Barn Road");
		HAS(s, "Postcode 6167");
		HAS(s, "City Ridge");
		HAS(s, "Country IE");
		HAS_NOT(s, "VAT number");
	}
	stage_open(s, 24, 80);
	stage_keys(s, "5\r");
	SEES(s, "Your details");
	SEES(s, "Phone");
	SEES_NOT(s, "Street");
	SEES_NOT(s, "VAT number");
	SEES_NOT(s, "E-mail");
}

static void
pr1_each_field_has_its_right(void **state)
{
	struct stage *s = *state;
	static const struct {
		const char *key, *label, *value;
	} fields[] = {{"profile.name", "Name", "Name Demo Customer"},
	    {"profile.email", "E-mail", "E-mail demo@example.net"},
	    {"profile.phone", "Phone", "Phone 0555 0199"},
	    {"profile.street", "Street", "Street 1 Barn Road"},
	    {"profile.postcode", "Postcode", "Postcode 6167"},
	    {"profile.city", "City", "City Ridge"},
	    {"profile.country", "Country", "Country IE"},
	    {"profile.vat_id", "VAT number", "VAT number IE7"}};
	enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

	scratch_sql(&s->scratch, "UPDATE customer SET vat_id = 'IE7'");
	for (size_t i = 0; i < FIELDS; i++)
		stage_set(s, fields[i].key, "view");
	for (size_t i = 0; i < FIELDS; i++) {
		bool mailed = strcmp(fields[i].label, "E-mail") == 0;

		AT_BOTH_SIZES(s, size) /* seen, not changed */
		{
			stage_keys(s, "5");
			HAS(s, fields[i].value);
			HAS_NOT(s, "Change these details");
		}
		stage_set(s, fields[i].key, "hidden");
		AT_BOTH_SIZES(s, size)
		{
			stage_keys(s, "5");
			HAS_NOT(s, fields[i].value);
			HAS_NOT(s, "Change these details");
		}
		stage_set(s, fields[i].key, "edit");
		AT_BOTH_SIZES(s, size)
		{
			stage_keys(s, "5");
			HAS(s, fields[i].value);
			if (mailed) {
				HAS(s, "To change your e-mail address ask");
				continue;
			}
			stage_keys(s, "g\r");
			SEES(s, "Your details");
			SEES(s, fields[i].label);
			stage_keys(s, "\033");
		}
		stage_set(s, fields[i].key, "view");
	}
}

static void
pr1_nothing_to_edit_offers_nothing(void **state)
{
	struct stage *s = *state;
	static const char *const fields[] = {"profile.name", "profile.phone",
	    "profile.street", "profile.postcode", "profile.city",
	    "profile.country", "profile.vat_id"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		stage_set(s, fields[i], "view");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "5");
		HAS_NOT(s, "Change these details");
		HAS(s, "Change the password");
	}
}

static void
pr1_edit_saves_and_shows_at_once(void **state)
{
	struct stage *s = *state;

	stage_set(s, "profile.phone", "edit");
	stage_set(s, "profile.name", "view");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "5\r");
		/* phone is the first field that may be changed */
		stage_keys(s, "\025+353 1 555\017");
		SEES(s, "Saved.");
		HAS(s, "Phone +353 1 555");
	}
}

static void
pr1_a_new_name_is_in_the_header_at_once(void **state)
{
	struct stage *s = *state;

	stage_set(s, "profile.name", "edit");
	stage_open(s, 24, 80);
	stage_keys(s, "5\r\025Someone Else\017");
	SEES(s, "  Someone Else\n");
}

static void
pr1_an_error_stands_under_its_field(void **state)
{
	struct stage *s = *state;

	stage_set(s, "profile.name", "edit");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "5\r\025\017");
		SEES(s, "Your details");
		SEES_NOT(s, "Saved.");
		stage_keys(s, "Demo Customer\017");
		SEES(s, "Saved.");
	}
}

static void
mail_on(struct stage *s)
{
	stage_system(s);
	OK(mail_sender_set(s->st, true, "isp.example"));
}

/* What was mailed last, typed and sent. */
static void
type_code(struct stage *s)
{
	char args[4096], keys[16];
	const char *at;

	scratch_str(&s->scratch, args, sizeof(args),
	    "SELECT args FROM job WHERE name LIKE 'email_code:%%' "
	    "ORDER BY id DESC LIMIT 1");
	at = strstr(args, "\\n    ");
	assert_non_null(at);
	snprintf(keys, sizeof(keys), "%.8s\017", at + strlen("\\n    "));
	stage_keys(s, keys);
}

static void
pr1_e_mail_is_changed_by_a_mailed_code(void **state)
{
	struct stage *s = *state;
	char keys[64], now[64];

	mail_on(s);
	AT_BOTH_SIZES(s, size)
	{
		snprintf(keys, sizeof(keys),
		    "5/Change the e\r\r\025w%d@example.net\017", size->cols);
		stage_keys(s, keys);
		SEES(s, "The code is on its way.");
		stage_keys(s, "1234\017");
		SEES(s, "has 8 digits");
		stage_keys(s, "\025");
		type_code(s);
		SEES(s, "is changed. Log in");
		snprintf(
		    now, sizeof(now), "E-mail w%d@example.net", size->cols);
		HAS(s, now);
	}
}

static void
pr1_a_mailed_code_is_asked_for_again_later(void **state)
{
	struct stage *s = *state;

	mail_on(s);
	stage_open(s, 24, 80);
	stage_keys(s, "5/Change the e\r\rfirst@example.net\r");
	SEES(s, "mailed a code to first@example.net");
	stage_keys(s, "\033");
	stage_keys(s, "\r");
	SEES(s, "mailed a code to first@example.net");
	/* Another address gets another code. */
	stage_keys(s, "\t\025second@example.net\017");
	SEES(s, "mailed a code to second@example.net");
	/* Empty: the code once more. */
	stage_keys(s, "\017");
	SEES(s, "mailed a code to second@example.net");
	type_code(s);
	HAS(s, "E-mail second@example.net");
}

static void
pr1_a_bad_address_is_told_under_its_field(void **state)
{
	struct stage *s = *state;

	mail_on(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "5/Change the e\r\rnobody\017");
		SEES(s, "That is not an e-mail address.");
		stage_keys(s, "\033y");
	}
}

static void
pr1_without_mail_it_says_whom_to_ask(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "5");
		HAS(s, "To change your e-mail address ask Ridgenet: 0555 0100, "
		       "office@ridgenet.example");
		HAS_NOT(s, "Change the e-mail address");
	}
	stage_set(s, "profile.email", "view");
	stage_open(s, 24, 80);
	stage_keys(s, "5");
	HAS_NOT(s, "To change your e-mail address");
}

static void
pr1_e_mail_screens_look_as_they_did(void **state)
{
	struct stage *s = *state;

	mail_on(s);
	stage_open(s, 24, 80);
	stage_keys(s, "5/Change the e\r\r");
	stage_golden(s, "email_80x24");
	stage_resize(s, 15, 40);
	stage_golden(s, "email_40x15");
	stage_keys(s, "anna@new.example\017");
	stage_golden(s, "email_code_40x15");
	stage_resize(s, 24, 80);
	stage_golden(s, "email_code_80x24");
}

static void
pr2_password_needs_the_old_one_and_the_new_one_twice(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	OK(login_set_password(s->st, s->login, STAGE_PASSWORD));
	stage_open(s, 24, 80);
	stage_keys(s, "5j\rwrong old one\tbrand new words\tbrand new words"
		      "\017");
	SEES(s, "Change the password");
	SEES_NOT(s, "brand new");
	stage_keys(s, "\025" STAGE_PASSWORD "\t\t!\017");
	SEES(s, "not the same");
	stage_keys(s, "\177\017");
	SEES(s, "The password is changed.");
	SEES(s, "[5 Profile]");
	stage_open(s, 15, 40);
	stage_keys(s, "5j\r");
	SEES(s, "Old password (1 of 3)");
	stage_keys(s, "brand new words\rshort\rshort\r");
	SEES(s, "New password (2");
	SEES_NOT(s, "short\n");
	stage_keys(s, "\025other new words\t\025other new words\017");
	SEES(s, "The password is changed.");
}

static void
pr4_about_the_provider(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "5/About\r\r");
		HAS(s, "Ridgenet Ltd");
		HAS(s, "Address 12 High Street Ridge");
		HAS(s, "Phone 0555 0100");
		HAS(s, "E-mail office@ridgenet.example");
		HAS(s, "Hours Monday to Friday, 08:00 to 18:00");
		HAS(s, "Support Call 0555 0111 at any hour.");
		HAS(s, "Web https://ridgenet.example");
		HAS(s, "Bank Ridge Bank");
		HAS(s, "IBAN IE29AIBK93115212345678");
		HAS(s, "BIC AIBKIE2D");
		HAS(s, "VAT number IE1234567T");
		HAS(s, "Register Company no. 991234");
		HAS(s, "Terms Payable within 14 days.");
	}
}

static void
ac4_log_out_asks_and_control_d_does_not(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "q");
		SEES(s, "Log out? y/n");
		stage_keys(s, "q\r");
		assert_int_equal(s->ui.state, UI_RUNNING);
		stage_keys(s, "5/Log out\r\r");
		SEES(s, "Log out? y/n");
		stage_keys(s, "y");
		assert_int_equal(s->ui.state, UI_LEAVE);
	}
	stage_open(s, 24, 80);
	stage_keys(s, "\004");
	assert_int_equal(s->ui.state, UI_LEAVE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(pr1_fields_as_the_tenant_has_them),
	    WITH_STAGE(pr1_each_field_has_its_right),
	    WITH_STAGE(pr1_nothing_to_edit_offers_nothing),
	    WITH_STAGE(pr1_edit_saves_and_shows_at_once),
	    WITH_STAGE(pr1_a_new_name_is_in_the_header_at_once),
	    WITH_STAGE(pr1_an_error_stands_under_its_field),
	    WITH_STAGE(pr1_e_mail_is_changed_by_a_mailed_code),
	    WITH_STAGE(pr1_a_mailed_code_is_asked_for_again_later),
	    WITH_STAGE(pr1_a_bad_address_is_told_under_its_field),
	    WITH_STAGE(pr1_without_mail_it_says_whom_to_ask),
	    WITH_STAGE(pr1_e_mail_screens_look_as_they_did),
	    WITH_STAGE(pr2_password_needs_the_old_one_and_the_new_one_twice),
	    WITH_STAGE(pr4_about_the_provider),
	    WITH_STAGE(ac4_log_out_asks_and_control_d_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
