/*
 * portal-store: a store worker, started by portal-sshd's monitor.
 */
#include <locale.h>

#include "base/log.h"
#include "sshd/store/worker.h"

int
main(void)
{
	log_open(WORKER_NAME, LOG_LVL_INFO);
	setlocale(LC_ALL, "");
	return worker_main();
}
