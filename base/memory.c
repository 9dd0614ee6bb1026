/* Giving memory back. */
#include "base/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	STACK_KEEP = 4096, /* a red zone, and what madvise itself takes */
	STACK_DROP = 512 * 1024,
};

void
memory_shrink(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t end = (here - STACK_KEEP) & ~(page - 1);

	malloc_trim(0);
	/* Says ENOMEM where the stack ends, having done the rest. */
	(void)madvise((void *)(end - STACK_DROP), STACK_DROP, MADV_DONTNEED);
}
