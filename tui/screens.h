/* Every screen, by the file that has it. */
#ifndef TUI_SCREENS_H
#define TUI_SCREENS_H

#include "data/settings.h"
#include "tui/ui.h"

/* The argument of screen_billing. */
enum billing_page {
	BILLING_INVOICES,
	BILLING_PAYMENTS,
	BILLING_LEDGER,
	BILLING_PROFORMAS,
	BILLING_CREDIT_NOTES,
	BILLING_METHODS,
	BILLING_PAGES
};

extern const struct screen screen_overview;
extern const struct screen screen_services;
extern const struct screen screen_billing;
/* The pages of screen_billing that have keys of their own. */
extern const struct screen screen_payments;
extern const struct screen screen_ledger;
extern const struct screen screen_methods_off;
extern const struct screen screen_methods;
extern const struct screen screen_tickets;
extern const struct screen screen_profile;

extern const struct screen screen_service;       /* arg: service id */
extern const struct screen screen_prepaid;       /* arg: service id */
extern const struct screen screen_invoice;       /* arg: invoice id */
extern const struct screen screen_paper;         /* arg: invoice id */
extern const struct screen screen_pay_how;       /* arg: invoice id, 0: all */
extern const struct screen screen_pay;           /* arg: checkout id */
extern const struct screen screen_pay_alone;     /* arg: checkout id */
extern const struct screen screen_pay_sent;      /* arg: checkout id */
extern const struct screen screen_pay_ended;     /* arg: checkout id */
extern const struct screen screen_pay_paid;      /* arg: checkout id */
extern const struct screen screen_pay_link;      /* arg: checkout id */
extern const struct screen screen_pay_choose;    /* arg: checkout id */
extern const struct screen screen_save;          /* arg: checkout id */
extern const struct screen screen_save_ended;    /* arg: checkout id */
extern const struct screen screen_topup;         /* no arg */
extern const struct screen screen_extend;        /* no arg */
extern const struct screen screen_transfer;      /* arg: invoice id, 0: all */
extern const struct screen screen_transfer_code; /* the same */
extern const struct screen screen_payment;       /* arg: payment id */
extern const struct screen screen_proforma;      /* arg: document id */
extern const struct screen screen_proforma_text; /* the same */
extern const struct screen screen_credit_note;   /* arg: document id */
extern const struct screen screen_credit_note_text; /* the same */
extern const struct screen screen_fetch_invoice;    /* arg: invoice id */
extern const struct screen screen_fetch_receipt;    /* arg: payment id */
extern const struct screen screen_ticket;           /* arg: ticket id */
extern const struct screen screen_ticket_new;       /* no arg */
extern const struct screen screen_ticket_reply;     /* arg: ticket id */
extern const struct screen screen_profile_edit;     /* no arg */
extern const struct screen screen_password;         /* no arg */
extern const struct screen screen_email;            /* no arg */
extern const struct screen screen_about;            /* no arg */
extern const struct screen screen_news;             /* arg: news id */
extern const struct screen screen_help;             /* no arg */
extern const struct screen screen_palette;          /* no arg */

/* The tab's name and its screen. */
struct tab_def {
	const char *title; /* N_() */
	const struct screen *screen;
};
extern const struct tab_def tab_defs[TAB_COUNT];

/* Every screen that has key bindings of its own, for help and the manual. */
extern const struct screen *const screens_all[];
extern const size_t screens_count;

#endif
