/* A session's end, in the store worker. */
#include "data/audit.h"
#include "data/verb_run.h"

enum err
verb_session_ended(struct store *st, struct rd *args, struct buf *reply)
{
	(void)reply;
	if (args->left != 0)
		return ERR_PROTOCOL;
	return audit_write(st, &(struct audit) {.action = "session ended"});
}
