/* SPDX-License-Identifier: MIT */
/* A thin face over libcrypto; a failure there is a broken installation and ends the process. */
#include "base/digest.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/memory.h"

struct digest {
    EVP_MD_CTX *context;
};

static void must(int success)
{
    if (success != 1)
        abort();
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *found;

static void find(void)
{
    found = EVP_MD_fetch(NULL, "SHA256", NULL);
    must(found != NULL);
}

/* Found once: looking it up costs more than the digest of a short text. */
static const EVP_MD *sha256(void)
{
    pthread_once(&once, find);
    return found;
}

/* The digest of two pieces in one go. */
static void digest_pieces(struct str first, struct str second, unsigned char out[DIGEST_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    must(context != NULL);
    must(EVP_DigestInit_ex(context, sha256(), NULL));
    if (first.len)
        must(EVP_DigestUpdate(context, first.ptr, first.len));
    if (second.len)
        must(EVP_DigestUpdate(context, second.ptr, second.len));
    must(EVP_DigestFinal_ex(context, out, NULL));
    EVP_MD_CTX_free(context);
}

void digest_sha256(struct str bytes, unsigned char out[DIGEST_BYTES])
{
    digest_pieces(bytes, (struct str){NULL, 0}, out);
}

void digest_key_init(struct digest_key *key, struct str bytes)
{
    unsigned char block[DIGEST_BLOCK_BYTES] = {0};

    if (bytes.len > sizeof(block))
        digest_sha256(bytes, block);
    else if (bytes.len)
        memcpy(block, bytes.ptr, bytes.len);
    for (size_t i = 0; i < sizeof(block); i++) {
        key->inner[i] = block[i] ^ 0x36;
        key->outer[i] = block[i] ^ 0x5c;
    }
}

void digest_keyed(const struct digest_key *key, struct str bytes, unsigned char out[DIGEST_BYTES])
{
    unsigned char inner[DIGEST_BYTES];

    digest_pieces((struct str){(const char *)key->inner, sizeof(key->inner)}, bytes, inner);
    digest_pieces((struct str){(const char *)key->outer, sizeof(key->outer)},
                  (struct str){(const char *)inner, sizeof(inner)}, out);
}

void digest_hmac_sha256(struct str key, struct str bytes, unsigned char out[DIGEST_BYTES])
{
    struct digest_key blocks;

    digest_key_init(&blocks, key);
    digest_keyed(&blocks, bytes, out);
}

void digest_hmac_pieces(struct str key, const struct str *pieces, size_t count,
                        unsigned char out[DIGEST_BYTES])
{
    struct digest *digest = digest_new();
    unsigned char inner[DIGEST_BYTES];
    struct digest_key blocks;

    digest_key_init(&blocks, key);
    digest_add(digest, (struct str){(const char *)blocks.inner, sizeof(blocks.inner)});
    for (size_t i = 0; i < count; i++)
        digest_add(digest, pieces[i]);
    digest_finish(digest, inner);
    digest_pieces((struct str){(const char *)blocks.outer, sizeof(blocks.outer)},
                  (struct str){(const char *)inner, sizeof(inner)}, out);
}

void digest_hmac_sha1(struct str key, struct str bytes, unsigned char out[DIGEST_SHA1_BYTES])
{
    assert(key.len <= INT_MAX);
    must(HMAC(EVP_sha1(), key.len ? key.ptr : "", (int)key.len, (const unsigned char *)bytes.ptr,
              bytes.len, out, NULL) != NULL);
}

bool digest_same(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool digest_same_secret(struct str a, struct str b)
{
    unsigned char of_a[DIGEST_BYTES], of_b[DIGEST_BYTES];

    digest_sha256(a, of_a);
    digest_sha256(b, of_b);
    return CRYPTO_memcmp(of_a, of_b, sizeof(of_a)) == 0;
}

struct digest *digest_new(void)
{
    struct digest *digest = memory_new(sizeof(*digest));

    digest->context = EVP_MD_CTX_new();
    must(digest->context != NULL);
    must(EVP_DigestInit_ex(digest->context, sha256(), NULL));
    return digest;
}

void digest_add(struct digest *digest, struct str bytes)
{
    if (bytes.len)
        must(EVP_DigestUpdate(digest->context, bytes.ptr, bytes.len));
}

void digest_finish(struct digest *digest, unsigned char out[DIGEST_BYTES])
{
    must(EVP_DigestFinal_ex(digest->context, out, NULL));
    digest_free(digest);
}

void digest_free(struct digest *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

void digest_hex(struct str bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len; i++) {
        *out++ = digits[(unsigned char)bytes.ptr[i] >> 4];
        *out++ = digits[(unsigned char)bytes.ptr[i] & 15];
    }
    *out = '\0';
}

void digest_append_hex(struct strbuf *out, struct str bytes)
{
    digest_hex(bytes, strbuf_reserve(out, bytes.len * 2));
    out->len += bytes.len * 2;
}

void digest_append_base64(struct strbuf *out, struct str bytes)
{
    size_t len = (bytes.len + 2) / 3 * 4;
    char *end = strbuf_reserve(out, len);

    assert(bytes.len < 1u << 30);
    EVP_EncodeBlock((unsigned char *)end, (const unsigned char *)bytes.ptr, (int)bytes.len);
    out->len += len;
}

static bool is_base64(struct str text)
{
    size_t letters = text.len;

    if (text.len % 4)
        return false;
    while (letters > 0 && text.len - letters < 2 && text.ptr[letters - 1] == '=')
        letters--;
    for (size_t i = 0; i < letters; i++) {
        char c = text.ptr[i];

        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '+' || c == '/'))
            return false;
    }
    return true;
}

bool digest_decode_base64(struct str text, struct strbuf *out)
{
    size_t padding = 0;
    int len;

    if (!is_base64(text) || text.len >= 1u << 30)
        return false;
    if (text.len == 0)
        return true;
    while (text.ptr[text.len - 1 - padding] == '=')
        padding++;
    len = EVP_DecodeBlock((unsigned char *)strbuf_reserve(out, text.len / 4 * 3),
                          (const unsigned char *)text.ptr, (int)text.len);
    if (len < 0)
        return false;
    out->len += (size_t)len - padding;
    out->ptr[out->len] = '\0';
    return true;
}

void digest_random(void *out, size_t size)
{
    unsigned char *next = out;

    while (size) {
        ssize_t got = getrandom(next, size, 0);

        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            next += got;
            size -= (size_t)got;
        }
    }
}
