/* SPDX-License-Identifier: MIT */
/* Values that are not secret as a whole: logins, whose scheme stays, and cookies, whose names stay. */
#define _GNU_SOURCE
#include "redaction/redact_private.h"

static const struct str schemes[] = {
    STR("basic"),       STR("bearer"),        STR("token"),
    STR("digest"),      STR("negotiate"),     STR("ntlm"),
    STR("apikey"),      STR("api-key"),       STR("key"),
    STR("oauth"),       STR("jwt"),           STR("aws"),
    STR("hoba"),        STR("mutual"),        STR("vapid"),
    STR("sharedkey"),   STR("sharedkeylite"), STR("sharedaccesssignature"),
    STR("scram-sha-1"), STR("scram-sha-256"), STR("aws4-hmac-sha256"),
    STR("splunk"),      STR("genie"),         STR("goog4-rsa-sha256"),
    STR("hawk"),        STR("dpop"),
};
enum { SCHEME_COUNT = sizeof(schemes) / sizeof(schemes[0]) };

static const struct str cookie_attributes[] = {
    STR("expires"),  STR("max-age"),     STR("domain"),   STR("path"),
    STR("secure"),   STR("version"),     STR("httponly"), STR("samesite"),
    STR("priority"), STR("partitioned"), STR("comment"),
};
enum { ATTRIBUTE_COUNT = sizeof(cookie_attributes) / sizeof(cookie_attributes[0]) };

static bool is_one_of(struct str word, const struct str *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_folded(word, list[i]))
            return true;
    return false;
}

bool redact_is_scheme(struct str word)
{
    return is_one_of(word, schemes, SCHEME_COUNT);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(struct str text, size_t *begin, size_t *end)
{
    while (*begin < *end && is_blank(text.ptr[*begin]))
        (*begin)++;
    while (*end > *begin && is_blank(text.ptr[*end - 1]))
        (*end)--;
}

static void replace(struct redact_job *job, const struct redact_view *view, size_t begin,
                    size_t end, struct str secret, bool hashed)
{
    if (hashed)
        redact_replace_hashed(job, view, begin, end, secret);
    else
        redact_replace(job, view, begin, end, secret, false);
}

/* "user:password" in base64: the password is the secret, so that it can be found by itself.  Else all of it. */
static void take_basic(struct redact_job *job, const struct redact_view *view, size_t begin,
                       size_t end, bool hashed)
{
    struct str credential = redact_range(view, begin, end);
    struct str secret = credential;
    struct strbuf pair;

    strbuf_init(&pair);
    if (!redact_is_mark(credential) && digest_decode_base64(credential, &pair) && pair.len) {
        const char *colon = memchr(pair.ptr, ':', pair.len);

        if (colon && colon + 1 < pair.ptr + pair.len)
            secret = (struct str){colon + 1, (size_t)(pair.ptr + pair.len - colon - 1)};
    }
    replace(job, view, begin, end, secret, hashed);
    strbuf_release(&pair);
}

static void take_login(struct redact_job *job, const struct redact_view *view, size_t begin,
                       size_t end, bool hashed)
{
    size_t word = begin, credential;

    while (word < end && !is_blank(view->text.ptr[word]))
        word++;
    credential = word;
    trim(view->text, &credential, &end);
    if (credential == end || !redact_is_scheme(redact_range(view, begin, word)))
        replace(job, view, begin, end, redact_range(view, begin, end), hashed);
    else if (str_equal_folded(redact_range(view, begin, word), STR("basic")))
        take_basic(job, view, credential, end, hashed);
    else
        replace(job, view, credential, end, redact_range(view, credential, end), hashed);
}

/* One "name=value"; without a name all of it is the value. */
static void take_cookie(struct redact_job *job, const struct redact_view *view, size_t begin,
                        size_t end)
{
    struct str pair;
    const char *equals;

    trim(view->text, &begin, &end);
    pair = redact_range(view, begin, end);
    equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
    if (equals)
        begin += (size_t)(equals - pair.ptr) + 1;
    trim(view->text, &begin, &end);
    if (end - begin >= 2 && view->text.ptr[begin] == '"' && view->text.ptr[end - 1] == '"') {
        begin++;
        end--;
    }
    redact_replace_hashed(job, view, begin, end, redact_range(view, begin, end));
}

/* Behind the first pair stand attributes, and behind a comma possibly another cookie. */
static void take_attribute(struct redact_job *job, const struct redact_view *view, size_t begin,
                           size_t end)
{
    struct str piece = redact_range(view, begin, end);
    const char *equals = piece.len ? memchr(piece.ptr, '=', piece.len) : NULL;
    struct str name =
        str_trim(str_slice(piece, 0, equals ? (size_t)(equals - piece.ptr) : piece.len));
    const char *comma = piece.len ? memrchr(piece.ptr, ',', piece.len) : NULL;

    if (!is_one_of(name, cookie_attributes, ATTRIBUTE_COUNT)) {
        if (name.len)
            take_cookie(job, view, begin, end);
        return;
    }
    if (comma && memchr(comma, '=', (size_t)(piece.ptr + piece.len - comma)))
        take_cookie(job, view, begin + (size_t)(comma - piece.ptr) + 1, end);
}

static void take_cookies(struct redact_job *job, const struct redact_view *view, size_t begin,
                         size_t end, bool set)
{
    bool first = true;

    while (begin < end) {
        const char *semicolon = memchr(view->text.ptr + begin, ';', end - begin);
        size_t stop = semicolon ? (size_t)(semicolon - view->text.ptr) : end;

        if (set && !first)
            take_attribute(job, view, begin, stop);
        else
            take_cookie(job, view, begin, stop);
        first = false;
        begin = stop + 1;
    }
}

static void take(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                 enum redact_class class, bool hashed)
{
    switch (class) {
    case CLASS_NONE:
        return;
    case CLASS_LOGIN:
        take_login(job, view, begin, end, hashed);
        return;
    case CLASS_COOKIE:
    case CLASS_SET_COOKIE:
        take_cookies(job, view, begin, end, class == CLASS_SET_COOKIE);
        return;
    case CLASS_SECRET:
    case CLASS_WORDS:
    case CLASS_COUNT:
    case CLASS_RIGHTS:
    case CLASS_SCALAR:
        replace(job, view, begin, end, redact_range(view, begin, end), hashed);
    }
}

static bool is_number(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && text.ptr[i] != '.' && text.ptr[i] != '-')
            return false;
    return true;
}

