/*
 * Money: 64-bit integers in minor units beside an ISO 4217 code.  No function
 * here rounds silently but money_mul_div, which says how.
 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CURRENCY_SIZE = 4, MONEY_SIZE = 32 };

/* Is it three capital letters of a currency of ISO 4217? */
bool currency_valid(const char *code);
/* A code in either case, as gateways write it, in capital letters;
 * ERR_BAD_INPUT: it is none. */
enum err currency_parse(char dst[CURRENCY_SIZE], const char *code);
/* Digits after the point: 0, 2, 3 (or 4); 2 for an unknown code. */
int currency_exponent(const char *code);

/* "-1234.50", "1234" (JPY): for JSON, CSV and PDFs' machine parts. */
void money_plain(char dst[MONEY_SIZE], int64_t amount, const char *currency);
/* For people, in the current locale: decimal point and thousands groups of
 * the process's LC_MONETARY/LC_NUMERIC ("1,234.50"). No currency code. */
void money_text(char dst[MONEY_SIZE], int64_t amount, const char *currency);
/* Reads "12", "12.5", "-3.40"; refuses more digits than the currency has. */
enum err money_parse(const char *s, const char *currency, int64_t *out);

/* The smaller one. */
int64_t money_min(int64_t a, int64_t b);
/* a + b; ERR_TOO_BIG on overflow. */
enum err money_add(int64_t a, int64_t b, int64_t *out);
/* a * num / den, rounded half away from zero; 128-bit inside; den > 0. */
enum err money_mul_div(int64_t a, int64_t num, int64_t den, int64_t *out);

#endif
