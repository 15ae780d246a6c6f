/* SPDX-License-Identifier: MIT */
/* A line of a capture file to vary. */
#ifndef DAYBOOK_TESTS_CAPTURE_LINE_H
#define DAYBOOK_TESTS_CAPTURE_LINE_H

/* What a call has that nothing is said of; a member that is given again behind it counts. */
#define PLAIN                                                                                      \
    "{\"daybook\":1,\"id\":\"4f2a\",\"msec\":\"1769860800.123\",\"time\":\"0.003\",\"status\":"    \
    "\"200\",\"upstream_status\":\"200\",\"completion\":\"OK\",\"sent\":\"2\",\"client\":"         \
    "\"192.0.2.1\",\"peer\":\"192.0.2.1\",\"method\":\"GET\",\"uri\":\"/a\",\"request\":"          \
    "\"GET /a HTTP/1.1\",\"headers\":\"[]\""

/* One header as njs writes it, inside the text of the member. */
#define HEADER(name, value) "[\\\"" name "\\\",\\\"" value "\\\"]"

#endif
