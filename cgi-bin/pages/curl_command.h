/* SPDX-License-Identifier: MIT */
/* A recorded call as a command that sends it again. */
#ifndef DAYBOOK_CURL_COMMAND_H
#define DAYBOOK_CURL_COMMAND_H

#include "base/event.h"
#include "base/arena.h"

/*
 * Text for a shell with $'…' (bash, zsh, ksh): a curl command that sends method, URL, headers and body of `event` to the server that
 * $URL names.  No byte of the event can end its quotes or reach the terminal as a control character.  Headers that belong to a
 * connection (Host, Content-Length and the like) are left out.  A body that is no text, or too long for a command, is sent from a
 * file; comments say which, and where something of what was sent is missing.  In the arena.
 */
struct str curl_command(struct arena *arena, const struct event *event);

#endif
