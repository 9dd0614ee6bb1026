/* Giving memory back. */
#include "base/memory.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	STACK_KEEP = 4096, /* a red zone, and what madvise itself takes */
	STACK_DROP = 512 * 1024,
};

/* Only what the file holds unchanged: relocated data is in writable segments,
 * also where it is read-only by now. */
static int
drop_code(struct dl_phdr_info *info, size_t size, void *arg)
{
	const uintptr_t *page = arg;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = (info->dlpi_addr + p->p_vaddr) & ~(*page - 1);
		uintptr_t to = info->dlpi_addr + p->p_vaddr + p->p_memsz;

		if (p->p_type == PT_LOAD && (p->p_flags & PF_W) == 0)
			(void)madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

void
memory_shrink(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t end = (here - STACK_KEEP) & ~(page - 1);

	malloc_trim(0);
	dl_iterate_phdr(drop_code, &page);
	/* Says ENOMEM where the stack ends, having done the rest. */
	(void)madvise((void *)(end - STACK_DROP), STACK_DROP, MADV_DONTNEED);
}
