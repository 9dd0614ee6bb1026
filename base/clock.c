/*
 * Instants, civil days and time zones.  Days and UTC are plain arithmetic; the
 * C library is asked only for the offset of a zone at an instant.
 */
#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"

#define ZONE_DIR "/usr/share/zoneinfo/"
#define ZONE_CHARS                                                             \
	"abcdefghijklmnopqrstuvwxyz"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_/"

enum {
	DAY_SECONDS = 86400,
	ZONE_SIZE = 64,
	/* 0000-01-01 and 9999-12-31: a stored number may be anything. */
	DAY_FIRST = -719528,
	DAY_LAST = 2932896,
	/* Days of 400 years, after which the calendar repeats. */
	ERA_DAYS = 146097,
	/* 0000-03-01, where years that end with February begin. */
	ERA_START = -719468,
};

static const char *const month_names[] = {N_("Jan"), N_("Feb"), N_("Mar"),
    N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"),
    N_("Nov"), N_("Dec")};

int64_t
clock_now(const struct clock *clock)
{
	struct timespec ts;

	if (clock != NULL && clock->fixed != 0)
		return clock->fixed;
	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

int64_t
clock_mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The rest of floor_div(): never negative. */
static int64_t
floor_mod(int64_t a, int64_t b)
{
	return (a % b + b) % b;
}

static int64_t
day_clamp(int64_t day)
{
	return day < DAY_FIRST ? DAY_FIRST : day > DAY_LAST ? DAY_LAST : day;
}

/* Days before a month of a year that begins in March: 0, 31, 61, 92, ... */
static int
days_before_month(int from_march)
{
	return (153 * from_march + 2) / 5;
}

struct date
date_from_day(int64_t day)
{
	int64_t since = day_clamp(day) - ERA_START;
	int64_t era = floor_div(since, ERA_DAYS);
	int in_era = (int)floor_mod(since, ERA_DAYS);
	int year, in_year, month;

	/* Take out the leap days, then all years are 365 days long. */
	year = (in_era - in_era / 1460 + in_era / 36524 -
		   in_era / (ERA_DAYS - 1)) /
	       365;
	in_year = in_era - (365 * year + year / 4 - year / 100);
	month = (5 * in_year + 2) / 153;
	return (struct date) {
	    .year = (int)(era * 400) + year + (month >= 10),
	    .month = month < 10 ? month + 3 : month - 9,
	    .day = in_year - days_before_month(month) + 1,
	};
}

int64_t
day_from_date(struct date date)
{
	int month = date.month > 2 ? date.month - 3 : date.month + 9;
	int64_t year = (int64_t)date.year - (date.month <= 2);
	int64_t era = floor_div(year, 400);
	int64_t in_era = floor_mod(year, 400);

	return ERA_START + era * ERA_DAYS + in_era * 365 + in_era / 4 -
	       in_era / 100 + days_before_month(month) + date.day - 1;
}

static bool
year_is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_days(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && year_is_leap(year) ? 29 : days[month - 1];
}

bool
date_valid(struct date date)
{
	return date.year >= 1 && date.year <= 9999 && date.month >= 1 &&
	       date.month <= 12 && date.day >= 1 &&
	       date.day <= month_days(date.year, date.month);
}

int64_t
day_add_months(int64_t day, int n)
{
	struct date date = date_from_day(day);
	int64_t months = (int64_t)date.year * 12 + date.month - 1 + n;
	int64_t year = floor_div(months, 12);
	int last;

	if (year < 0)
		return DAY_FIRST;
	if (year > 9999)
		return DAY_LAST;
	date.year = (int)year;
	date.month = (int)floor_mod(months, 12) + 1;
	last = month_days(date.year, date.month);
	if (date.day > last)
		date.day = last;
	return day_from_date(date);
}

/* A name that cannot lead out of the zones' directory. */
static bool
zone_name_ok(const char *zone)
{
	size_t len = strlen(zone);

	return len > 0 && len < ZONE_SIZE && strspn(zone, ZONE_CHARS) == len &&
	       zone[0] != '/' && zone[len - 1] != '/' &&
	       strstr(zone, "//") == NULL;
}

bool
zone_valid(const char *zone)
{
	char path[sizeof(ZONE_DIR) + ZONE_SIZE], magic[4];
	bool ok;
	int fd;

	if (zone == NULL || !zone_name_ok(zone))
		return false;
	if (strcmp(zone, "UTC") == 0)
		return true;
	snprintf(path, sizeof(path), ZONE_DIR "%s", zone);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) == -1)
		return false;
	ok = read(fd, magic, 4) == 4 && memcmp(magic, "TZif", 4) == 0;
	close(fd);
	return ok;
}

