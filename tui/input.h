/*
 * Bytes from a terminal made into keys: UTF-8, the escape sequences of vt100,
 * xterm, linux and their kin, bracketed paste.  No terminal is needed.
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a code point (control keys are 1..31) or one of these. */
enum key_code {
	K_NONE = 0,
	K_CTRL_B = 2,
	K_CTRL_D = 4,
	K_CTRL_F = 6,
	K_TAB = 9,
	K_CTRL_L = 12,
	K_ENTER = 13,
	K_CTRL_O = 15,
	K_CTRL_U = 21,
	K_ESC = 27,
	K_BACKSPACE = 127,
	K_UP = 0x110000,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PGUP,
	K_PGDN,
	K_DELETE,
	K_BACKTAB,
	K_DIGIT, /* in binding tables: any of 0 to 9 */
};

struct key {
	uint32_t code;
	bool pasted; /* between the marks of a bracketed paste */
};

enum { INPUT_SIZE = 256, INPUT_ESC_MS = 200 };

struct input {
	unsigned char bytes[INPUT_SIZE];
	size_t n;
	bool pasting;
};

/* Takes what fits, gives how much that was. */
size_t input_feed(struct input *in, const void *bytes, size_t n);
/*
 * The next key.  False: none, or an escape sequence or a character is not
 * whole yet; then input_waiting() holds, and after INPUT_ESC_MS without more
 * bytes input_next() is to be called with timeout set.  What is not understood
 * is passed over: no bytes of it ever count as typed text.
 */
bool input_next(struct input *in, bool timeout, struct key *key);
bool input_waiting(const struct input *in);

/* "Up", "Enter", "^D", "j", "1-9": as help and the manual write it. */
void key_name(char dst[16], uint32_t code);

#endif
