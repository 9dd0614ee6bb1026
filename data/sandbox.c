/*
 * Filters in BPF.  The names of the calls are libseccomp's, the few
 * instructions are written here: its compiler would cost every session half a
 * millisecond and 130 KB.  Argument checks look at the low 32 bits, which is
 * all that the kernel looks at in the arguments that are checked.
 */
#include "data/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "data/session.h"

struct sandbox {
	struct sock_fprog prog;
	struct sock_filter code[];
};

/* clang-format off */
static const struct sandbox_rule base_rules[] = {
	/* Descriptors that are open already. */
	ALLOW(read), ALLOW(readv), ALLOW(pread64),
	ALLOW(write), ALLOW(writev),
	ALLOW(recvfrom), ALLOW(recvmsg), ALLOW(sendto), ALLOW(sendmsg),
	ALLOW(close), ALLOW(lseek), ALLOW(shutdown), ALLOW(fstat),
	ALLOW_WHEN(newfstatat, 3, AT_EMPTY_PATH, AT_EMPTY_PATH),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_GETFD),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETFD),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_GETFL),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETFL),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TCGETS), /* isatty() */
	/* Waiting. */
	ALLOW(poll), ALLOW(ppoll), ALLOW(select), ALLOW(pselect6),
	ALLOW(epoll_create1), ALLOW(epoll_ctl), ALLOW(epoll_wait),
	ALLOW(epoll_pwait), ALLOW(signalfd4),
	ALLOW(timerfd_create), ALLOW(timerfd_settime),
	ALLOW(nanosleep), ALLOW(clock_nanosleep), ALLOW(restart_syscall),
	/* Memory that nobody runs. */
	ALLOW(brk), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise),
	ALLOW_WHEN(mmap, 2, PROT_EXEC, 0),
	ALLOW_WHEN(mprotect, 2, PROT_EXEC, 0),
	/* Signals, time, oneself. */
	ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn),
	ALLOW(rt_sigpending), ALLOW(sigaltstack), ALLOW(setitimer),
	ALLOW(clock_gettime), ALLOW(clock_getres), ALLOW(gettimeofday),
	ALLOW(time), ALLOW(getrandom), ALLOW(futex), ALLOW(sched_yield),
	ALLOW(getpid), ALLOW(gettid), ALLOW(getppid), ALLOW(getuid),
	ALLOW(geteuid), ALLOW(getgid), ALLOW(getegid), ALLOW(sysinfo),
	ALLOW(uname), ALLOW(getrusage), ALLOW(times),
	ALLOW(exit), ALLOW(exit_group),
#ifdef SANDBOX_SANITIZED
	/* What the sanitizers' run time does on its own. */
	ALLOW(openat), ALLOW(readlink), ALLOW(newfstatat), ALLOW(tgkill),
	ALLOW(prctl), ALLOW(sched_getaffinity), ALLOW(getdents64),
	ALLOW(access), ALLOW(mmap), ALLOW(mprotect), ALLOW(clone),
	ALLOW(wait4), ALLOW(ioctl), ALLOW(prlimit64), ALLOW(ptrace),
#endif
};

static const struct sandbox_rule no_files_rules[] = {
#ifndef SANDBOX_SANITIZED
	REFUSE(openat), REFUSE(readlink), REFUSE(access),
	REFUSE_WHEN(newfstatat, 3, AT_EMPTY_PATH, 0),
#endif
	REFUSE(open), REFUSE(stat), REFUSE(lstat), REFUSE(statx),
	REFUSE(faccessat), REFUSE(faccessat2), REFUSE(readlinkat),
	REFUSE(getcwd), REFUSE(socket), REFUSE(connect),
};

static const struct sandbox_rule tty_rules[] = {
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TCSETS),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TCSETSW),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TCSETSF),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TCFLSH),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TCXONC),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TCSBRK),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TIOCGWINSZ),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TIOCGPGRP),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, FIONREAD),
};

