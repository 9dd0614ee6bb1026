/*
 * Any keys into a form with a text, a secret, a choice and lines, drawn at any
 * size after each: the texts stay clean and within their room, the cursor on a
 * character.
 */
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tui/form.h"

enum { TEXT = 24, LINES = 160, KEYS = 400 };

struct stand {
	char text[TEXT], secret[TEXT], lines[LINES];
	struct form_field fields[4];
	struct form form;
	struct canvas canvas;
};

static const struct form_choice choices[] = {
    {"a", "First"}, {"b", "Second one"}, {"c", "Third, which is long"}};

static void
check_cursor(const char *s, size_t size, size_t at)
{
	size_t i = 0, n;
	int w;

	REQUIRE(strnlen(s, size) < size && at <= strlen(s));
	while (i < at && (n = text_next(s + i, &w)) > 0)
		i += n;
	REQUIRE(i == at);
}

static void
check(const struct stand *s)
{
	const struct form_field *ff = &s->fields[s->form.current];

	REQUIRE(s->form.current < 4);
	REQUIRE(text_is_clean(s->text, TEXT_LINE));
	REQUIRE(text_is_clean(s->secret, TEXT_LINE));
	REQUIRE(text_is_clean(s->lines, TEXT_LINES));
	REQUIRE(s->fields[2].choice < 3);
	if (ff->kind == FORM_LINES)
		check_cursor(s->lines, LINES, s->form.editor.at);
	else if (ff->kind != FORM_CHOICE)
		check_cursor(ff->value, ff->size, s->form.field.at);
}

static void
draw(struct stand *s, uint8_t size)
{
	struct area a = {.h = s->canvas.rows, .w = s->canvas.cols};

	canvas_clear(&s->canvas);
	form_draw(&s->form, &s->canvas, a, "A form", size & 1);
}

static void
press(struct stand *s, uint32_t code, bool pasted)
{
	struct key key = {.code = code, .pasted = pasted};

	if (code == K_TAB && !pasted)
		form_act(&s->form, ACT_FIELD_NEXT);
	else if (code == K_BACKTAB)
		form_act(&s->form, ACT_FIELD_PREV);
	else
		form_key(&s->form, &key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct stand s = {.fields = {{.key = "text",
					 .label = "Text",
					 .kind = FORM_TEXT,
					 .value = s.text,
					 .size = TEXT},
			      {.key = "secret",
				  .label = "Secret",
				  .kind = FORM_SECRET,
				  .value = s.secret,
				  .size = TEXT},
			      {.key = "choice",
				  .label = "Choice",
				  .kind = FORM_CHOICE,
				  .choices = choices,
				  .nchoices = 3},
			      {.key = "lines",
				  .label = "Lines",
				  .kind = FORM_LINES,
				  .value = s.lines,
				  .size = LINES}}};
	struct feed f = {p, n};
	uint8_t size = (uint8_t)feed_int(&f, 1);
	struct input in = {0};
	struct key key;

	REQUIRE(canvas_resize(&s.canvas, size % 30, size % 97) == ERR_NONE);
	form_init(&s.form, s.fields, 4);
	for (int i = 0; i < (int)(feed_int(&f, 1) % 4); i++)
		form_act(&s.form, ACT_FIELD_NEXT);
	for (int i = 0; i < KEYS && f.left > 0; i++) {
		f.left -= input_feed(&in, f.p, 1);
		f.p++;
		while (input_next(&in, f.left == 0, &key)) {
			press(&s, key.code, key.pasted);
			check(&s);
			draw(&s, size);
			check(&s);
		}
	}
	form_refuse(&s.form, "lines", "Not like this.");
	draw(&s, size);
	form_wipe(&s.form);
	for (size_t i = 0; i < LINES; i++)
		REQUIRE(s.lines[i] == '\0');
	canvas_release(&s.canvas);
	return 0;
}
