/* What a process that waits for long gives back. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

/*
 * Starting a session goes deep; waiting in it does not.  Returns to the kernel
 * the heap's free pages and the stack below the caller's frame, and unmaps the
 * pages of code and constants: most were wanted once, for a key exchange or a
 * first screen, and what is wanted again comes back from the page cache.
 */
void memory_shrink(void);

#endif
