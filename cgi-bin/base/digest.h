/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (FIPS 180-4), HMAC, hexadecimal and base64 (RFC 4648) texts, comparing secrets, and random bytes.  This and
 * base/cipher.h are what meets libcrypto.
 */
#ifndef DAYBOOK_BASE_DIGEST_H
#define DAYBOOK_BASE_DIGEST_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_BYTES = 32, DIGEST_HEX_BYTES = 65, DIGEST_BLOCK_BYTES = 64, DIGEST_SHA1_BYTES = 20 };

void digest_sha256(struct str bytes, unsigned char out[DIGEST_BYTES]);

/* HMAC-SHA256 (RFC 2104) of `bytes` under a key of any length. */
void digest_hmac_sha256(struct str key, struct str bytes, unsigned char out[DIGEST_BYTES]);

/* The same of `count` pieces, one behind the other. */
void digest_hmac_pieces(struct str key, const struct str *pieces, size_t count,
                        unsigned char out[DIGEST_BYTES]);

/* HMAC-SHA1, only to check what others have signed so. */
void digest_hmac_sha1(struct str key, struct str bytes, unsigned char out[DIGEST_SHA1_BYTES]);

/* Are the bytes the same?  The time it takes depends on their lengths alone. */
bool digest_same(struct str a, struct str b);

/* The same for a secret as it is: its length does not show either. */
bool digest_same_secret(struct str a, struct str b);

/* HMAC-SHA256 for a key that is used often: its two blocks are made once. */
struct digest_key {
    unsigned char inner[DIGEST_BLOCK_BYTES], outer[DIGEST_BLOCK_BYTES];
};
void digest_key_init(struct digest_key *key, struct str bytes);
void digest_keyed(const struct digest_key *key, struct str bytes, unsigned char out[DIGEST_BYTES]);

/* A digest over pieces: digest_new(), digest_add() …, then digest_finish(), which also frees it. */
struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *digest, struct str bytes);
void digest_finish(struct digest *digest, unsigned char out[DIGEST_BYTES]);

/* Frees one that will not be finished; NULL is allowed. */
void digest_free(struct digest *digest);

/* `bytes` as lower-case hexadecimal and a NUL, in `out`. */
void digest_hex(struct str bytes, char *out);

/* Appends `bytes` as lower-case hexadecimal, or as base64 with padding. */
void digest_append_hex(struct strbuf *out, struct str bytes);
void digest_append_base64(struct strbuf *out, struct str bytes);

/* Appends what base64 `text` stands for.  False, with `out` as before, for anything but whole padded base64. */
bool digest_decode_base64(struct str text, struct strbuf *out);

/* Fills `out` with `size` unpredictable bytes. */
void digest_random(void *out, size_t size);

#endif
