/*
 * After a commit: tells the monitor, so that open screens read again and
 * disabled logins end.  Without a running monitor there is nobody to tell.
 * A store that announces its changes reaches the monitors of all machines, and
 * has told them of everything but the logins that are to end.
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

/* To this machine's monitor. */
static enum err
rings_send(struct ctl *c)
{
	char path[CONFIG_VALUE + sizeof(CONSOLE_SOCKET) + 1];
	enum err err = ERR_NONE;
	size_t i;
	int fd;

	if (c->config.sshd_run_dir[0] == '\0')
		return ERR_NONE;
	snprintf(path, sizeof(path), "%s/%s", c->config.sshd_run_dir,
	    CONSOLE_SOCKET);
	if (access(path, F_OK) == -1)
		return ERR_NONE;
	if (ipc_connect(path, &fd) != ERR_NONE)
		return ERR_NONE; /* left behind by a monitor that was killed */
	for (i = 0; i < c->nrings && err == ERR_NONE; i++)
		err = ring_send(fd, &c->rings[i]);
	close(fd);
	return err;
}

/* To all machines. */
static enum err
rings_announce(struct ctl *c)
{
	enum err err = ERR_NONE;
	size_t i;

	for (i = 0; i < c->nrings && err == ERR_NONE; i++)
		if (c->rings[i].disabled)
			err = store_tell_disabled(c->st, c->rings[i].id);
	return err;
}

void
ctl_ring(struct ctl *c)
{
	enum err err;

	if (c->nrings == 0)
		return;
	if (c->st != NULL && store_announces(c->st))
		err = rings_announce(c);
	else
		err = rings_send(c);
	if (err != ERR_NONE)
		ctl_error("%s",
		    _("The change is stored, but the running "
		      "portal could not be told: open screens show it when "
		      "they are read again."));
}
