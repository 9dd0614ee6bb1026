/*
 * Forms, ids and languages as Stripe writes them.
 */
#include "worker/stripe.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
form_escape(struct buf *form, const char *s, const char *plain)
{
	for (; *s != '\0'; s++) {
		if (isalnum((unsigned char)*s) || strchr(plain, *s) != NULL)
			buf_addc(form, *s);
		else
			buf_addf(form, "%%%02X", (unsigned char)*s);
	}
}

static void
form_add(struct buf *form, const char *key, const char *value)
{
	if (form->len > 0)
		buf_addc(form, '&');
	form_escape(form, key, "-._~[]");
	buf_addc(form, '=');
	form_escape(form, value, "-._~");
}

__attribute__((format(printf, 2, 0))) static void
form_key(char key[STRIPE_KEY], const char *fmt, va_list ap)
{
	vsnprintf(key, STRIPE_KEY, fmt, ap);
}

void
form_text(struct buf *form, const char *value, const char *key, ...)
{
	char name[STRIPE_KEY];
	va_list ap;

	va_start(ap, key);
	form_key(name, key, ap);
	va_end(ap);
	form_add(form, name, value);
}

void
form_int(struct buf *form, int64_t value, const char *key, ...)
{
	char name[STRIPE_KEY], number[24];
	va_list ap;

	va_start(ap, key);
	form_key(name, key, ap);
	va_end(ap);
	snprintf(number, sizeof(number), "%lld", (long long)value);
	form_add(form, name, number);
}

bool
stripe_id_valid(const char *id, const char *prefix)
{
	size_t n = strlen(id);

	return n <= 128 && strncmp(id, prefix, strlen(prefix)) == 0 &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			  "0123456789_") == n;
}

static const char *const stripe_locales[] = {"bg", "cs", "da", "de", "el",
    "en-GB", "en", "es-419", "es", "et", "fil", "fi", "fr-CA", "fr", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt-BR",
    "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh-HK", "zh-TW",
    "zh"};

const char *
stripe_locale(const char *locale)
{
	char tag[16];
	size_t i, n = strcspn(locale, ".@");

	if (n >= sizeof(tag))
		return NULL;
	memcpy(tag, locale, n);
	tag[n] = '\0';
	for (i = 0; i < n; i++)
		if (tag[i] == '_')
			tag[i] = '-';
	/* With its region, or the language alone, which is listed after. */
	for (i = 0; i < sizeof(stripe_locales) / sizeof(stripe_locales[0]);
	     i++) {
		n = strlen(stripe_locales[i]);
		if (strncmp(tag, stripe_locales[i], n) == 0 &&
		    (tag[n] == '\0' || tag[n] == '-'))
			return stripe_locales[i];
	}
	return NULL;
}
