/* What a process that waits for long gives back. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

/*
 * Returns free heap pages, and the stack's pages below the caller's frame, to
 * the kernel: starting a session goes deep, waiting in it does not.
 */
void memory_shrink(void);

#endif
