/* SPDX-License-Identifier: MIT */
/*
 * The limit that Daybook's list page is measured against: a FastCGI program that answers every request with the same bytes.  The
 * file named by ANSWER holds them, headers first, as Daybook gave them once.  Nothing is computed.
 */
#include <fcgiapp.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static char *read_file(const char *path, size_t *len)
{
    FILE *file = path ? fopen(path, "re") : NULL;
    size_t capacity = 1 << 24;
    char *bytes = malloc(capacity);

    if (!file || !bytes) {
        perror(path ? path : "ANSWER");
        exit(1);
    }
    *len = fread(bytes, 1, capacity, file);
    fclose(file);
    return bytes;
}

int main(void)
{
    FCGX_Request request;
    size_t len;
    char *bytes = read_file(getenv("ANSWER"), &len);

    FCGX_Init();
    FCGX_InitRequest(&request, 0, FCGI_FAIL_ACCEPT_ON_INTR);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutStr(bytes, (int)len, request.out);
        FCGX_Finish_r(&request);
    }
    free(bytes);
    return 0;
}
