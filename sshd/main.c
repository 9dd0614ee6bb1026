/*
 * portal-sshd: picks what this process is.
 */
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/i18n.h"
#include "base/log.h"
#include "sshd/keys.h"
#include "sshd/listener.h"
#include "sshd/monitor.h"

enum { EXIT_USAGE = 2, OPTION_KEYS = 256, OPTION_LISTENER };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"test", no_argument, NULL, 't'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {"make-host-keys", required_argument, NULL, OPTION_KEYS},
    /* For the process it starts itself. */
    {"listener", no_argument, NULL, OPTION_LISTENER},
    {NULL, 0, NULL, 0},
};

static int
usage(FILE *to)
{
	fputs(_("usage: portal-sshd [-tV] [-c FILE]\n"
		"       portal-sshd --make-host-keys DIR\n"),
	    to);
	return to == stdout ? 0 : EXIT_USAGE;
}

int
main(int argc, char **argv)
{
	const char *config = CONFIG_DEFAULT;
	bool test = false;
	int opt;

	log_open("portal-sshd", LOG_LVL_INFO);
	setlocale(LC_ALL, "");
	while ((opt = getopt_long(argc, argv, "c:tVh", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			config = optarg;
			break;
		case 't':
			test = true;
			break;
		case 'V':
			printf("portal-sshd %s\n", PORTAL_VERSION);
			return 0;
		case 'h':
			return usage(stdout);
		case OPTION_KEYS:
			return keys_make(optarg) == ERR_NONE ? 0 : 1;
		case OPTION_LISTENER:
			return listener_main();
		default:
			return usage(stderr);
		}
	}
	if (optind != argc)
		return usage(stderr);
	return test ? monitor_test(config) : monitor_main(config);
}
