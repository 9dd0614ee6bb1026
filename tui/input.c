/*
 * The key parser.  A fixed table instead of terminfo's strings: every terminal
 * the portal draws on sends these, in one cursor mode or the other.
 */
#include "tui/input.h"

#include <stdio.h>
#include <string.h>

#include "tui/utf8.h"

enum {
	BEL = 0x07,
	ESC = 0x1b,
	SEQ_MAX = 32,
	PASTE_BEGIN = 200,
	PASTE_END = 201
};

struct final {
	char byte; /* last byte of ESC [ and ESC O sequences */
	uint32_t code;
};

static const struct final finals[] = {
    {'A', K_UP},
    {'B', K_DOWN},
    {'C', K_RIGHT},
    {'D', K_LEFT},
    {'H', K_HOME},
    {'F', K_END},
    {'Z', K_BACKTAB},
    {'M', K_ENTER},
};

struct tilde {
	int number; /* of ESC [ NUMBER ~ */
	uint32_t code;
};

static const struct tilde tildes[] = {
    {1, K_HOME},
    {7, K_HOME},
    {4, K_END},
    {8, K_END},
    {3, K_DELETE},
    {5, K_PGUP},
    {6, K_PGDN},
};

size_t
input_feed(struct input *in, const void *bytes, size_t n)
{
	size_t room = sizeof(in->bytes) - in->n;

	if (n > room)
		n = room;
	memcpy(in->bytes + in->n, bytes, n);
	in->n += n;
	return n;
}

static void
input_drop(struct input *in, size_t n)
{
	memmove(in->bytes, in->bytes + n, in->n - n);
	in->n -= n;
}

static uint32_t
final_code(unsigned char byte)
{
	for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++)
		if (finals[i].byte == (char)byte)
			return finals[i].code;
	return K_NONE;
}

static uint32_t
tilde_code(int number)
{
	for (size_t i = 0; i < sizeof(tildes) / sizeof(tildes[0]); i++)
		if (tildes[i].number == number)
			return tildes[i].code;
	return K_NONE;
}

/*
 * ESC [ parameters final.  Gives the bytes it takes, 0 while it is not whole.
 */
static size_t
parse_csi(struct input *in, uint32_t *code)
{
	size_t i = 2;
	int number = 0;
	bool first = true;

	*code = K_NONE;
	if (i < in->n && in->bytes[i] == '[') /* linux console: ESC [ [ A */
		return in->n > 3 ? 4 : 0;
	for (; i < in->n && i < SEQ_MAX; i++) {
		unsigned char b = in->bytes[i];

		if (b >= '0' && b <= '9' && first && number < 1000)
			number = number * 10 + (b - '0');
		else if (b >= 0x40 && b <= 0x7e)
			break;
		else if (b < 0x20 || b > 0x7e)
			return i; /* broken off: that byte is not part of it */
		else
			first = false;
	}
	if (i == SEQ_MAX)
		return i;
	if (i == in->n)
		return 0;
	if (in->bytes[i] != '~')
		*code = final_code(in->bytes[i]);
	else if (number == PASTE_BEGIN || number == PASTE_END)
		in->pasting = number == PASTE_BEGIN;
	else
		*code = tilde_code(number);
	return i + 1;
}

/*
 * ESC ] and its kin: a string up to BEL or ESC and a backslash, which terminals
 * send only as an answer.  None was asked for.
 */
static size_t
parse_string(const struct input *in)
{
	for (size_t i = 2; i < in->n; i++) {
		if (in->bytes[i] == BEL)
			return i + 1;
		if (in->bytes[i] == '\\' && in->bytes[i - 1] == ESC)
			return i + 1;
	}
	return in->n == INPUT_SIZE ? in->n : 0;
}

static size_t
parse_escape(struct input *in, bool timeout, uint32_t *code)
{
	size_t used = 0;

	*code = K_NONE;
	if (in->n > 1 && in->bytes[1] == '[') {
		used = parse_csi(in, code);
	} else if (in->n > 2 && in->bytes[1] == 'O') {
		*code = final_code(in->bytes[2]);
		used = 3;
	} else if (in->n > 1 && in->bytes[1] != 0 &&
		   strchr("]P^_X", in->bytes[1]) != NULL) {
		used = parse_string(in);
	} else if (in->n > 1 && in->bytes[1] != 'O') {
		*code = K_ESC; /* Esc, and then something else */
		used = 1;
	}
	if (used == 0 && timeout) {
		/* A lone Esc; of anything longer nothing is typed text. */
		*code = in->n == 1 ? K_ESC : K_NONE;
		used = in->n;
	}
	return used;
}

static size_t
parse_char(struct input *in, bool timeout, uint32_t *code)
{
	size_t need = utf8_need(in->bytes[0]), used;

	*code = K_NONE;
	if (need == 0)
		return 1;
	if (in->n < need && !timeout)
		return 0;
	used = utf8_get((const char *)in->bytes, in->n, code);
	if (used == 0)
		return 1;
	if (*code >= 0x80 && *code < 0xa0)
		*code = K_NONE; /* C1 */
	return used;
}

/* Keys that terminals send as one of two bytes. */
static uint32_t
canonical(uint32_t code)
{
	if (code == '\n')
		return K_ENTER;
	if (code == '\b')
		return K_BACKSPACE;
	if (code == 3) /* ^C: what people press to get out */
		return K_ESC;
	return code;
}

bool
input_next(struct input *in, bool timeout, struct key *key)
{
	while (in->n > 0) {
		bool was_pasting = in->pasting;
		uint32_t code;
		size_t used = in->bytes[0] == ESC
				  ? parse_escape(in, timeout, &code)
				  : parse_char(in, timeout, &code);

		if (used == 0)
			return false;
		input_drop(in, used);
		code = canonical(code);
		/* Nothing that was pasted acts as a special key. */
		if (was_pasting && (code == K_ESC || code >= K_UP))
			continue;
		if (code == K_NONE)
			continue;
		*key = (struct key) {.code = code, .pasted = was_pasting};
		return true;
	}
	return false;
}

bool
input_waiting(const struct input *in)
{
	return in->n > 0;
}

void
key_name(char dst[16], uint32_t code)
{
	static const struct {
		uint32_t code;
		const char *name;
	} names[] = {
	    {K_UP, "Up"},
	    {K_DOWN, "Down"},
	    {K_LEFT, "Left"},
	    {K_RIGHT, "Right"},
	    {K_HOME, "Home"},
	    {K_END, "End"},
	    {K_PGUP, "PgUp"},
	    {K_PGDN, "PgDn"},
	    {K_DELETE, "Del"},
	    {K_BACKTAB, "Shift-Tab"},
	    {K_TAB, "Tab"},
	    {K_ENTER, "Enter"},
	    {K_ESC, "Esc"},
	    {K_BACKSPACE, "Backspace"},
	    {K_DIGIT, "1-9"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].code == code) {
			snprintf(dst, 16, "%s", names[i].name);
			return;
		}
	}
	if (code < 0x20)
		snprintf(dst, 16, "^%c", (char)(code + '@'));
	else
		snprintf(dst, 16, "%c", (char)code);
}
