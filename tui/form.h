/*
 * Fields to fill in: text, secrets, choices, text of several lines.  Each has
 * room for an error under it.  On a narrow screen one field at a time.
 */
#ifndef TUI_FORM_H
#define TUI_FORM_H

#include "tui/binding.h"
#include "tui/editor.h"
#include "tui/field.h"

enum form_kind { FORM_TEXT, FORM_SECRET, FORM_CHOICE, FORM_LINES };

struct form_choice {
	const char *value;
	const char *label; /* N_() */
};

struct form_field {
	const char *key;   /* as problems name it */
	const char *label; /* N_() */
	enum form_kind kind;
	char *value; /* borrowed: text kinds */
	size_t size;
	const struct form_choice *choices;
	size_t nchoices;
	size_t choice;
	char error[192];
};

struct form {
	struct form_field *fields; /* borrowed */
	size_t n;
	size_t current;
	struct field field;   /* of the current text or secret */
	struct editor editor; /* of the current lines */
	bool changed;
};

enum form_result {
	FORM_PASSED, /* not for the form: the bindings' turn */
	FORM_EATEN,
	FORM_SEND, /* Enter in the last field */
};

void form_init(struct form *f, struct form_field *fields, size_t n);
enum form_result form_key(struct form *f, const struct key *key);
/* ACT_FIELD_NEXT, ACT_FIELD_PREV. */
bool form_act(struct form *f, enum action act);
/*
 * Puts a reason under the field of that key and goes there; false if there is
 * no such field.  Errors from before are cleared by form_clear().
 */
bool form_refuse(struct form *f, const char *key, const char *reason);
void form_clear(struct form *f);
const char *form_choice(const struct form *f, size_t i);
/* Gives the row below it. */
int form_draw(struct form *f, struct canvas *c, struct area a,
    const char *title, bool narrow);
/* Overwrites every value: secrets leave nothing behind. */
void form_wipe(struct form *f);

#endif
