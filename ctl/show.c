/*
 * Objects and lists as JSON for scripts, or as lines for people.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "base/text.h"
#include "ctl/ctl.h"

enum { SHOW_COLUMNS = 16, SHOW_CELL = 512 };

json_t *
ctl_js_money(int64_t amount, const char *currency)
{
	char text[MONEY_SIZE];

	money_plain(text, amount, currency);
	return json_string(text);
}

json_t *
ctl_js_day(int64_t day)
{
	char text[DATE_SIZE];

	day_iso(text, day);
	return json_string(text);
}

json_t *
ctl_js_time(int64_t instant)
{
	char text[DATE_SIZE];

	instant_iso(text, instant);
	return json_string(text);
}

json_t *
ctl_js_text(const char *s)
{
	return s[0] == '\0' ? json_null() : json_string(s);
}

/* A value that is no object or array, as one line. */
static void
value_text(char dst[SHOW_CELL], const json_t *value)
{
	dst[0] = '\0';
	if (json_is_string(value))
		snprintf(dst, SHOW_CELL, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(dst, SHOW_CELL, "%lld",
		    (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(
		    dst, SHOW_CELL, "%s", json_is_true(value) ? "yes" : "no");
	text_clean_self(dst, TEXT_LINE);
}

static void object_print(json_t *object, const char *before);

static void
array_print(json_t *array, const char *key, const char *before)
{
	char text[SHOW_CELL], inner[64];
	json_t *item;
	size_t i;

	json_array_foreach(array, i, item)
	{
		snprintf(inner, sizeof(inner), "%s%s.%zu.", before, key, i + 1);
		if (json_is_object(item)) {
			object_print(item, inner);
		} else {
			value_text(text, item);
			printf("%s%s.%zu: %s\n", before, key, i + 1, text);
		}
	}
}

static void
object_print(json_t *object, const char *before)
{
	char text[SHOW_CELL], inner[64];
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		snprintf(inner, sizeof(inner), "%s%s.", before, key);
		if (json_is_object(value)) {
			object_print(value, inner);
		} else if (json_is_array(value)) {
			array_print(value, key, before);
		} else if (!json_is_null(value)) {
			value_text(text, value);
			printf("%s%s: %s\n", before, key, text);
		}
	}
}

static int
json_show(json_t *value)
{
	int bad =
	    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	json_decref(value);
	putchar('\n');
	return bad ? ctl_error("%s", _("cannot write the output")) : CTL_OK;
}

int
ctl_show(const struct ctl *c, json_t *object)
{
	if (object == NULL)
		return ctl_fail(c, ERR_NOMEM, c->command->name);
	if (ctl_option(c, "json") != NULL)
		return json_show(object);
	object_print(object, "");
	json_decref(object);
	return CTL_OK;
}

/* Widths of the columns: the keys of the first row. */
static void
list_measure(json_t *array, size_t width[SHOW_COLUMNS])
{
	char text[SHOW_CELL];
	json_t *row, *value;
	const char *key;
	size_t i, column, w;

	json_array_foreach(array, i, row)
	{
		column = 0;
		json_object_foreach(row, key, value)
		{
			if (column == SHOW_COLUMNS)
				break;
			value_text(text, value);
			w = text_width(text);
			if (i == 0 && width[column] < text_width(key))
				width[column] = text_width(key);
			if (width[column] < w)
				width[column] = w;
			column++;
		}
	}
}

static void
list_cell(const char *text, size_t width, bool last)
{
	size_t w = text_width(text);

	printf("%s%*s", text, last || w >= width ? 0 : (int)(width - w), "");
	fputs(last ? "\n" : "  ", stdout);
}

static void
list_print(json_t *array)
{
	size_t width[SHOW_COLUMNS] = {0}, i, column, n;
	char text[SHOW_CELL];
	json_t *row, *value;
	const char *key;

	list_measure(array, width);
	json_array_foreach(array, i, row)
	{
		n = json_object_size(row);
		column = 0;
		if (i == 0) {
			json_object_foreach(row, key, value)
			{
				list_cell(key, width[column], column + 1 == n);
				column++;
			}
			column = 0;
		}
		json_object_foreach(row, key, value)
		{
			value_text(text, value);
			list_cell(text, width[column], column + 1 == n);
			column++;
		}
	}
}

int
ctl_show_list(const struct ctl *c, json_t *array)
{
	if (array == NULL)
		return ctl_fail(c, ERR_NOMEM, c->command->name);
	if (ctl_option(c, "json") != NULL)
		return json_show(array);
	if (json_array_size(array) == 0)
		printf("%s\n", _("None."));
	list_print(array);
	json_decref(array);
	return CTL_OK;
}
