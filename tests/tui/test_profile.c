/* The profile tab: details by right, the password, the provider. */
#include "data/auth.h"
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
	SEES(s, "Change the password: Old password (1");
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
		HAS(s, "IBAN IE29AIBK93115212345678");
		HAS(s, "VAT number IE1234567T");
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
	    WITH_STAGE(pr1_nothing_to_edit_offers_nothing),
	    WITH_STAGE(pr1_edit_saves_and_shows_at_once),
	    WITH_STAGE(pr1_a_new_name_is_in_the_header_at_once),
	    WITH_STAGE(pr1_an_error_stands_under_its_field),
	    WITH_STAGE(pr2_password_needs_the_old_one_and_the_new_one_twice),
	    WITH_STAGE(pr4_about_the_provider),
	    WITH_STAGE(ac4_log_out_asks_and_control_d_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
