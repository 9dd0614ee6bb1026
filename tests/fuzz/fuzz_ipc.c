/*
 * Packets of any bytes on a socket between two processes: taken as a message
 * whose body is what stood behind the head, or refused; the next one is read
 * either way.
 */
#include <sys/socket.h>

#include "base/ipc.h"
#include "tests/fuzz/fuzz.h"

enum { HEAD = 8 };

static uint32_t
u32_at(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void
check_message(const struct ipc_msg *m, const uint8_t *p, size_t n)
{
	REQUIRE(n >= HEAD && m->nfds == 0);
	REQUIRE(m->type == (p[0] | p[1] << 8));
	REQUIRE(u32_at(p + 4) == n - HEAD && m->body.len == n - HEAD);
	REQUIRE(n == HEAD || memcmp(m->body.data, p + HEAD, n - HEAD) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int sv[2] = {-1, -1};
	uint8_t good[HEAD] = {7};
	struct ipc_msg m;
	enum err err;

	if (sv[0] == -1)
		REQUIRE(ipc_pair(sv) == ERR_NONE);
	/* A packet of nothing reads as the end. */
	if (n == 0)
		return 0;
	REQUIRE(send(sv[0], p, n, 0) == (ssize_t)n);
	REQUIRE(send(sv[0], good, HEAD, 0) == HEAD);
	ipc_msg_init(&m);
	err = ipc_recv(sv[1], &m);
	REQUIRE(err == ERR_NONE || err == ERR_PROTOCOL || err == ERR_TOO_BIG);
	if (err == ERR_NONE)
		check_message(&m, p, n);
	REQUIRE(ipc_recv(sv[1], &m) == ERR_NONE);
	REQUIRE(m.type == 7 && m.body.len == 0);
	ipc_msg_release(&m);
	return 0;
}
