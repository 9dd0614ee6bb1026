/* The tables of tabs and screens. */
#include "tui/screens.h"

#include "base/i18n.h"

const struct tab_def tab_defs[TAB_COUNT] = {
    [TAB_OVERVIEW] = {N_("Overview"), &screen_overview},
    [TAB_SERVICES] = {N_("Services"), &screen_services},
    [TAB_BILLING] = {N_("Billing"), &screen_billing},
    [TAB_TICKETS] = {N_("Tickets"), &screen_tickets},
    [TAB_PROFILE] = {N_("Profile"), &screen_profile},
};

const struct screen *const screens_all[] = {
    &screen_overview,
    &screen_services,
    &screen_service,
    &screen_prepaid,
    &screen_billing,
    &screen_payments,
    &screen_ledger,
    &screen_methods_off,
    &screen_methods,
    &screen_invoice,
    &screen_paper,
    &screen_payment,
    &screen_proforma,
    &screen_credit_note,
    &screen_pay,
    &screen_pay_alone,
    &screen_pay_sent,
    &screen_pay_ended,
    &screen_pay_paid,
    &screen_pay_link,
    &screen_pay_choose,
    &screen_save,
    &screen_save_ended,
    &screen_topup,
    &screen_extend,
    &screen_pay_how,
    &screen_transfer,
    &screen_transfer_code,
    &screen_fetch_invoice,
    &screen_fetch_receipt,
    &screen_tickets,
    &screen_ticket,
    &screen_ticket_new,
    &screen_ticket_reply,
    &screen_profile,
    &screen_profile_edit,
    &screen_password,
    &screen_email,
    &screen_about,
    &screen_news,
    &screen_help,
    &screen_palette,
};

const size_t screens_count = sizeof(screens_all) / sizeof(screens_all[0]);
