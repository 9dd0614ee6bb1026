/*
 * System call filters as tables of rows.  What no row names kills the process.
 * session_sandbox() of session.h is built on this; so are the processes of
 * portal-sshd, which bring rows of their own.
 */
#ifndef DATA_SANDBOX_H
#define DATA_SANDBOX_H

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif

/*
 * One system call: allowed, or answered with refuse (an errno) where a library
 * may ask in good faith and can live with no.  With mask, only calls whose
 * argument arg has exactly value in the bits of mask (32 of them at most).  The
 * first row that fits counts.
 */
struct sandbox_rule {
	int call;
	int refuse;
	unsigned arg;
	uint32_t mask, value;
};

struct sandbox_table {
	const struct sandbox_rule *rules;
	size_t count;
};

/* clang-format off */
#define SANDBOX_TABLE(rows) { (rows), sizeof(rows) / sizeof((rows)[0]) }
#define ALLOW(name) { .call = SCMP_SYS(name) }
#define ALLOW_WHEN(name, n, bits, is) \
	{ .call = SCMP_SYS(name), .arg = (n), .mask = (bits), .value = (is) }
#define REFUSE(name) { .call = SCMP_SYS(name), .refuse = EACCES }
#define REFUSE_WHEN(name, n, bits, is) \
	{ .call = SCMP_SYS(name), .refuse = EACCES, .arg = (n), \
	  .mask = (bits), .value = (is) }
/* clang-format on */
#define SANDBOX_WORD 0xffffffffu

/* Memory, descriptors that are open, waiting, signals, clocks, random, exit:
 * what every process here does. */
extern const struct sandbox_table sandbox_base;
/* A library looking for a file gets "no" instead of death. */
extern const struct sandbox_table sandbox_no_files;
/* Files to look at, not to touch. */
extern const struct sandbox_table sandbox_open;
/* Files to write, and sqlite's locks; no network, unless a table before it has
 * that. */
extern const struct sandbox_table sandbox_files;
/* To connect to others, never to listen; no code but what is mapped. */
extern const struct sandbox_table sandbox_network;
/* Threads. */
extern const struct sandbox_table sandbox_threads;

/* A compiled filter; may be made once and entered by many forked children. */
struct sandbox;
enum err sandbox_compile(struct sandbox **out,
    const struct sandbox_table *const tables[], size_t count);
void sandbox_free(struct sandbox *sb);
/* No new privileges, and the filter.  Filters add up; none can be left. */
enum err sandbox_enter(const struct sandbox *sb);

/* Both, for a process that forks no others into the same filter. */
enum err sandbox_confine(
    const struct sandbox_table *const tables[], size_t count);

/* Sets the soft and the hard limit, lowering only. */
enum err sandbox_limit(int resource, uint64_t value);
/* Of private memory; none under the sanitizers. */
enum err sandbox_limit_memory(uint64_t bytes);

#endif