/* To look, not to touch: fonts and their caches. */
static const struct sandbox_rule open_rules[] = {
	ALLOW_WHEN(openat, 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
	REFUSE_WHEN(openat, 2, O_WRONLY, O_WRONLY),
	REFUSE_WHEN(openat, 2, O_RDWR, O_RDWR),
	REFUSE_WHEN(openat, 2, O_CREAT, O_CREAT),
	REFUSE_WHEN(openat, 2, O_TRUNC, O_TRUNC),
	ALLOW(newfstatat), ALLOW(statx), ALLOW(stat), ALLOW(lstat),
	ALLOW(access), ALLOW(faccessat), ALLOW(faccessat2),
	ALLOW(readlink), ALLOW(readlinkat), ALLOW(getdents64),
	ALLOW(fstatfs), ALLOW(statfs), ALLOW(getcwd), ALLOW(fadvise64),
	REFUSE(mkdir), REFUSE(unlink), REFUSE(rename), REFUSE(link),
	REFUSE(chmod), REFUSE(utimensat), REFUSE(socket), REFUSE(connect),
};

/* A database in a file. */
static const struct sandbox_rule file_rules[] = {
	ALLOW(openat), ALLOW(newfstatat), ALLOW(stat), ALLOW(lstat),
	ALLOW(access), ALLOW(faccessat), ALLOW(faccessat2), ALLOW(statx),
	ALLOW(getcwd), ALLOW(readlink), ALLOW(pwrite64), ALLOW(fdatasync),
	ALLOW(fsync), ALLOW(ftruncate), ALLOW(fallocate), ALLOW(unlink),
	ALLOW(fchmod), ALLOW(fchown), ALLOW(umask), ALLOW(statfs),
	ALLOW(fstatfs), ALLOW(fadvise64), ALLOW(getdents64),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_GETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETLKW),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_OFD_GETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_OFD_SETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_DUPFD_CLOEXEC),
	REFUSE(socket), REFUSE(connect),
};

static const struct sandbox_rule network_rules[] = {
	ALLOW_WHEN(socket, 0, SANDBOX_WORD, AF_UNIX),
	ALLOW_WHEN(socket, 0, SANDBOX_WORD, AF_INET),
	ALLOW_WHEN(socket, 0, SANDBOX_WORD, AF_INET6),
	ALLOW(connect), ALLOW(getsockopt), ALLOW(setsockopt),
	ALLOW(getsockname), ALLOW(getpeername), ALLOW(sendmmsg),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETFL),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, FIONREAD),
	/* Modules of name services and of OpenSSL, and Kerberos' key rings:
	 * they do without. */
	REFUSE_WHEN(mmap, 2, PROT_EXEC, PROT_EXEC),
	REFUSE(bind), REFUSE(keyctl), REFUSE(add_key), REFUSE(request_key),
};

/* A thread, never a process.  The flags of clone3 lie in memory, where no
 * filter sees them: the C library then falls back to clone. */
static const struct sandbox_rule thread_rules[] = {
	ALLOW_WHEN(clone, 0, CLONE_THREAD, CLONE_THREAD),
	{ .call = SCMP_SYS(clone3), .refuse = ENOSYS },
	ALLOW_WHEN(prctl, 0, SANDBOX_WORD, PR_SET_NAME),
	ALLOW(set_robust_list), ALLOW(rseq),
	REFUSE(sched_getattr), REFUSE(sched_setattr),
	ALLOW(sched_getaffinity),
};
/* clang-format on */

const struct sandbox_table sandbox_base = SANDBOX_TABLE(base_rules);
const struct sandbox_table sandbox_no_files = SANDBOX_TABLE(no_files_rules);
static const struct sandbox_table sandbox_tty = SANDBOX_TABLE(tty_rules);
const struct sandbox_table sandbox_open = SANDBOX_TABLE(open_rules);
const struct sandbox_table sandbox_files = SANDBOX_TABLE(file_rules);
const struct sandbox_table sandbox_network = SANDBOX_TABLE(network_rules);
const struct sandbox_table sandbox_threads = SANDBOX_TABLE(thread_rules);

/* Generous: a session that needs more is broken. */
enum {
	SESSION_MEMORY = 1 << 30,
	SESSION_FILES = 64,
};

#if defined(__x86_64__)
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define SANDBOX_ARCH AUDIT_ARCH_RISCV64
#else
#error "tell sandbox.c this architecture's AUDIT_ARCH and check its calls"
#endif

