/*
 * The whole of portal-tui but its terminal, on a store in memory of a test:
 * keys go in as bytes, screens come out as text.  It is noon UTC on 14 May
 * 2026, and the customer has something of everything.
 */
#ifndef TESTS_TUI_STAGE_H
#define TESTS_TUI_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/data/scratch.h"
#include "tui/input.h"
#include "tui/ui.h"

enum { STAGE_TODAY = 20587, STAGE_DAY = 86400, STAGE_SCREEN = 1 << 16 };

#define STAGE_PASSWORD "correct horse battery"

struct stage {
	struct scratch scratch;
	struct store *st;
	int64_t tenant, customer, login;
	int64_t plan_net, plan_voice;
	int64_t ticket; /* the one that waits for the customer */
	struct session session;
	struct ui ui;
	bool open;
	struct input input;
	char screen[STAGE_SCREEN];
};

/* cmocka set-ups: a customer with everything; one with nothing. */
int stage_setup(void **state);
int stage_setup_empty(void **state);
int stage_teardown(void **state);

/* Acts as the provider until stage_open(), or from now on. */
void stage_system(struct stage *s);
void stage_set(struct stage *s, const char *key, const char *value);
int64_t stage_issue(
    struct stage *s, int64_t day, int64_t due, int64_t net, const char *what);
/* Money that arrives; invoice 0: the oldest. */
int64_t stage_pay(
    struct stage *s, int64_t day, int64_t amount, int64_t invoice);

/* Logs the customer in, on a screen of that size. */
void stage_open(struct stage *s, int rows, int cols);
void stage_resize(struct stage *s, int rows, int cols);
void stage_keys(struct stage *s, const char *bytes);
/* The screen as canvas_dump() has it. */
const char *stage_dump(struct stage *s);
/* Everything the screen has, scrolled from its first line to its last, with
 * runs of blanks and newlines made one blank. */
const char *stage_all(struct stage *s);

/* Is the text on the screen now?  Anywhere on it, when scrolled?  Fails the
 * test with the screen if not. */
#define SEES(s, text) stage_sees((s), (text), true, __FILE__, __LINE__)
#define SEES_NOT(s, text) stage_sees((s), (text), false, __FILE__, __LINE__)
#define HAS(s, text) stage_has((s), (text), true, __FILE__, __LINE__)
#define HAS_NOT(s, text) stage_has((s), (text), false, __FILE__, __LINE__)
void stage_sees(
    struct stage *s, const char *text, bool want, const char *file, int line);
void stage_has(
    struct stage *s, const char *text, bool want, const char *file, int line);
/* Is this text bold, wherever it stands on the screen? */
bool stage_bold(struct stage *s, const char *text);

/* Compares with tests/golden/NAME.txt, or writes it (GOLDEN_UPDATE=1). */
void stage_golden(struct stage *s, const char *name);

/* The sizes at which every field and action must be seen. */
struct stage_size {
	int rows, cols;
};
static const struct stage_size stage_sizes[] = {{24, 80}, {15, 40}};

/* A screen that is kept: on a stage of its own, made ready, typed to, and
 * changed then.  NULL: nothing is done. */
struct stage_shot {
	const char *name;
	void (*before)(struct stage *s);
	const char *keys;
	void (*becomes)(struct stage *s);
};
/* stage_golden() of each at 80x24, 40x15 and 132x43: NAME_80x24 … */
void stage_shoot(const struct stage_shot *shots, size_t n);

#define AT_BOTH_SIZES(s, size)                                                 \
	for (const struct stage_size *size = stage_sizes;                      \
	     size < stage_sizes + 2 &&                                         \
	     (stage_open((s), size->rows, size->cols), true);                  \
	     size++)

#define WITH_STAGE(f)                                                          \
	cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)
#define WITH_EMPTY_STAGE(f)                                                    \
	cmocka_unit_test_setup_teardown(f, stage_setup_empty, stage_teardown)

#define OK(call) assert_int_equal((call), ERR_NONE)

#endif
