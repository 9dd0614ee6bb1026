/*
 * After a commit: tells the monitor, so that open screens read again and
 * disabled logins end.  Without a running monitor there is nobody to tell.
 */
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/ipc.h"
#include "ctl/ctl.h"
#include "data/session.h"

static void
ring_add(struct ctl *c, struct ring ring)
{
	size_t i;

	for (i = 0; i < c->nrings; i++) {
		if (c->rings[i].disabled == ring.disabled &&
		    c->rings[i].tenant == ring.tenant &&
		    c->rings[i].id == ring.id) {
			c->rings[i].topics |= ring.topics;
			return;
		}
	}
	if (c->nrings < CTL_RINGS)
		c->rings[c->nrings++] = ring;
}

void
ctl_ring_disabled(struct ctl *c, int64_t login)
{
	ring_add(c, (struct ring) {.disabled = true, .id = login});
}

void
ctl_ring_changed(void *arg, int64_t tenant, int64_t customer, unsigned topics)
{
	ring_add(arg,
	    (struct ring) {.tenant = tenant, .id = customer, .topics = topics});
}

static enum err
ring_send(int fd, const struct ring *ring)
{
	uint16_t type = MONITOR_MSG_CHANGED;
	struct buf body;
	enum err err;

	buf_init(&body, IPC_BODY_MAX);
	if (ring->disabled) {
		type = MONITOR_MSG_DISABLED;
		buf_put_i64(&body, ring->id);
	} else {
		buf_put_i64(&body, ring->tenant);
		buf_put_i64(&body, ring->id);
		buf_put_u32(&body, ring->topics);
	}
	err = body.err != ERR_NONE ? body.err
				   : ipc_send(fd, type, &body, NULL, 0);
	buf_release(&body);
	return err;
}

void
ctl_ring(struct ctl *c)
{
	char path[CONFIG_VALUE + sizeof(CONSOLE_SOCKET) + 1];
	enum err err = ERR_NONE;
	size_t i;
	int fd;

	if (c->nrings == 0 || c->config.sshd_run_dir[0] == '\0')
		return;
	snprintf(path, sizeof(path), "%s/%s", c->config.sshd_run_dir,
	    CONSOLE_SOCKET);
	if (access(path, F_OK) == -1)
		return;
	if (ipc_connect(path, &fd) != ERR_NONE)
		return; /* left behind by a monitor that was killed */
	for (i = 0; i < c->nrings && err == ERR_NONE; i++)
		err = ring_send(fd, &c->rings[i]);
	close(fd);
	if (err != ERR_NONE)
		ctl_error("%s",
		    _("The change is stored, but the running "
		      "portal could not be told: open screens show it when "
		      "they are read again."));
}
