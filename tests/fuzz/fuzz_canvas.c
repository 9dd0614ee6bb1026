/*
 * Hostile strings drawn anywhere on a canvas of any size: every cell stays
 * something a terminal may be sent, and halves of wide characters stay pairs.
 */
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tui/canvas.h"

enum { DRAWS = 40, DUMP_MAX = 4 * 1024 * 1024 };

static void
check_cells(const struct canvas *c)
{
	for (int y = 0; y < c->rows; y++)
		for (int x = 0; x < c->cols; x++) {
			const struct glyph *g = canvas_at(c, y, x);

			REQUIRE(g->width <= 2);
			REQUIRE((g->width == 0) == (g->ch == 0));
			if (g->ch == 0)
				REQUIRE(x > 0 &&
					canvas_at(c, y, x - 1)->width == 2);
			if (g->width == 2)
				REQUIRE(x + 1 < c->cols &&
					canvas_at(c, y, x + 1)->ch == 0);
		}
	REQUIRE(c->cursor_y >= 0 && c->cursor_y < c->rows);
	REQUIRE(c->cursor_x >= 0 && c->cursor_x < c->cols);
}

static void
check_dump(const struct canvas *c)
{
	struct buf out;

	buf_init(&out, DUMP_MAX);
	canvas_dump(c, &out);
	REQUIRE(out.err == ERR_NONE);
	REQUIRE(text_is_clean(buf_str(&out), TEXT_LINES));
	REQUIRE(strlen(buf_str(&out)) == out.len);
	buf_release(&out);
}

static void
draw(struct canvas *c, struct feed *f)
{
	uint8_t how = (uint8_t)feed_int(f, 1);
	int y = (int8_t)feed_int(f, 1), x = (int16_t)feed_int(f, 2);
	int w = (int16_t)feed_int(f, 2), used = 0;
	unsigned attr = how >> 6;
	uint8_t *bytes;
	char *s;
	size_t n;

	/* Mostly on the canvas. */
	if (how & 32) {
		x = x & 63;
		w = w & 63;
		y = y & 15;
	}
	switch (how % 6) {
	case 0:
		s = feed_string(f);
		used = canvas_text(c, y, x, w, attr, s);
		free(s);
		break;
	case 1:
		bytes = feed_block(f, &n);
		used = canvas_textn(c, y, x, w, attr, (char *)bytes, n);
		free(bytes);
		break;
	case 2:
		s = feed_string(f);
		canvas_right(c, y, x, w, attr, s);
		free(s);
		break;
	case 3:
		canvas_fill(c, y, x, w, '_');
		break;
	case 4:
		canvas_attr(c, y, x, w, attr);
		break;
	default:
		canvas_cursor(c, y, x);
	}
	REQUIRE(used >= 0 && used <= (w > 0 ? w : 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct feed f = {p, n};
	struct canvas c = {0};
	int rows = (int8_t)feed_int(&f, 1), cols = (int8_t)feed_int(&f, 1);

	REQUIRE(canvas_resize(&c, rows, cols) == ERR_NONE);
	for (int i = 0; i < DRAWS && f.left > 0; i++)
		draw(&c, &f);
	check_cells(&c);
	check_dump(&c);
	canvas_release(&c);
	return 0;
}
