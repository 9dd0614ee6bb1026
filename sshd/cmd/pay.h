/* Paying by a link, for the command and for line mode. */
#ifndef SSHD_CMD_PAY_H
#define SSHD_CMD_PAY_H

#include "data/checkout.h"
#include "sshd/cmd/cmd.h"

/* Is a gateway on for this customer? */
enum err pay_is_on(struct cmd *c, bool *on);
/*
 * Asks for a link for an invoice (0: all that is due) and waits until it is
 * made, half a minute at most.  What came of it is in co->state; ERR_BAD_INPUT:
 * the store's problem says what was wrong.
 */
enum err pay_link_get(struct cmd *c, int64_t invoice, struct checkout *co);
/* Why there is no link to open, a sentence; NULL: there is one. */
const char *pay_refusal(const struct checkout *co);
const char *pay_link(const struct checkout *co);
/* What is to be paid, where, and until when. */
void pay_link_print(struct cmd *c, const struct checkout *co);
/* How to pay instead, and whom to ask. */
void pay_how_print(struct cmd *c, FILE *out);

#endif