/* x86-64 has the same calls again with this bit, for programs that are none of
 * ours; no other architecture comes near it. */
enum { CALL_X32 = 0x40000000, RULE_MAX = 5, FRAME_MAX = 8, ENDS = 4 };

static struct sock_filter
bpf(unsigned code, uint32_t k, uint8_t yes, uint8_t no)
{
	return (struct sock_filter) {(unsigned short)code, yes, no, k};
}

static struct sock_filter
bpf_load(size_t offset)
{
	return bpf(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static struct sock_filter
bpf_return(uint32_t action)
{
	return bpf(BPF_RET | BPF_K, action, 0, 0);
}

/*
 * A filter's length is what entering it costs, so all rules share the few
 * returns behind them.  It is written from its end: jumps go forward only, and
 * so each knows its way.
 */
struct writer {
	struct sock_filter *code;
	size_t at; /* the first instruction that is written */
	struct {
		uint32_t action;
		size_t at;
	} ends[ENDS];
	size_t nends;
	bool far; /* some way was too long */
};

static void
write_code(struct writer *w, struct sock_filter code)
{
	w->code[--w->at] = code;
}

static uint32_t
rule_action(const struct sandbox_rule *r)
{
	return r->refuse != 0 ? SECCOMP_RET_ERRNO | (uint32_t)r->refuse
			      : SECCOMP_RET_ALLOW;
}

static size_t
find_end(const struct writer *w, uint32_t action)
{
	size_t i;

	for (i = 0; i < w->nends && w->ends[i].action != action; i++)
		;
	return i;
}

static enum err
write_end(struct writer *w, uint32_t action)
{
	if (find_end(w, action) < w->nends)
		return ERR_NONE;
	if (w->nends == ENDS)
		return ERR_TOO_BIG;
	write_code(w, bpf_return(action));
	w->ends[w->nends].action = action;
	w->ends[w->nends++].at = w->at;
	return ERR_NONE;
}

/* If what is loaded equals k: to the rule's end. */
static void
write_match(struct writer *w, uint32_t k, const struct sandbox_rule *r)
{
	size_t way = w->ends[find_end(w, rule_action(r))].at - w->at;

	w->far = w->far || way > UINT8_MAX;
	write_code(w, bpf(BPF_JMP | BPF_JEQ | BPF_K, k, (uint8_t)way, 0));
}

/* Rows that look at the same bits of the same call's same argument.  The number
 * of the call is loaded before and after. */
static void
write_rules(struct writer *w, const struct sandbox_rule *r, size_t n)
{
	size_t after = w->at;

	/* A call that this architecture does not have: nobody can make it. */
	if (r->call < 0)
		return;
	if (r->mask == 0) {
		write_match(w, (uint32_t)r->call, r);
		return;
	}
	write_code(w, bpf_load(offsetof(struct seccomp_data, nr)));
	while (n-- > 0)
		write_match(w, r[n].value, &r[n]);
	if (r->mask != SANDBOX_WORD)
		write_code(w, bpf(BPF_ALU | BPF_AND | BPF_K, r->mask, 0, 0));
	write_code(w, bpf_load(offsetof(struct seccomp_data, args) +
			       r->arg * sizeof(uint64_t)));
	w->far = w->far || after - w->at > UINT8_MAX;
	write_code(w, bpf(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->call, 0,
			  (uint8_t)(after - w->at)));
}

static bool
rules_alike(const struct sandbox_rule *a, const struct sandbox_rule *b)
{
	return a->mask != 0 && a->call == b->call && a->arg == b->arg &&
	       a->mask == b->mask;
}

static void
write_table(struct writer *w, const struct sandbox_table *t)
{
	size_t from, end = t->count;

	for (; end > 0; end = from) {
		from = end - 1;
		while (from > 0 &&
		       rules_alike(&t->rules[from - 1], &t->rules[from]))
			from--;
		write_rules(w, &t->rules[from], end - from);
	}
}

static enum err
write_filter(
    struct writer *w, const struct sandbox_table *const tables[], size_t count)
{
	enum err err;
	size_t t, i;

	for (t = 0; t < count; t++)
		for (i = 0; i < tables[t]->count; i++)
			if ((err = write_end(
				 w, rule_action(&tables[t]->rules[i]))) !=
			    ERR_NONE)
				return err;
	write_code(w, bpf_return(SECCOMP_RET_KILL_PROCESS));
	for (t = count; t-- > 0;)
		write_table(w, tables[t]);
	write_code(w, bpf_return(SECCOMP_RET_KILL_PROCESS));
	write_code(w, bpf(BPF_JMP | BPF_JGE | BPF_K, CALL_X32, 0, 1));
	write_code(w, bpf_load(offsetof(struct seccomp_data, nr)));
	write_code(w, bpf_return(SECCOMP_RET_KILL_PROCESS));
	write_code(w, bpf(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0));
	write_code(w, bpf_load(offsetof(struct seccomp_data, arch)));
	return w->far ? ERR_TOO_BIG : ERR_NONE;
}

enum err
sandbox_compile(struct sandbox **out,
    const struct sandbox_table *const tables[], size_t count)
{
	struct writer w = {0};
	struct sandbox *sb;
	size_t t, max = FRAME_MAX + ENDS;
	enum err err;

	for (t = 0; t < count; t++)
		max += tables[t]->count * RULE_MAX;
	if (max > BPF_MAXINSNS)
		return ERR_TOO_BIG;
	if ((sb = malloc(sizeof(*sb) + max * sizeof(*w.code))) == NULL)
		return ERR_NOMEM;
	w.code = sb->code;
	w.at = max;
	if ((err = write_filter(&w, tables, count)) != ERR_NONE) {
		free(sb);
		return err;
	}
	sb->prog.filter = w.code + w.at;
	sb->prog.len = (unsigned short)(max - w.at);
	*out = sb;
	return ERR_NONE;
}

void
sandbox_free(struct sandbox *sb)
{
	free(sb);
}

enum err
sandbox_enter(const struct sandbox *sb)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &sb->prog) == -1)
		return ERR_INTERNAL;
	return ERR_NONE;
}