/*
 * Makes localtime_r() speak of zone; false means UTC, which needs no library.
 * TZ itself remembers the zone in use: a sandboxed program starts with its
 * zone there and can no longer read another.
 */
static bool
zone_use(const char *zone)
{
	const char *now = getenv("TZ");

	if (zone == NULL || strcmp(zone, "UTC") == 0 || !zone_name_ok(zone))
		return false;
	if (now != NULL && strcmp(now, zone) == 0)
		return true;
	if (!zone_valid(zone) || setenv("TZ", zone, 1) == -1)
		return false;
	tzset();
	return true;
}

/* Seconds since 1970 on the zone's own wall clock. */
static int64_t
wall_seconds(int64_t instant, const char *zone)
{
	time_t t = (time_t)instant;
	struct tm tm;

	if (!zone_use(zone) || localtime_r(&t, &tm) == NULL)
		return instant;
	/* The calendar may be far away but an offset is less than a day. */
	if (tm.tm_gmtoff < -DAY_SECONDS || tm.tm_gmtoff > DAY_SECONDS ||
	    __builtin_add_overflow(instant, tm.tm_gmtoff, &instant))
		return (int64_t)t;
	return instant;
}

int64_t
day_of_instant(int64_t instant, const char *zone)
{
	return floor_div(wall_seconds(instant, zone), DAY_SECONDS);
}

int64_t
day_start(int64_t day, const char *zone)
{
	int64_t high, low, middle;

	day = day_clamp(day);
	/*
	 * The first instant whose day is not before this one.  Where clocks
	 * skip midnight that is 01:00; where a zone skipped the day (Samoa,
	 * 30 December 2011) it is the next day's start.
	 */
	low = (day - 2) * DAY_SECONDS;
	high = (day + 2) * DAY_SECONDS;
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (day_of_instant(middle, zone) < day)
			low = middle;
		else
			high = middle;
	}
	return high;
}

void
day_iso(char dst[DATE_SIZE], int64_t day)
{
	struct date d = date_from_day(day);

	snprintf(dst, DATE_SIZE, "%04d-%02d-%02d", d.year, d.month, d.day);
}

void
instant_iso(char dst[DATE_SIZE], int64_t instant)
{
	struct date d = date_from_day(floor_div(instant, DAY_SECONDS));
	int second = (int)floor_mod(instant, DAY_SECONDS);

	snprintf(dst, DATE_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year,
	    d.month, d.day, second / 3600, second / 60 % 60, second % 60);
}

void
day_text(char dst[DATE_SIZE], int64_t day)
{
	struct date d = date_from_day(day);

	/* TRANSLATORS: day, month, year: "8 May 2026" */
	snprintf(dst, DATE_SIZE, _("%1$d %2$s %3$d"), d.day,
	    _(month_names[d.month - 1]), d.year);
}

void
day_text_short(char dst[DATE_SIZE], int64_t day)
{
	struct date d = date_from_day(day);

	/* TRANSLATORS: day, month: "8 May" */
	snprintf(
	    dst, DATE_SIZE, _("%1$d %2$s"), d.day, _(month_names[d.month - 1]));
}

void
instant_text(char dst[DATE_SIZE], int64_t instant, const char *zone)
{
	int64_t wall = wall_seconds(instant, zone);
	int second = (int)floor_mod(wall, DAY_SECONDS);
	char date[DATE_SIZE];

	day_text(date, floor_div(wall, DAY_SECONDS));
	/* TRANSLATORS: date, hour, minute: "14 May 2026 09:31" */
	snprintf(dst, DATE_SIZE, _("%1$s %2$02d:%3$02d"), date, second / 3600,
	    second / 60 % 60);
}

bool
day_parse(const char *s, int64_t *day)
{
	static const char form[] = "dddd-dd-dd";
	struct date d;
	size_t i;

	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != '-')
			return false;
	if (s[i] != '\0')
		return false;
	d.year = (int)strtol(s, NULL, 10);
	d.month = (int)strtol(s + 5, NULL, 10);
	d.day = (int)strtol(s + 8, NULL, 10);
	if (!date_valid(d))
		return false;
	*day = day_from_date(d);
	return true;
}
