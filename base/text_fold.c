/*
 * Folding for search: people type "muller" and mean "Müller".  Own tables, so
 * that a folded column in the store means the same under every locale.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "base/text_table.h"

/* A step is added to the code points of a range; parity picks every other. */
struct fold_range {
	uint32_t first;
	uint32_t last;
	int32_t step;
	enum { EVERY, EVEN, ODD } which;
};

struct fold_pair {
	uint16_t from;
	uint16_t to;
};

/*
 * Latin letters as they are typed without marks, from U+00C0 and from U+1E00.
 * A digit is a row of pairs[]; a dot leaves the letter alone.
 */
static const char latin_00c0[] =
    "aaaaaa1ceeeeiiiidnooooo.ouuuuy42aaaaaa1ceeeeiiiidnooooo.ouuuuy4y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii55jjkkklllllll"
    "lllnnnnnnnnnoooooo33rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
    "bbbb...ccdddd....ffg...ikkl..nn.oo..pp.....ttttuu.vyyzz........."
    "....666777888aaiioouuuuuuuuuu.aaaa11ggggkkoooo..j999gg..nnaa11oo"
    "aaaaeeeeiiiioooorrrruuuusstt..hhnd..zzaaeeooooooooyylntj..acclts"
    "z..bu.eejjqqrryy";
static const char latin_1e00[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwyasss2.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy....yy";
static const char *const pairs[] = {
    "", "ae", "ss", "oe", "th", "ij", "dz", "lj", "nj", "dz"};

/* clang-format off */
static const struct fold_range lower[] = {
	{ 'A',    'Z',    32, EVERY },
	{ 0x0391, 0x03a9, 32, EVERY },	/* Greek */
	{ 0x03d8, 0x03ee, 1, EVEN },
	{ 0x0400, 0x040f, 80, EVERY },	/* Cyrillic */
	{ 0x0410, 0x042f, 32, EVERY },
	{ 0x0460, 0x0480, 1, EVEN },
	{ 0x048a, 0x04be, 1, EVEN },
	{ 0x04c0, 0x04c0, 15, EVERY },
	{ 0x04c1, 0x04cd, 1, ODD },
	{ 0x04d0, 0x052e, 1, EVEN },
	{ 0x0531, 0x0556, 48, EVERY },	/* Armenian */
	{ 0x1c90, 0x1cba, -3008, EVERY }, /* Georgian */
	{ 0xff21, 0xff3a, 'a' - 0xff21, EVERY }, /* fullwidth */
	{ 0xff41, 0xff5a, 'a' - 0xff41, EVERY },
	{ 0xff10, 0xff19, '0' - 0xff10, EVERY },
};

/* Marks that are optional in writing.  Vowels of Indic scripts are not. */
static const struct fold_range optional[] = {
	{ 0x0300, 0x036f, 0, EVERY }, { 0x0483, 0x0487, 0, EVERY },
	{ 0x0591, 0x05bd, 0, EVERY }, { 0x05bf, 0x05bf, 0, EVERY },
	{ 0x05c1, 0x05c2, 0, EVERY }, { 0x05c4, 0x05c5, 0, EVERY },
	{ 0x05c7, 0x05c7, 0, EVERY }, { 0x0610, 0x061a, 0, EVERY },
	{ 0x064b, 0x065f, 0, EVERY }, { 0x0670, 0x0670, 0, EVERY },
	{ 0x06d6, 0x06dc, 0, EVERY }, { 0x1ab0, 0x1aff, 0, EVERY },
	{ 0x1dc0, 0x1dff, 0, EVERY }, { 0x20d0, 0x20ff, 0, EVERY },
	{ 0xfe20, 0xfe2f, 0, EVERY },
};

/* Letters that are another one with a mark; sorted.  As with Latin, so that
 * composed and decomposed spelling fold alike. */
static const struct fold_pair unmarked[] = {
	{ 0x0386, 0x03b1 }, { 0x0388, 0x03b5 }, { 0x0389, 0x03b7 },
	{ 0x038a, 0x03b9 }, { 0x038c, 0x03bf }, { 0x038e, 0x03c5 },
	{ 0x038f, 0x03c9 }, { 0x0390, 0x03b9 }, { 0x03aa, 0x03b9 },
	{ 0x03ab, 0x03c5 }, { 0x03ac, 0x03b1 }, { 0x03ad, 0x03b5 },
	{ 0x03ae, 0x03b7 }, { 0x03af, 0x03b9 }, { 0x03b0, 0x03c5 },
	{ 0x03c2, 0x03c3 }, { 0x03ca, 0x03b9 }, { 0x03cb, 0x03c5 },
	{ 0x03cc, 0x03bf }, { 0x03cd, 0x03c5 }, { 0x03ce, 0x03c9 },
	{ 0x0439, 0x0438 }, { 0x0450, 0x0435 }, { 0x0451, 0x0435 },
	{ 0x0453, 0x0433 }, { 0x0457, 0x0456 }, { 0x045c, 0x043a },
	{ 0x045d, 0x0438 }, { 0x045e, 0x0443 }, { 0x0477, 0x0475 },
	{ 0x04c2, 0x0436 }, { 0x04d1, 0x0430 }, { 0x04d3, 0x0430 },
	{ 0x04d7, 0x0435 }, { 0x04db, 0x04d9 }, { 0x04dd, 0x0436 },
	{ 0x04df, 0x0437 }, { 0x04e3, 0x0438 }, { 0x04e5, 0x0438 },
	{ 0x04e7, 0x043e }, { 0x04eb, 0x04e9 }, { 0x04ed, 0x044d },
	{ 0x04ef, 0x0443 }, { 0x04f1, 0x0443 }, { 0x04f3, 0x0443 },
	{ 0x04f5, 0x0447 }, { 0x04f9, 0x044b },
};
/* clang-format on */

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct fold_range *
fold_find(const struct fold_range *rows, size_t n, uint32_t c)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c >= rows[i].first && c <= rows[i].last &&
		    (rows[i].which == EVERY ||
			(rows[i].which == ODD) == (c % 2 == 1)))
			return &rows[i];
	return NULL;
}

