/* The customer's fields that a profile shows, by enum profile_field. */
#ifndef TUI_PROFILE_FIELDS_H
#define TUI_PROFILE_FIELDS_H

#include "data/customer.h"
#include "data/settings.h"

struct profile_def {
	const char *label; /* N_() */
	size_t offset;     /* in struct customer */
	size_t size;
};

extern const struct profile_def profile_fields[PROFILE_FIELD_COUNT];

const char *profile_value(const struct customer *c, enum profile_field f);
char *profile_slot(struct customer *c, enum profile_field f);
/* Is there any field that the customer may change in the form of details? */
bool profile_may_edit(const struct settings *s);

#endif
