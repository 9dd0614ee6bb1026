/*
 * What the monitor gives a session program, and how a console login asks the
 * monitor for a session.  Both sides include only this.
 *
 * A session program starts with descriptors 0, 1, 2 (a pty's slave, or pipes)
 * and SESSION_STORE_FD, its store socket, already bound to who it is.  Its
 * arguments are the program's name and, for portal-cmd and portal-files, the
 * client's command in one string ("" for the plain menu; "sftp" for the SFTP
 * subsystem; "scp -f …").  portal-render gets "KIND REF" (enum paper_kind in
 * decimal, and an id, 0 for all missing ones).  Its environment is made anew:
 * TERM, LANG and LC_* as the client sent them (checked), TZ (the tenant's),
 * and:
 *
 *	PORTAL_HOST	host or host:port as in [sshd] public_name, for
 *			every ssh and scp line that is shown
 *	PORTAL_USER	SSH user name of the tenant
 *	PORTAL_IDLE	idle minutes, 0 none
 */
#ifndef DATA_SESSION_H
#define DATA_SESSION_H

#include "base/ipc.h"
#include "data/store.h"

enum { SESSION_STORE_FD = 3 };

/* portal-tui ends with this when the terminal cannot show screens (unknown or
 * dumb TERM, too small) or the customer asked for line mode: whoever started
 * it then starts portal-cmd with "plain" on the same terminal. */
enum {
	SESSION_EXIT_OK = 0,
	SESSION_EXIT_REFUSED = 1,
	SESSION_EXIT_USAGE = 2,
	SESSION_EXIT_LINE_MODE = 64
};

/* So long a program without a screen waits for a database that is away. */
enum { SESSION_PATIENCE_MS = 30 * 1000 };

/*
 * Console login: portal-tui without a store socket connects to the monitor's
 * socket RUN_DIR/portal.sock and sends CONSOLE_MSG_LOGIN.
 */
enum {
	/* str e-mail, str password, str tty's name -> CONSOLE_MSG_ANSWER */
	CONSOLE_MSG_LOGIN = 100,
	/* u8 enum auth_result; when AUTH_OK one descriptor, the store socket,
	 * and str zone, str host, str user, u32 idle minutes */
	CONSOLE_MSG_ANSWER,
};
#define CONSOLE_SOCKET "portal.sock"

/*
 * portalctl and other writers ring the same socket after a commit, so that
 * open screens read again: i64 tenant, i64 customer (0: all), u32 topics.
 */
enum {
	MONITOR_MSG_CHANGED = 110,
	/* i64 login: end its sessions now */
	MONITOR_MSG_DISABLED,
	/* portal-worker, once: from now on it is told of changes with
	 * TOPIC_JOBS, as MONITOR_MSG_CHANGED the other way */
	MONITOR_MSG_BELL,
};

/*
 * portal-tui --ready waits at descriptor 3 with everything done that needs no
 * session, and forks one for each SESSION_MSG_FORK.  The forked process is a
 * child of the monitor and goes on as if it had been started with those two
 * descriptors and that environment.  It ends at the end of file.
 */
enum {
	/* u32 session, then its environment, each variable with its NUL; two
	 * descriptors: the terminal, the store socket */
	SESSION_MSG_FORK = 120,
	SESSION_MSG_READY,
	/* u32 session: the first that the forked process does, so that the
	 * packet names it and was sent before it can have ended */
	SESSION_MSG_FORKED,
};

struct session_env {
	char host[128]; /* public name without port */
	int port;       /* 22 when none was named */
	char user[33];
	char zone[64];
	int idle_minutes;
};
/* Reads the environment above (bad values become safe defaults). */
void session_env_load(struct session_env *env);
/* Host and user only, for the lines below; user may be NULL. */
void session_env_of(
    struct session_env *env, const char *host, const char *user);

/* "scp portal@isp:invoices/X.pdf ." / "scp -P 2222 portal@…" for a path. */
void session_scp_line(
    char *dst, size_t size, const struct session_env *env, const char *path);
/* "ssh portal@isp WORDS". */
void session_ssh_line(
    char *dst, size_t size, const struct session_env *env, const char *words);

/*
 * Takes away what a session program never needs: no new privileges, no core,
 * limits (memory, files, no forking), and a seccomp filter that leaves reading,
 * writing, polling, memory, signals and clocks.  Call it when everything is
 * open.  ERR_INTERNAL if the kernel refuses it.
 */
enum session_extra {
	SESSION_EXTRA_NONE = 0,
	SESSION_EXTRA_TTY = 1,  /* ioctl on terminals */
	SESSION_EXTRA_OPEN = 2, /* read-only open: fonts of portal-render */
	/* Threads, still no processes: pango looks fonts up in some. */
	SESSION_EXTRA_THREADS = 4,
};
enum err session_sandbox(enum session_extra extra);

#endif
