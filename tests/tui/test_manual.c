/* The manual names every key, with the words of the tables themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tui/input.h"
#include "tui/manual.h"
#include "tui/screens.h"

enum { MANUAL_SIZE = 1 << 17 };

static char manual[MANUAL_SIZE];

static void
manual_has_the_key_tables_as_they_are(void **state)
{
	FILE *f = fopen("portal-tui.1", "r");
	struct buf keys;
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(manual, 1, sizeof(manual) - 1, f);
	fclose(f);
	manual[n] = '\0';
	buf_init(&keys, MANUAL_SIZE);
	manual_keys(&keys);
	assert_true(keys.len > 0);
	if (strstr(manual, buf_str(&keys)) == NULL)
		print_error("portal-tui.1 is behind the key tables: put in "
			    "what portal-tui --keys prints\n");
	assert_non_null(strstr(manual, buf_str(&keys)));
	buf_release(&keys);
}

static void
check_no_key_twice(const struct bindings *b)
{
	for (size_t i = 0; i < b->n; i++) {
		assert_non_null(b->rows[i].help);
		for (int k = 0; k < BINDING_KEYS; k++) {
			uint32_t key = b->rows[i].keys[k];

			if (key == K_DIGIT)
				key = '5'; /* stands for all of them */
			if (key != K_NONE)
				assert_ptr_equal(
				    binding_find(b, key), &b->rows[i]);
		}
	}
}

static void
no_table_has_a_key_twice(void **state)
{
	(void)state;
	check_no_key_twice(&bindings_global);
	check_no_key_twice(&bindings_form);
	for (size_t i = 0; i < screens_count; i++)
		check_no_key_twice(&screens_all[i]->bindings);
}

/* What a key does on one screen it does on all of them. */
static void
a_key_means_the_same_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < screens_count; i++) {
		const struct bindings *b = &screens_all[i]->bindings;

		for (size_t r = 0; r < b->n; r++)
			for (size_t j = 0; j < screens_count; j++) {
				const struct binding *other =
				    binding_find(&screens_all[j]->bindings,
					b->rows[r].keys[0]);

				if (other != NULL)
					assert_int_equal(
					    other->act, b->rows[r].act);
			}
	}
}

static void
flow_control_keys_are_never_bound(void **state)
{
	enum { CTRL_S = 19, CTRL_Q = 17 };

	(void)state;
	for (size_t i = 0; i < screens_count; i++) {
		const struct bindings *b = &screens_all[i]->bindings;

		assert_null(binding_find(b, CTRL_S));
		assert_null(binding_find(b, CTRL_Q));
	}
	assert_null(binding_find(&bindings_global, CTRL_S));
	assert_null(binding_find(&bindings_form, CTRL_Q));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(manual_has_the_key_tables_as_they_are),
	    cmocka_unit_test(no_table_has_a_key_twice),
	    cmocka_unit_test(a_key_means_the_same_everywhere),
	    cmocka_unit_test(flow_control_keys_are_never_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