enum err
sandbox_confine(const struct sandbox_table *const tables[], size_t count)
{
	struct sandbox *sb;
	enum err err;

	if ((err = sandbox_compile(&sb, tables, count)) != ERR_NONE)
		return err;
	err = sandbox_enter(sb);
	sandbox_free(sb);
	return err;
}

enum err
sandbox_limit(int resource, uint64_t value)
{
	struct rlimit now, want = {value, value};

	if (getrlimit(resource, &now) == -1)
		return ERR_INTERNAL;
	if (now.rlim_max < value)
		want.rlim_cur = want.rlim_max = now.rlim_max;
	return setrlimit(resource, &want) == -1 ? ERR_INTERNAL : ERR_NONE;
}

enum err
sandbox_limit_memory(uint64_t bytes)
{
#ifdef SANDBOX_SANITIZED
	bytes = RLIM_INFINITY; /* shadow memory is terabytes */
#endif
	return sandbox_limit(RLIMIT_DATA, bytes);
}

enum err
session_sandbox(enum session_extra extra)
{
	const struct sandbox_table *tables[4];
	enum err err;
	size_t n = 0;

	tables[n++] = &sandbox_base;
	if (extra & SESSION_EXTRA_OPEN)
		tables[n++] = &sandbox_open;
	else
		tables[n++] = &sandbox_no_files;
	if (extra & SESSION_EXTRA_TTY)
		tables[n++] = &sandbox_tty;
	if (extra & SESSION_EXTRA_THREADS)
		tables[n++] = &sandbox_threads;

	if ((err = sandbox_limit(RLIMIT_CORE, 0)) == ERR_NONE &&
	    (extra & SESSION_EXTRA_THREADS ||
		(err = sandbox_limit(RLIMIT_NPROC, 0)) == ERR_NONE) &&
	    (err = sandbox_limit_memory(SESSION_MEMORY)) == ERR_NONE &&
	    (err = sandbox_limit(RLIMIT_NOFILE, SESSION_FILES)) == ERR_NONE)
		err = sandbox_confine(tables, n);
	return err;
}
