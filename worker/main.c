/*
 * portal-worker: everything that reaches outside.
 */
#include <getopt.h>
#include <locale.h>
#include <stdio.h>

#include "base/i18n.h"
#include "base/log.h"
#include "worker/worker.h"

enum { EXIT_USAGE = 2 };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static int
usage(FILE *to)
{
	fputs(_("usage: portal-worker [-V] [-c FILE]\n"), to);
	return to == stdout ? 0 : EXIT_USAGE;
}

int
main(int argc, char **argv)
{
	const char *config = CONFIG_DEFAULT;
	int opt;

	log_open(WORKER_NAME, LOG_LVL_INFO);
	setlocale(LC_ALL, "");
	while ((opt = getopt_long(argc, argv, "c:Vh", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			config = optarg;
			break;
		case 'V':
			printf("portal-worker %s\n", PORTAL_VERSION);
			return 0;
		case 'h':
			return usage(stdout);
		default:
			return usage(stderr);
		}
	}
	if (optind < argc)
		return usage(stderr);
	return worker_main(config);
}
