/* SPDX-License-Identifier: MIT */
/*
 * Secrets that are needed again in plain, such as those of signatures: kept encrypted (AES-256-GCM) under a key that is made from the
 * installation's (config_redaction_key()), so that the database alone is of no use to whoever reads it.
 */
#ifndef DAYBOOK_BASE_CIPHER_H
#define DAYBOOK_BASE_CIPHER_H

#include "base/digest.h"

/* Bytes that the encrypted form has more than the plain one. */
enum { CIPHER_EXTRA_BYTES = 1 + 12 + 16 };

/*
 * Appends the encrypted form of `plain`, another one each time.  `about` says whose secret it is: it is not stored, and only who says the
 * same can decrypt.
 */
void cipher_encrypt(const unsigned char key[DIGEST_BYTES], struct str about, struct str plain,
                    struct strbuf *out);

/* Appends the plain form.  False, with `out` as before, when key or `about` are others, or a byte was changed. */
bool cipher_decrypt(const unsigned char key[DIGEST_BYTES], struct str about, struct str kept,
                    struct strbuf *out);

#endif
