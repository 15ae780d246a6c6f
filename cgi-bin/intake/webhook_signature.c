/* SPDX-License-Identifier: MIT */
/*
 * Checks the signature of a webhook.  What is expected is made as text and compared as text in constant time: a signature in another
 * spelling is another signature.  Never sees the clock: the call says when it came.
 */
#include "intake/webhook_private.h"

#include "base/digest.h"
#include "base/parse.h"

enum { TOLERANCE_MS = 5 * 60 * 1000, SECONDS_MAX_DIGITS = 11, MS_PER_SECOND = 1000 };

/* One question of webhook_verify(). */
struct check {
    struct arena *arena;
    const struct webhook_call *call;
    struct str secret;
    int64_t now_ms;
};

static struct str encoded(struct arena *arena, struct str bytes,
                          void (*append)(struct strbuf *, struct str))
{
    struct strbuf text;
    struct str copy;

    strbuf_init(&text);
    append(&text, bytes);
    copy = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return copy;
}

static struct str hex(struct arena *arena, const unsigned char *bytes, size_t len)
{
    return encoded(arena, (struct str){(const char *)bytes, len}, digest_append_hex);
}

static struct str base64(struct arena *arena, struct str bytes)
{
    return encoded(arena, bytes, digest_append_base64);
}

static struct str hmac_hex(struct arena *arena, struct str key, const struct str *pieces,
                           size_t count)
{
    unsigned char mac[DIGEST_BYTES];

    digest_hmac_pieces(key, pieces, count, mac);
    return hex(arena, mac, sizeof(mac));
}

/* Its value; false without such a header. */
static bool header_value(const struct check *check, struct str name, struct str *value)
{
    const struct webhook_header *header = webhook_header_named(check->call, name);

    if (header)
        *value = str_trim(header->value);
    return header != NULL;
}

static enum webhook_signature judge(bool fits)
{
    return fits ? WEBHOOK_VALID : WEBHOOK_INVALID;
}

/* Of a signature that covers `time_ms`. */
static enum webhook_signature judge_at(const struct check *check, bool fits, int64_t time_ms)
{
    if (!fits)
        return WEBHOOK_INVALID;
    if (time_ms < check->now_ms - TOLERANCE_MS || time_ms > check->now_ms + TOLERANCE_MS)
        return WEBHOOK_TOO_OLD;
    return WEBHOOK_VALID;
}

static bool read_time(struct str text, int64_t unit_ms, int64_t *time_ms)
{
    uint64_t value;

    if (text.len > SECONDS_MAX_DIGITS + 3 || !parse_u64(text, 0, INT64_MAX / unit_ms, &value))
        return false;
    *time_ms = (int64_t)value * unit_ms;
    return true;
}

/*
 * Is the header's value `secret`?  Of a captured call the front has kept only the digest of it.  An empty secret is none.
 */
static bool is_secret(const struct check *check, struct str value, bool is_digest,
                      struct str secret)
{
    static const struct str prefix = STR("sha256:");
    unsigned char digest[DIGEST_BYTES];

    if (secret.len == 0)
        return false;
    if (!is_digest)
        return digest_same_secret(value, secret);
    if (!str_starts(value, prefix))
        return false;
    digest_sha256(secret, digest);
    return digest_same(str_slice(value, prefix.len, value.len),
                       hex(check->arena, digest, sizeof(digest)));
}

/* ---- Of the body alone ---- */

static bool is_hub_signature(const struct check *check, struct str value)
{
    unsigned char sha1[DIGEST_SHA1_BYTES];

    if (str_starts(value, STR("sha256=")))
        return digest_same(str_slice(value, strlen("sha256="), value.len),
                           hmac_hex(check->arena, check->secret, &check->call->body, 1));
    if (!str_starts(value, STR("sha1=")))
        return false;
    digest_hmac_sha1(check->secret, check->call->body, sha1);
    return digest_same(str_slice(value, strlen("sha1="), value.len),
                       hex(check->arena, sha1, sizeof(sha1)));
}

/* GitHub sends both headers; Bitbucket has SHA-256 in the one in which GitHub has SHA-1. */
static enum webhook_signature check_hub(const struct check *check)
{
    struct str value;

    if (header_value(check, STR("X-Hub-Signature-256"), &value))
        return judge(str_starts(value, STR("sha256=")) && is_hub_signature(check, value));
    if (header_value(check, STR("X-Hub-Signature"), &value))
        return judge(is_hub_signature(check, value));
    return WEBHOOK_UNSIGNED;
}

/* Gitea and its kin send GitHub's headers too: those are for receivers that know no other. */
static enum webhook_signature check_hex(const struct check *check)
{
    struct str value;

    if (!header_value(check, STR("X-Forgejo-Signature"), &value) &&
        !header_value(check, STR("X-Gitea-Signature"), &value) &&
        !header_value(check, STR("X-Gogs-Signature"), &value))
        return check_hub(check);
    return judge(digest_same(value, hmac_hex(check->arena, check->secret, &check->call->body, 1)));
}

