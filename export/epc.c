/* The EPC's text: what each line may hold, and what it holds. */
#include "export/epc.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/money.h"
#include "base/text.h"
#include "data/reference.h"

enum {
	NAME_CHARS = 70,
	NAME_BYTES = 4 * NAME_CHARS + 1,
	REFERENCE_CHARS = 35,
	TEXT_CHARS = 140,
	TEXT_BYTES = 4 * TEXT_CHARS + 1,
};

#define AMOUNT_MAX INT64_C(99999999999)

/* Within the EEA an IBAN says which bank it is.  Nothing that need not be in a
 * code should be: smaller ones are easier to scan. */
static bool
needs_bic(const char *iban)
{
	static const char eea[] = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU "
				  "IE IS IT LI LT LU LV MT NL NO PL PT RO SE "
				  "SI SK ";
	const char country[] = {iban[0], iban[1], ' ', '\0'};

	return strstr(eea, country) == NULL;
}

static bool
bic_ok(const char *bic)
{
	size_t n = strlen(bic);

	return (n == 8 || n == 11) &&
	       strspn(bic, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == n;
}

/* Of UTF-8. */
static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* Takes the last character away. */
static void
chop(char *s)
{
	size_t n = strlen(s);

	while (n > 0 && ((unsigned char)s[--n] & 0xc0) == 0x80)
		;
	s[n] = '\0';
}

static size_t
write(char dst[EPC_SIZE], const struct epc *e, const char *iban,
    const char *name, const char *text)
{
	char amount[MONEY_SIZE];
	int n;

	money_plain(amount, e->amount, "EUR");
	/* Service tag, version, UTF-8, a SEPA credit transfer; no purpose. */
	n = snprintf(dst, EPC_SIZE, "BCD\n002\n1\nSCT\n%s\n%s\n%s\nEUR%s\n\n%s",
	    needs_bic(iban) ? e->bic : "", name, iban, amount, e->reference);
	if (n < EPC_SIZE && text[0] != '\0')
		n += snprintf(dst + n, (size_t)(EPC_SIZE - n), "\n%s", text);
	return (size_t)n;
}

enum err
epc_text(char dst[EPC_SIZE], const struct epc *e)
{
	char name[NAME_BYTES], text[TEXT_BYTES] = "", iban[IBAN_SIZE];
	char made[EPC_SIZE];

	if (strcmp(e->currency, "EUR") != 0 || !iban_read(iban, e->iban) ||
	    e->amount < 1 || e->amount > AMOUNT_MAX || e->name[0] == '\0' ||
	    (needs_bic(iban) && !bic_ok(e->bic)))
		return ERR_UNSUPPORTED;
	/* One of the two. */
	if (e->reference[0] == '\0' &&
	    text_clean(text, sizeof(text), e->text, strlen(e->text),
		TEXT_LINE) != ERR_NONE)
		return ERR_TOO_BIG;
	if (strlen(e->reference) > REFERENCE_CHARS ||
	    characters(text) > TEXT_CHARS)
		return ERR_TOO_BIG;
	text_clean(name, sizeof(name), e->name, strlen(e->name), TEXT_LINE);
	while (characters(name) > NAME_CHARS)
		chop(name);
	while (write(made, e, iban, name, text) >= EPC_SIZE) {
		if (name[0] == '\0')
			return ERR_TOO_BIG;
		chop(name);
	}
	strcpy(dst, made);
	return ERR_NONE;
}
