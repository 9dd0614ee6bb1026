/* What of a store's URL may be shown: never a secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "data/store.h"

static void
shown(const char *url, const char *want)
{
	char text[128];

	store_url_public(text, sizeof(text), url);
	assert_string_equal(text, want);
}

static void
file_is_shown_as_it_is(void **state)
{
	(void)state;
	shown("sqlite:/var/lib/portal/portal.db",
	    "sqlite:/var/lib/portal/portal.db");
}

static void
server_is_shown_without_password_and_options(void **state)
{
	(void)state;
	shown("postgresql://portal:secret@db.example:5432/portal",
	    "postgresql://portal@db.example:5432/portal");
	shown("postgresql://portal@db.example/portal",
	    "postgresql://portal@db.example/portal");
	shown("postgresql://db.example/portal?password=secret",
	    "postgresql://db.example/portal");
	shown("postgresql://:secret@db.example/portal",
	    "postgresql://@db.example/portal");
	shown("postgresql:///portal", "postgresql:///portal");
}

/* Whatever sign is in it, no part of it is seen. */
static void
odd_password_is_not_shown(void **state)
{
	static const char *const urls[] = {
	    "postgresql://portal:a?SECRET@db.example/portal",
	    "postgresql://portal:SECRET?b@db.example/portal",
	    "postgresql://portal:SECRET@x@db.example/portal",
	    "postgresql://portal:SEC:RET@db.example/portal",
	    "postgresql://db.example/portal?password=SECRET@x",
	    "postgresql://db.example?password=SECRET:y@x",
	    "postgresql://portal@db.example/portal?password=SECRET@x",
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		store_url_public(text, sizeof(text), urls[i]);
		if (strstr(text, "SEC") != NULL)
			fail_msg("%s is shown as %s", urls[i], text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(file_is_shown_as_it_is),
	    cmocka_unit_test(server_is_shown_without_password_and_options),
	    cmocka_unit_test(odd_password_is_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