/* Words that say there is no secret, and places where a template or a person will put or has hidden one. */
static bool is_no_value(struct str text)
{
    static const struct str words[] = {STR("true"), STR("false"),     STR("null"),
                                       STR("none"), STR("undefined"), STR("nil")};
    const char *close;
    size_t stars = 0;

    if (is_one_of(text, words, sizeof(words) / sizeof(words[0])))
        return true;
    while (stars < text.len && text.ptr[stars] == '*')
        stars++;
    if (stars == text.len)
        return true;
    if (!str_starts(text, STR("${")) && !str_starts(text, STR("{{")))
        return false;
    close = memchr(text.ptr, '}', text.len);
    return text.ptr[text.len - 1] == '}' && close >= text.ptr + text.len - 2;
}

/* How many secrets, or what may be done with them. */
static bool is_about_secrets(struct str text, enum redact_class class)
{
    static const struct str words[] = {STR("read"), STR("write"), STR("required"), STR("optional")};

    bool counts = class == CLASS_WORDS || class == CLASS_COUNT;

    return (counts && is_number(text)) ||
           ((counts || class == CLASS_RIGHTS) &&
            is_one_of(text, words, sizeof(words) / sizeof(words[0])));
}

void redact_value(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                  enum redact_class class)
{
    struct str text;

    trim(view->text, &begin, &end);
    text = redact_range(view, begin, end);
    if (text.len && !is_no_value(text) && !is_about_secrets(text, class))
        take(job, view, begin, end, class, false);
}

void redact_header_value(struct redact_job *job, const struct redact_view *view, size_t begin,
                         size_t end, enum redact_class class)
{
    struct str text;

    trim(view->text, &begin, &end);
    text = redact_range(view, begin, end);
    if (text.len && !str_equal_folded(text, STR("true")) && !str_equal_folded(text, STR("false")))
        take(job, view, begin, end, class, true);
}

/* Is this a credential, and no word of a sentence about such? */
static bool is_credential(struct str text, bool basic)
{
    enum { BARE_MIN = 16, MIXED_MIN = 8 };
    struct strbuf pair;
    bool valid, digit = false;

    if (text.len < MIXED_MIN || memmem(text.ptr, text.len, REDACTED, sizeof(REDACTED) - 1))
        return false;
    if (basic) {
        strbuf_init(&pair);
        valid = digest_decode_base64(text, &pair) && pair.len && memchr(pair.ptr, ':', pair.len);
        strbuf_release(&pair);
        return valid;
    }
    for (size_t i = 0; i < text.len; i++)
        digit = digit || (text.ptr[i] >= '0' && text.ptr[i] <= '9');
    return digit || text.len >= BARE_MIN;
}

size_t redact_login(struct redact_job *job, const struct redact_view *view,
                    const struct redact_hit *hit, size_t end)
{
    static const char signs[] = "._~+/=-";
    struct str text = view->text;
    size_t at = hit->at + hit->len, begin;
    bool basic = str_equal(str_from(hit->stem->text), STR("basic"));

    if (!job->redactor->patterns || !redact_word_begins(text, hit->at, 0))
        return at;
    while (at < end && text.ptr[at] == ' ')
        at++;
    if (str_starts(str_slice(text, at, end - at), STR("%20")))
        at += 3;
    begin = at;
    if (begin == hit->at + hit->len) /* before the credential is read: "basic/basic/…" */
        return begin;
    while (at < end && ((text.ptr[at] >= 'a' && text.ptr[at] <= 'z') ||
                        (text.ptr[at] >= 'A' && text.ptr[at] <= 'Z') ||
                        (text.ptr[at] >= '0' && text.ptr[at] <= '9') ||
                        (text.ptr[at] && strchr(signs, text.ptr[at]))))
        at++;
    if (!is_credential(redact_range(view, begin, at), basic))
        return hit->at + hit->len;
    if (basic)
        take_basic(job, view, begin, at, false);
    else
        redact_replace(job, view, begin, at, redact_range(view, begin, at), false);
    return at;
}
