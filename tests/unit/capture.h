/* SPDX-License-Identifier: MIT */
/* Keeps what is written to stderr out of a test's output, and hands it over to be looked at. */
#ifndef DAYBOOK_TESTS_CAPTURE_H
#define DAYBOOK_TESTS_CAPTURE_H

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

struct capture {
    int saved, file;
    char text[4096]; /* after capture_end(): the first lines, with a NUL behind them */
};

static inline void capture_begin(struct capture *capture)
{
    fflush(stderr);
    capture->saved = dup(STDERR_FILENO);
    capture->file = memfd_create("stderr", MFD_CLOEXEC);
    assert_true(capture->saved >= 0 && capture->file >= 0);
    dup2(capture->file, STDERR_FILENO);
}

static inline void capture_end(struct capture *capture)
{
    ssize_t len;

    fflush(stderr);
    dup2(capture->saved, STDERR_FILENO);
    len = pread(capture->file, capture->text, sizeof(capture->text) - 1, 0);
    capture->text[len > 0 ? len : 0] = '\0';
    close(capture->file);
    close(capture->saved);
}

#endif
