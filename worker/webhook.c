/*
 * What Stripe sends by itself.  A signature says that Stripe has sent it, not
 * that it is new or true by now: the event only names what to look at.
 */
#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "worker/http.h"
#include "worker/stripe.h"

/* Reads 64 hexadecimal digits that a comma or the end follows. */
static bool
read_mac(const char *s, uint8_t mac[crypto_auth_hmacsha256_BYTES])
{
	const char *end;
	size_t n;

	if (sodium_hex2bin(mac, crypto_auth_hmacsha256_BYTES, s,
		strcspn(s, ","), NULL, &n, &end) != 0)
		return false;
	return n == crypto_auth_hmacsha256_BYTES &&
	       (*end == ',' || *end == '\0');
}

/* The value of the first "t=": digits only. */
static bool
read_time(const char *signature, const char **digits, size_t *n, int64_t *at)
{
	const char *s = signature;

	while (s != NULL && strncmp(s, "t=", 2) != 0)
		if ((s = strchr(s, ',')) != NULL)
			s++;
	if (s == NULL)
		return false;
	*digits = s + 2;
	*n = strspn(*digits, "0123456789");
	if (*n == 0 || *n > 18 ||
	    ((*digits)[*n] != ',' && (*digits)[*n] != '\0'))
		return false;
	*at = strtoll(*digits, NULL, 10);
	return true;
}

static bool
any_mac_fits(
    const char *signature, const uint8_t mac[crypto_auth_hmacsha256_BYTES])
{
	uint8_t given[crypto_auth_hmacsha256_BYTES];
	const char *s = signature;
	bool fits = false;

	while (s != NULL) {
		if (strncmp(s, "v1=", 3) == 0 && read_mac(s + 3, given))
			fits |= sodium_memcmp(given, mac, sizeof(given)) == 0;
		if ((s = strchr(s, ',')) != NULL)
			s++;
	}
	return fits;
}

enum err
webhook_verify(const char *signature, const void *body, size_t n,
    const char *secret, int64_t now)
{
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state hmac;
	const char *digits;
	size_t ndigits;
	int64_t at;
	bool fits;

	if (secret[0] == '\0' ||
	    !read_time(signature, &digits, &ndigits, &at) ||
	    at < now - WEBHOOK_TOLERANCE_S || at > now + WEBHOOK_TOLERANCE_S)
		return ERR_DENIED;
	crypto_auth_hmacsha256_init(
	    &hmac, (const uint8_t *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&hmac, (const uint8_t *)digits, ndigits);
	crypto_auth_hmacsha256_update(&hmac, (const uint8_t *)".", 1);
	crypto_auth_hmacsha256_update(&hmac, body, n);
	crypto_auth_hmacsha256_final(&hmac, mac);
	sodium_memzero(&hmac, sizeof(hmac));
	fits = any_mac_fits(signature, mac);
	sodium_memzero(mac, sizeof(mac));
	return fits ? ERR_NONE : ERR_DENIED;
}

enum err
webhook_take(struct worker *w, const void *body, size_t n)
{
	json_t *event = json_loadb(body, n, JSON_REJECT_DUPLICATES, NULL);
	struct event_look l = {
	    .w = w, .account = json_text(event, "account"), .event = event};
	enum err err = ERR_BAD_INPUT;

	if (json_is_object(event) && json_text(event, "type")[0] != '\0')
		err = event_take(&l);
	json_decref(event);
	return err == ERR_NONE || err == ERR_BAD_INPUT ? err : ERR_BUSY;
}
