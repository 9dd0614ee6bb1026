/* The table of verbs.  Only direct engines refer to it. */
#include "data/verb_run.h"

const struct verb_def verb_table[VERB_COUNT] = {
#define X(id, who, fn) [VERB_##id] = {.name = #id, .roles = (who), .run = fn},
    VERB_LIST(X)
#undef X
};