/* ---- Of a time and the body ---- */

/* t=SECONDS,v1=HEX,v1=HEX: several while a secret is being replaced. */
static enum webhook_signature check_stripe(const struct check *check)
{
    struct str value, rest, item, time = {NULL, 0}, expected;
    bool is_known = false, fits = false;
    int64_t time_ms;

    if (!header_value(check, STR("Stripe-Signature"), &value))
        return WEBHOOK_UNSIGNED;
    rest = value;
    while (str_next(&rest, ',', &item))
        if (str_starts(item, STR("t=")))
            time = str_slice(item, strlen("t="), item.len);
        else
            is_known |= str_starts(item, STR("v1="));
    if (!is_known)
        return WEBHOOK_UNSIGNED;
    if (!read_time(time, MS_PER_SECOND, &time_ms))
        return WEBHOOK_INVALID;
    expected = hmac_hex(check->arena, check->secret,
                        (const struct str[]){time, STR("."), check->call->body}, 3);
    rest = value;
    while (str_next(&rest, ',', &item))
        if (str_starts(item, STR("v1=")))
            fits |= digest_same(str_slice(item, strlen("v1="), item.len), expected);
    return judge_at(check, fits, time_ms);
}

static enum webhook_signature check_slack(const struct check *check)
{
    struct str value, time, expected;
    int64_t time_ms;

    if (!header_value(check, STR("X-Slack-Signature"), &value) || !str_starts(value, STR("v0=")))
        return WEBHOOK_UNSIGNED;
    if (!header_value(check, STR("X-Slack-Request-Timestamp"), &time) ||
        !read_time(time, MS_PER_SECOND, &time_ms))
        return WEBHOOK_INVALID;
    expected = hmac_hex(check->arena, check->secret,
                        (const struct str[]){STR("v0:"), time, STR(":"), check->call->body}, 4);
    return judge_at(check, digest_same(str_slice(value, strlen("v0="), value.len), expected),
                    time_ms);
}

/* One of "v1,BASE64 v1,BASE64 v1a,…"; `is_known` is set when one is of version 1. */
static bool has_standard_signature(struct str list, struct str expected, bool *is_known)
{
    static const struct str version = STR("v1,");
    bool fits = false;
    struct str item;

    while (str_next(&list, ' ', &item))
        if (str_starts(item, version)) {
            *is_known = true;
            fits |= digest_same(str_slice(item, version.len, item.len), expected);
        }
    return fits;
}

/* The key that a secret stands for in base64; false when it is none. */
static bool decode_key(struct str secret, struct strbuf *key)
{
    struct strbuf padded;
    bool is_base64;

    strbuf_init(&padded);
    strbuf_add(&padded, secret);
    while (padded.len % 4)
        strbuf_add_char(&padded, '=');
    is_base64 = digest_decode_base64(strbuf_str(&padded), key);
    strbuf_release(&padded);
    return is_base64 && key->len > 0;
}

static struct str standard_mac(const struct check *check, struct str key,
                               const struct str signed_parts[5])
{
    unsigned char mac[DIGEST_BYTES];

    digest_hmac_pieces(key, signed_parts, 5, mac);
    return base64(check->arena, (struct str){(const char *)mac, sizeof(mac)});
}

/* A secret is base64 behind "whsec_", in most programs without that too, and in some the key itself. */
static bool fits_standard(const struct check *check, struct str list, const struct str parts[5],
                          bool *is_known)
{
    static const struct str prefix = STR("whsec_");
    bool has_prefix = str_starts(check->secret, prefix), fits;
    struct str text =
        has_prefix ? str_slice(check->secret, prefix.len, check->secret.len) : check->secret;
    struct strbuf key;

    strbuf_init(&key);
    fits = has_standard_signature(list, standard_mac(check, check->secret, parts), is_known);
    if (decode_key(text, &key))
        fits |=
            has_standard_signature(list, standard_mac(check, strbuf_str(&key), parts), is_known);
    strbuf_release(&key);
    return fits;
}

static enum webhook_signature check_standard_as(const struct check *check, const char *prefix)
{
    const struct str id_name = arena_printf(check->arena, "%s-id", prefix),
                     time_name = arena_printf(check->arena, "%s-timestamp", prefix),
                     list_name = arena_printf(check->arena, "%s-signature", prefix);
    struct str list, id, time;
    bool is_known = false, fits;
    int64_t time_ms;

    if (!header_value(check, list_name, &list))
        return WEBHOOK_UNSIGNED;
    if (!header_value(check, id_name, &id) || !header_value(check, time_name, &time) ||
        !read_time(time, MS_PER_SECOND, &time_ms))
        return WEBHOOK_INVALID;
    fits = fits_standard(check, list,
                         (const struct str[]){id, STR("."), time, STR("."), check->call->body},
                         &is_known);
    return is_known ? judge_at(check, fits, time_ms) : WEBHOOK_UNSIGNED;
}

static enum webhook_signature check_standard(const struct check *check)
{
    enum webhook_signature result = check_standard_as(check, "webhook");

