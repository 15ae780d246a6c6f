/* SPDX-License-Identifier: MIT */
/* Goes on where write(2) has stopped. */
#include "base/file.h"

#include <errno.h>
#include <unistd.h>

int file_write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t written = write(fd, bytes.ptr, bytes.len);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0)
            bytes = str_slice(bytes, (size_t)written, bytes.len);
    }
    return 0;
}
