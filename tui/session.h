/* Who this session is and what its account looks like, for every screen. */
#ifndef TUI_SESSION_H
#define TUI_SESSION_H

#include "data/customer.h"
#include "data/session.h"
#include "data/settings.h"
#include "data/store.h"
#include "data/tenant.h"

struct session {
	struct store *store; /* borrowed */
	struct session_env env;
	struct tenant tenant;
	struct settings settings;
	struct customer customer;
	struct login login;
	struct account account;
	int64_t now;
	int64_t today;
	bool can_copy;   /* the terminal takes OSC 52 */
	bool has_blocks; /* half blocks can be drawn: it shows UTF-8 */
};

/* Reads all of it.  env is set before. */
enum err session_open(struct session *s, struct store *store);
/* Reads again what these topics (enum topic) touch, and today's date. */
enum err session_reload(struct session *s, unsigned topics);

/* "104.30 EUR", in the tenant's currency. */
enum { AMOUNT_SIZE = MONEY_SIZE + CURRENCY_SIZE + 1 };
void session_amount(
    const struct session *s, char dst[AMOUNT_SIZE], int64_t amount);
/* The scp line for "invoices/NUMBER.pdf". */
enum { SCP_SIZE = 320 };
void session_scp_paper(const struct session *s, char dst[SCP_SIZE],
    const char *folder, const char *number);

#endif
