/*
 * The program that stands behind OpenSSH's sshd in the benchmark: paints one
 * full screen with ncurses and waits for q.  Nothing else, so that what is
 * measured is the way to it.
 */
#include <ncurses.h>

int
main(void)
{
	if (initscr() == NULL)
		return 1;
	cbreak();
	noecho();
	for (int row = 0; row < LINES - 1; row++)
		mvprintw(row, 1,
		    "Row %2d of a screen that stands for an "
		    "overview of an account",
		    row);
	mvprintw(LINES - 1, 1, "? help");
	refresh();
	while (getch() != 'q')
		;
	endwin();
	return 0;
}