/* The letter of a Latin table, or '.' outside of both. */
static char
fold_latin(uint32_t c)
{
	if (c >= 0xc0 && c - 0xc0 < sizeof(latin_00c0) - 1)
		return latin_00c0[c - 0xc0];
	if (c >= 0x1e00 && c - 0x1e00 < sizeof(latin_1e00) - 1)
		return latin_1e00[c - 0x1e00];
	return '.';
}

/* Writes what a code point becomes, at most 4 bytes; gives how many. */
static size_t
fold_rune(char dst[4], uint32_t c)
{
	const struct fold_range *row;
	size_t i;
	char latin;

	if (c == RUNE_BAD || rune_is_hidden(c) ||
	    fold_find(optional, COUNT(optional), c) != NULL)
		return 0;
	if ((latin = fold_latin(c)) >= '1' && latin <= '9') {
		memcpy(dst, pairs[latin - '0'], 2);
		return 2;
	}
	if (latin != '.') {
		dst[0] = latin;
		return 1;
	}
	if ((row = fold_find(lower, COUNT(lower), c)) != NULL)
		c = (uint32_t)((int32_t)c + row->step);
	for (i = 0; i < COUNT(unmarked); i++)
		if (unmarked[i].from == c)
			c = unmarked[i].to;
	return rune_put(dst, c);
}

void
text_fold(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src), at, len, used = 0;
	bool blank = false;
	uint32_t c;
	char utf8[4];

	assert(size > 0);
	for (at = 0; at < n;) {
		at += rune_get(src + at, n - at, &c);
		if (rune_is_blank(c) || c == '\n' || c == '\t') {
			blank = true;
			continue;
		}
		if ((len = fold_rune(utf8, c)) == 0)
			continue;
		/* Leading and trailing blanks are never written. */
		blank = blank && used > 0;
		if (len + blank >= size - used)
			break;
		if (blank)
			dst[used++] = ' ';
		blank = false;
		memcpy(dst + used, utf8, len);
		used += len;
	}
	dst[used] = '\0';
}
