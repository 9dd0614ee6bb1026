/*
 * Instants are seconds since 1970 UTC.  Days are civil dates counted from
 * 1970-01-01 and belong to a tenant's time zone.  Tests stand on any day by
 * setting a fixed clock.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
	int64_t fixed; /* 0: the real time */
};

struct date {
	int year, month, day; /* 2026, 1..12, 1..31 */
};

enum { DATE_SIZE = 48 };

int64_t clock_now(const struct clock *clock); /* NULL: the real time */
/* Milliseconds that never go back; for delays and timeouts only. */
int64_t clock_mono_ms(void);

struct date date_from_day(int64_t day);
int64_t day_from_date(struct date date);
bool date_valid(struct date date);
/* The same day n months on; the 31st becomes the month's last day. */
int64_t day_add_months(int64_t day, int n);

/*
 * The civil day of an instant in an IANA zone ("Europe/Vienna"), and the
 * instant at which a day starts there.  An unknown zone counts as UTC.
 * Switches the process's TZ, so: single-threaded programs only.
 */
int64_t day_of_instant(int64_t instant, const char *zone);
int64_t day_start(int64_t day, const char *zone);
bool zone_valid(const char *zone);

/* ISO 8601: "2026-05-08"; "2026-05-08T09:31:00Z". */
void day_iso(char dst[DATE_SIZE], int64_t day);
void instant_iso(char dst[DATE_SIZE], int64_t instant);
/* For people: "8 May 2026"; "8 May" ; "14 May 2026 09:31". */
void day_text(char dst[DATE_SIZE], int64_t day);
void day_text_short(char dst[DATE_SIZE], int64_t day);
void instant_text(char dst[DATE_SIZE], int64_t instant, const char *zone);
/* Reads "2026-05-08". */
bool day_parse(const char *s, int64_t *day);

#endif
