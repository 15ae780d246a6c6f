/* SPDX-License-Identifier: MIT */
/* The secret of a hook's signatures, between plain and kept: who makes the hook and who checks must say the same about it. */
#ifndef DAYBOOK_RECORDING_HOOK_SECRET_H
#define DAYBOOK_RECORDING_HOOK_SECRET_H

#include "base/arena.h"
#include "base/hook.h"

#include <stdbool.h>

/* Fills hook->kept_secret from hook->secret, in the arena; `key` is the installation's. */
void hook_secret_keep(const unsigned char *key, struct arena *arena, struct hook *hook);

/* The other way.  True also when it has none; false without the key (NULL), or when it was kept with another one. */
bool hook_secret_read(const unsigned char *key, struct arena *arena, struct hook *hook);

#endif
