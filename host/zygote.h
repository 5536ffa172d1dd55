/* SPDX-License-Identifier: MIT */
/* A domain's zygote: locked, loads sealed modules, runs their open(), forks workers. It never sees input. Its program is
 * adit-zygote, which links libc alone. */
#ifndef HOST_ZYGOTE_H
#define HOST_ZYGOTE_H

/* Serves the host on descriptor WIRE_SOCKET until it hangs up. Returns the exit status. */
int zygote_main(void);

#endif
