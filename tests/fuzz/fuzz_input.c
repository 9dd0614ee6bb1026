/*
 * Bytes of a terminal: every key is one, nothing of an escape sequence counts
 * as typed text while pasting is said to be on, and it always gets on.
 */
#include "tests/fuzz/fuzz.h"
#include "tui/input.h"
#include "tui/utf8.h"

/* One feed after the other; the pieces are as long as the first byte says. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {0};
	size_t piece, took, keys = 0;
	char name[16], utf8[UTF8_MAX];
	struct key key;

	if (n == 0)
		return 0;
	piece = (size_t)p[0] + 1;
	for (size_t at = 1; at < n; at += took) {
		size_t want = n - at < piece ? n - at : piece;

		took = input_feed(&in, p + at, want);
		REQUIRE(took <= want && in.n <= INPUT_SIZE);
		REQUIRE(took > 0); /* a full buffer is always made empty */
		while (input_next(&in, false, &key)) {
			REQUIRE(key.code != K_NONE);
			REQUIRE(key.code < K_UP ? utf8_put(utf8, key.code) > 0
						: key.code < K_DIGIT);
			REQUIRE(key.code < 0x80 || key.code >= 0xa0);
			REQUIRE(!key.pasted ||
				(key.code < K_UP && key.code != K_ESC));
			key_name(name, key.code);
			REQUIRE(++keys <= n);
		}
		REQUIRE(in.n < INPUT_SIZE);
	}
	while (input_next(&in, true, &key))
		REQUIRE(++keys <= n);
	REQUIRE(!input_waiting(&in));
	return 0;
}
