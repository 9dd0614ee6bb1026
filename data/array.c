/* Growing arrays: room doubles whenever n is a power of two. */
#include "data/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *
array_add(void *list, size_t *n, size_t size)
{
	char *first, *at;
	size_t room;

	memcpy(&first, list, sizeof(first));
	if ((*n & (*n - 1)) == 0) {
		room = *n == 0 ? 1 : *n * 2;
		if (room > SIZE_MAX / size ||
		    (first = realloc(first, room * size)) == NULL)
			return NULL;
		memcpy(list, &first, sizeof(first));
	}
	at = first + (*n)++ * size;
	memset(at, 0, size);
	return at;
}