    return result == WEBHOOK_UNSIGNED ? check_standard_as(check, "svix") : result;
}

/* ---- Of no body ---- */

static enum webhook_signature check_gitlab(const struct check *check)
{
    const struct webhook_header *token = webhook_header_named(check->call, STR("X-Gitlab-Token"));

    if (!token)
        return WEBHOOK_UNSIGNED;
    return judge(is_secret(check, str_trim(token->value), token->is_digest, check->secret));
}

/* A + or / in base64 as Gitee's manual wants it in a URL. */
static void append_percent_encoded(struct strbuf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr("+/=", text.ptr[i]))
            strbuf_printf(out, "%%%02X", (unsigned)text.ptr[i]);
        else
            strbuf_add_char(out, text.ptr[i]);
}

/* The password itself; or a signature of time and password, which does not cover the body. */
static enum webhook_signature check_gitee(const struct check *check)
{
    const struct webhook_header *token = webhook_header_named(check->call, STR("X-Gitee-Token"));
    unsigned char mac[DIGEST_BYTES];
    struct str time, value, expected;
    int64_t time_ms;
    bool fits;

    if (!token)
        return WEBHOOK_UNSIGNED;
    value = str_trim(token->value);
    if (is_secret(check, value, token->is_digest, check->secret))
        return WEBHOOK_VALID;
    if (!header_value(check, STR("X-Gitee-Timestamp"), &time) || !read_time(time, 1, &time_ms))
        return WEBHOOK_INVALID;
    digest_hmac_pieces(check->secret, (const struct str[]){time, STR("\n"), check->secret}, 3, mac);
    expected = base64(check->arena, (struct str){(const char *)mac, sizeof(mac)});
    fits = is_secret(check, value, token->is_digest, expected) ||
           is_secret(check, value, token->is_digest,
                     encoded(check->arena, expected, append_percent_encoded));
    return judge_at(check, fits, time_ms);
}

/* Of "name:password" the password; all of it where there is no name. */
static struct str password_of(struct str pair)
{
    const char *colon = pair.len ? memchr(pair.ptr, ':', pair.len) : NULL;

    return colon ? str_slice(pair, (size_t)(colon - pair.ptr) + 1, pair.len) : pair;
}

/* The front hides the password alone; the name is then not looked at. */
static bool is_basic_secret(const struct check *check, struct str credential, bool is_digest)
{
    if (is_digest)
        return is_secret(check, credential, true, password_of(check->secret));
    return is_secret(check, credential, false, base64(check->arena, check->secret));
}

/* Basic, or the secret with or without a word such as Bearer in front of it. */
static enum webhook_signature check_authorization(const struct check *check)
{
    const struct webhook_header *header = webhook_header_named(check->call, STR("Authorization"));
    struct str value, word = {NULL, 0}, credential;

    if (!header)
        return WEBHOOK_UNSIGNED;
    value = credential = str_trim(header->value);
    str_next(&credential, ' ', &word);
    credential = str_trim(credential);
    if (str_equal_folded(word, STR("basic")))
        return judge(is_basic_secret(check, credential, header->is_digest));
    return judge(is_secret(check, value, header->is_digest, check->secret) ||
                 is_secret(check, credential, header->is_digest, check->secret));
}

/* ---- All ---- */

static const struct {
    enum webhook_scheme scheme;
    enum webhook_signature (*check)(const struct check *check);
} checks[] = {
    {SCHEME_HUB, check_hub},           {SCHEME_HEX, check_hex},
    {SCHEME_GITLAB, check_gitlab},     {SCHEME_GITEE, check_gitee},
    {SCHEME_STRIPE, check_stripe},     {SCHEME_SLACK, check_slack},
    {SCHEME_STANDARD, check_standard}, {SCHEME_AUTHORIZATION, check_authorization},
};
enum { CHECK_COUNT = sizeof(checks) / sizeof(checks[0]) };
_Static_assert(SCHEME_ANY == (1 << CHECK_COUNT) - 1, "a scheme without a check");

/* What says more: one that fits; one that would have; one that does not; none. */
static const int weight[] = {
    [WEBHOOK_UNSIGNED] = 0,
    [WEBHOOK_INVALID] = 1,
    [WEBHOOK_TOO_OLD] = 2,
    [WEBHOOK_VALID] = 3,
};

enum webhook_signature webhook_verify(struct arena *arena, const struct webhook *webhook,
                                      const struct webhook_call *call, struct str secret,
                                      int64_t now_ms)
{
    const struct webhook_provider *provider = webhook_provider_named(webhook->provider);
    const struct check check = {arena, call, secret, now_ms};
    enum webhook_signature best = WEBHOOK_UNSIGNED;

    if (secret.len == 0)
        return WEBHOOK_UNCHECKED;
    for (size_t i = 0; i < CHECK_COUNT; i++)
        if ((provider ? provider->schemes : SCHEME_ANY) & checks[i].scheme) {
            enum webhook_signature result = checks[i].check(&check);

            if (weight[result] > weight[best])
                best = result;
        }
    return best;
}
