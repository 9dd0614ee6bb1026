/* The words for states: English in the store, translated on screens. */
#include <string.h>

#include "data/checkout.h"
#include "data/listing.h"

#include "base/i18n.h"

/* Marked for the catalogues; looked up as they are. */
/* clang-format off */
__attribute__((unused)) static const char *const words_marked[] = {
	N_("Unpaid"), N_("Partially paid"), N_("Paid"), N_("Overdue"),
	N_("Cancelled"), N_("Pending"), N_("Succeeded"), N_("Completed"),
	N_("Failed"), N_("Refunded"), N_("Partially refunded"),
	N_("Active"), N_("Online"),
	N_("Paused"), N_("Inactive"), N_("New"), N_("Work in progress"),
	N_("Waiting on customer"), N_("Waiting on agent"), N_("Resolved"),
	N_("Closed"), N_("low"), N_("medium"), N_("high"), N_("urgent"),
	N_("question"), N_("fault"), N_("billing"), N_("internet"),
	N_("voice"), N_("recurring"), N_("bundle"), N_("card"),
	N_("transfer"), N_("cash"), N_("debit"), N_("credit"), N_("other"),
	N_("active"), N_("blocked"), N_("inactive"), N_("Refund due"),
	N_("Used"),
};
/* clang-format on */

const char *
word_text(const char *english)
{
	/* gettext("") is the catalogue's head. */
	return english[0] != '\0' ? _(english) : "";
}

const struct checkout_words *
checkout_words(const char *state)
{
	static const struct {
		const char *state;
		struct checkout_words words;
	} known[] = {
	    {"wanted", {"Waiting", N_("Making the link...")}},
	    {"open", {"Waiting", N_("Waiting for payment")}},
	    {"processing", {"Processing", N_("Processing")}},
	    {"paid", {"Paid", N_("Paid")}},
	    {"saved", {"Saved", N_("Saved")}},
	    {"expired", {"Expired", N_("Expired")}},
	    {"failed", {"Failed", N_("Failed")}},
	};
	static const struct checkout_words cancelled = {
	    "Cancelled", N_("Cancelled")};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].state, state) == 0)
			return &known[i].words;
	return &cancelled;
}
