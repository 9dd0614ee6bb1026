/* How people call a saved way to pay. */
#ifndef DATA_METHOD_WORDS_H
#define DATA_METHOD_WORDS_H

#include "data/method.h"

enum { METHOD_TEXT = 128 };
/* "Visa ending 4242", "Bank account ending 3000 (AT)", "PayPal". */
void method_text(char dst[METHOD_TEXT], const struct method *m);

/* A card is good until the last day of its month. */
enum method_life { METHOD_LASTS, METHOD_EXPIRES_SOON, METHOD_EXPIRED };
enum method_life method_life(const struct method *m, int64_t today);
/* "08/2028", "05/2026, expires soon", "04/2026, expired"; "": it does not. */
void method_expiry(
    char dst[METHOD_TEXT], const struct method *m, int64_t today);

#endif
