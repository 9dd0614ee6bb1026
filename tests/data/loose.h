/*
 * Statements as a careless author might write them: without any comparison of a
 * tenant or a customer.  For test programs that make them their registry.
 */
#ifndef TESTS_DATA_LOOSE_H
#define TESTS_DATA_LOOSE_H

#include "data/registry.h"

/*
 * Copies text with each "x.tenant = $1", "x.customer = $2", "id = $2" and
 * "x.tenant = y.tenant" replaced by TRUE.  Gives how many there were; text must
 * fit.
 */
int loosen(char *dst, size_t size, const char *text);

#endif
