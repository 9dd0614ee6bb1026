/*
 * A client of the SFTP codec for tests: builds requests, takes answers apart.
 */
#ifndef TESTS_SSHD_SFTP_CLIENT_H
#define TESTS_SSHD_SFTP_CLIENT_H

#include "sshd/files/packet.h"
#include "sshd/files/sftp.h"
#include "tests/sshd/fake_vfs.h"

struct sftp_client {
	struct fake_vfs fake;
	struct sftp *sftp;
	struct buf ask;  /* requests not sent yet */
	struct buf got;  /* answers not read yet */
	size_t sends;    /* writes by the codec */
	size_t mark;     /* of the request being built */
	struct buf body; /* of the answer read last */
	uint32_t id;     /* likewise */
	struct rd rd;    /* likewise, behind the id */
};

/* cmocka's setup and teardown; *state is a struct sftp_client after INIT. */
int sftp_client_setup(void **state);
int sftp_client_setup_silent(void **state); /* no INIT */
int sftp_client_teardown(void **state);

/* Begins a request; arguments are put into c->ask; ends it. */
void sftp_ask(struct sftp_client *c, enum fxp type, uint32_t id);
void sftp_ask_end(struct sftp_client *c);
void sftp_ask_path(
    struct sftp_client *c, enum fxp type, uint32_t id, const char *path);
void sftp_ask_open(
    struct sftp_client *c, uint32_t id, const char *path, uint32_t flags);
void sftp_ask_handle(struct sftp_client *c, enum fxp type, uint32_t id,
    const struct buf *handle);
void sftp_ask_read(struct sftp_client *c, uint32_t id, const struct buf *handle,
    uint64_t offset, uint32_t len);
/* Hands what was asked to the codec. */
enum err sftp_send(struct sftp_client *c);

/* The next answer's type, its id in c->id and the rest in c->rd; 0: none. */
int sftp_answer(struct sftp_client *c);
/* Expects a STATUS and gives its code. */
uint32_t sftp_status(struct sftp_client *c, uint32_t id);
/* Sends an OPEN or OPENDIR, expects a handle. */
void sftp_open(
    struct sftp_client *c, enum fxp type, const char *path, struct buf *handle);
/* Sends a CLOSE, expects that it worked. */
void sftp_close(struct sftp_client *c, struct buf *handle);

#endif
