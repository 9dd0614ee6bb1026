/* Arrays that grow by one, for rows read from the store. */
#ifndef DATA_ARRAY_H
#define DATA_ARRAY_H

#include <stddef.h>

/*
 * Adds a zeroed element to a malloc'ed array of n; list is the address of the
 * pointer to its first.  NULL without memory: nothing changed then.
 */
void *array_add(void *list, size_t *n, size_t size);

#endif
