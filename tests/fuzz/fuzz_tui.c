/*
 * The whole of portal-tui but its terminal, a customer with everything, and
 * any bytes as keys and sizes of the window.  The store holds texts that no
 * program of ours would have let in: none of it may reach the screen.
 */
#include "base/log.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/snapshot.h"
#include "tests/tui/stage.h"

enum { KEYS = 200, DUMP_MAX = 4 * 1024 * 1024 };

static struct stage *
stage(struct snapshot **start)
{
	static struct snapshot first;
	static struct stage *s;

	if (s == NULL) {
		log_open("fuzz_tui", LOG_LVL_ERROR);
		REQUIRE(stage_setup((void **)&s) == 0);
		snapshot_poison(&s->scratch);
		snapshot_take(&first, &s->scratch);
	}
	*start = &first;
	return s;
}

static void
check_screen(const struct stage *s)
{
	struct buf out;

	buf_init(&out, DUMP_MAX);
	canvas_dump(&s->ui.canvas, &out);
	REQUIRE(out.err == ERR_NONE);
	REQUIRE(strlen(buf_str(&out)) == out.len);
	REQUIRE(text_is_clean(buf_str(&out), TEXT_LINES));
	buf_release(&out);
}

static void
press(struct stage *s, struct feed *f)
{
	struct key key;
	uint8_t byte = (uint8_t)feed_int(f, 1);

	if (byte == 0) {
		REQUIRE(ui_resize(&s->ui, (int)feed_int(f, 1),
			    (int)feed_int(f, 1)) == ERR_NONE);
		ui_draw(&s->ui);
		return;
	}
	input_feed(&s->input, &byte, 1);
	while (s->ui.state == UI_RUNNING &&
	       input_next(&s->input, f->left == 0, &key)) {
		ui_key(&s->ui, &key);
		ui_draw(&s->ui);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct feed f = {p, n};
	struct snapshot *start;
	struct stage *s = stage(&start);

	stage_open(s, (int)feed_int(&f, 1), (int)feed_int(&f, 1));
	s->input = (struct input) {0};
	for (int i = 0; i < KEYS && f.left > 0; i++) {
		press(s, &f);
		check_screen(s);
		if (s->ui.state != UI_RUNNING)
			break;
	}
	snapshot_restore(start);
	return 0;
}
