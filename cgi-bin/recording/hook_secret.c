/* SPDX-License-Identifier: MIT */
/* A secret that somebody moves to another hook, within the database, is of no use there. */
#include "recording/hook_secret.h"

#include "base/cipher.h"

static struct str about(struct arena *arena, const struct hook *hook)
{
    return arena_printf(arena, "hook %u %.*s", (unsigned)hook->account_id, STR_ARG(hook->label));
}

void hook_secret_keep(const unsigned char *key, struct arena *arena, struct hook *hook)
{
    struct strbuf kept;

    strbuf_init(&kept);
    cipher_encrypt(key, about(arena, hook), hook->secret, &kept);
    hook->kept_secret = arena_copy(arena, strbuf_str(&kept));
    strbuf_release(&kept);
}

bool hook_secret_read(const unsigned char *key, struct arena *arena, struct hook *hook)
{
    struct strbuf plain;
    bool known;

    if (hook->kept_secret.len == 0)
        return true;
    if (!key)
        return false;
    strbuf_init(&plain);
    known = cipher_decrypt(key, about(arena, hook), hook->kept_secret, &plain);
    if (known)
        hook->secret = arena_copy(arena, strbuf_str(&plain));
    strbuf_release(&plain);
    return known;
}
