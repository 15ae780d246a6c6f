/* SPDX-License-Identifier: MIT */
/* Writing to files, where one call of the system may do a part of it. */
#ifndef DAYBOOK_BASE_FILE_H
#define DAYBOOK_BASE_FILE_H

#include "base/str.h"

/* Writes all of `bytes` to `fd`, also when it is interrupted by signals.  0; or -1 with errno, and a part may have been written. */
int file_write_all(int fd, struct str bytes);

#endif
