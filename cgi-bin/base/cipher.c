/* SPDX-License-Identifier: MIT */
/* One form: a version, a random nonce, the cipher text, the tag.  Never leaves a plain byte behind where the tag did not fit. */
#include "base/cipher.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { VERSION = 1, NONCE_BYTES = 12, TAG_BYTES = 16, PLAIN_MAX = 1 << 20 };

/* The installation's key also makes the marks of redaction: for another purpose there is another key. */
static const struct str purpose = STR("daybook: secrets kept encrypted");

static void must(int success)
{
    if (success != 1)
        abort();
}

/* A context with key, nonce and `about`, for encryption or decryption. */
static EVP_CIPHER_CTX *begin(const unsigned char key[DIGEST_BYTES], struct str about,
                             const unsigned char *nonce, int encrypts)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char own_key[DIGEST_BYTES];
    int len;

    must(context != NULL);
    digest_hmac_sha256((struct str){(const char *)key, DIGEST_BYTES}, purpose, own_key);
    must(EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, own_key, nonce, encrypts));
    OPENSSL_cleanse(own_key, sizeof(own_key));
    must(EVP_CipherUpdate(context, NULL, &len, (const unsigned char *)about.ptr, (int)about.len));
    return context;
}

void cipher_encrypt(const unsigned char key[DIGEST_BYTES], struct str about, struct str plain,
                    struct strbuf *out)
{
    unsigned char *next = (unsigned char *)strbuf_reserve(out, plain.len + CIPHER_EXTRA_BYTES);
    unsigned char *nonce = next + 1, *text = nonce + NONCE_BYTES;
    EVP_CIPHER_CTX *context;
    int len = 0, more;

    assert(plain.len <= PLAIN_MAX && about.len && about.len <= PLAIN_MAX);
    *next = VERSION;
    digest_random(nonce, NONCE_BYTES);
    context = begin(key, about, nonce, 1);
    if (plain.len)
        must(EVP_CipherUpdate(context, text, &len, (const unsigned char *)plain.ptr,
                              (int)plain.len));
    must(EVP_CipherFinal_ex(context, text + len, &more));
    must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, text + plain.len));
    EVP_CIPHER_CTX_free(context);
    out->len += plain.len + CIPHER_EXTRA_BYTES;
    out->ptr[out->len] = '\0';
}

bool cipher_decrypt(const unsigned char key[DIGEST_BYTES], struct str about, struct str kept,
                    struct strbuf *out)
{
    const unsigned char *from = (const unsigned char *)kept.ptr;
    unsigned char tag[TAG_BYTES], *text;
    EVP_CIPHER_CTX *context;
    int len = 0, more;
    size_t plain_len;
    bool fits;

    if (kept.len < CIPHER_EXTRA_BYTES || kept.len > PLAIN_MAX || from[0] != VERSION)
        return false;
    plain_len = kept.len - CIPHER_EXTRA_BYTES;
    memcpy(tag, from + kept.len - TAG_BYTES, TAG_BYTES);
    text = (unsigned char *)strbuf_reserve(out, plain_len);
    context = begin(key, about, from + 1, 0);
    if (plain_len)
        must(EVP_CipherUpdate(context, text, &len, from + 1 + NONCE_BYTES, (int)plain_len));
    must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag));
    fits = EVP_CipherFinal_ex(context, text + len, &more) == 1;
    EVP_CIPHER_CTX_free(context);
    if (fits)
        out->len += plain_len;
    else
        OPENSSL_cleanse(text, plain_len);
    out->ptr[out->len] = '\0';
    return fits;
}
