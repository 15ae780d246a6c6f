/* SPDX-License-Identifier: MIT */
/*
 * Which names are secret.  A name is read as its letters and digits, folded, with the places remembered where words begin: at a sign, a
 * hump, a digit.  So api_key, apiKey, API-KEY and apikey are one.  man/daybook-record.5 says the same in words.
 */
#include "redaction/redact_private.h"

#include <assert.h>

/* How a term must stand in the name. */
enum {
    WORDS = 0, /* as whole words */
    LOOSE =
        1, /* also as the end of a longer word (clientsecret), or the beginning of a known one (passwordhash) */
    LAST = 2,    /* as the last word */
    WHOLE = 4,   /* as the whole name */
    COUNTS = 8,  /* in the plural it may also count: max_tokens */
    RIGHTS = 16, /* in the plural it may also say what is allowed: {"secrets": "read"} */
};

struct term {
    struct str text;
    unsigned char how, places;
    enum redact_class class;
};

static const struct term terms[] = {
    {STR("authorization"), LOOSE | LAST, PLACE_ANY, CLASS_LOGIN},
    {STR("authorisation"), LOOSE | LAST, PLACE_ANY, CLASS_LOGIN},
    {STR("authentication"), LAST, PLACE_HEADER, CLASS_LOGIN},
    {STR("setcookie"), LAST, PLACE_ANY, CLASS_SET_COOKIE},
    {STR("cookie"), LAST, PLACE_HEADER, CLASS_COOKIE},
    {STR("cookie"), WHOLE, PLACE_ANY, CLASS_COOKIE},
    {STR("password"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("passwd"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("passphrase"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("passcode"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("pwd"), LOOSE | LAST, PLACE_ANY, CLASS_SECRET},
    {STR("pass"), LAST, PLACE_TEXT, CLASS_COUNT},
    {STR("pass"), LAST, PLACE_QUERY | PLACE_HEADER, CLASS_SECRET},
    {STR("secretid"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("secret"), LOOSE | RIGHTS, PLACE_ANY, CLASS_SECRET},
    {STR("token"), LOOSE | COUNTS, PLACE_ANY, CLASS_SECRET},
    {STR("credential"), LOOSE | RIGHTS, PLACE_ANY, CLASS_SECRET},
    {STR("apikey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("appkey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("applicationkey"), WORDS, PLACE_ANY, CLASS_SECRET},
    {STR("accesskey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("accountkey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("authkey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("privatekey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("signingkey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("encryptionkey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("masterkey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("sharedkey"), WORDS, PLACE_ANY, CLASS_SECRET},
    {STR("subscriptionkey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("functionskey"), LOOSE, PLACE_ANY, CLASS_SECRET},
    {STR("auth"), WHOLE, PLACE_ANY, CLASS_SCALAR},
    {STR("auth"), LAST, PLACE_HEADER, CLASS_LOGIN},
    {STR("jwt"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("assertion"), LAST, PLACE_ANY, CLASS_WORDS},
    {STR("samlresponse"), WHOLE, PLACE_ANY, CLASS_SECRET},
    {STR("mnemonic"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("otp"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("totp"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("otpcode"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("mfacode"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("verificationcode"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("recoverycode"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("backupcode"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("securitycode"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("pin"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("pincode"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("cvv"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("cvc"), LAST, PLACE_ANY, CLASS_SECRET},
    {STR("sessionid"), LOOSE | LAST, PLACE_QUERY | PLACE_HEADER, CLASS_SECRET},
    {STR("sessid"), LOOSE | LAST, PLACE_QUERY | PLACE_HEADER, CLASS_SECRET},
    {STR("session"), LAST, PLACE_QUERY | PLACE_HEADER, CLASS_SECRET},
    {STR("sid"), LAST, PLACE_QUERY | PLACE_HEADER, CLASS_SECRET},
    {STR("signature"), LAST, PLACE_QUERY, CLASS_SECRET},
    {STR("sig"), LAST, PLACE_QUERY, CLASS_SECRET},
};
enum { TERM_COUNT = sizeof(terms) / sizeof(terms[0]) };

/* What follows a loose term in one word without making it another word. */
static const char *const same_word[] = {"confirm", "confirmation", "hash",     "value", "string",
                                        "again",   "repeat",       "new",      "old",   "text",
                                        "data",    "plain",        "plaintext"};

/* A name that ends in one of these says something about a secret, and holds none. */
static const char *const harmless_last[] = {
    "age",      "alerts",       "alg",      "algorithm", "arn",      "at",         "attempts",
    "audience", "available",    "binding",  "budget",    "changed",  "class",      "complexity",
    "cost",     "count",        "counts",   "created",   "date",     "days",       "description",
    "disabled", "email",        "enabled",  "endpoint",  "exists",   "expiration", "expire",
    "expired",  "expires",      "expiry",   "field",     "fields",   "file",       "filename",
    "format",   "header",       "headers",  "hours",     "id",       "ids",        "in",
    "index",    "issuer",       "kind",     "label",     "labels",   "len",        "length",
    "lifetime", "limit",        "limits",   "location",  "manager",  "max",        "method",
    "methods",  "min",          "minutes",  "ms",        "name",     "names",      "offset",
    "owner",    "page",         "param",    "path",      "policies", "policy",     "position",
    "prefix",   "provider",     "rate",     "ratio",     "ref",      "reference",  "refs",
    "required", "requirements", "retries",  "rotated",   "rotation", "rule",       "rules",
    "scope",    "scopes",       "seconds",  "set",       "size",     "state",      "status",
    "stdin",    "store",        "strength", "suffix",    "time",     "timestamp",  "ttl",
    "type",     "types",        "updated",  "uri",       "url",      "urls",       "usage",
    "usd",      "used",         "user",     "username",  "valid",    "verified",   "version",
    "visible",
};

/* In front of "token": it leads to the next page. */
static const char *const page_words[] = {"next", "page",  "continuation", "continue", "pagination",
                                         "sync", "delta", "skip",         "resume",   "stop"};

/* As first word: whether there is one. */
static const char *const question_words[] = {"has",  "is",   "needs", "requires", "require",
                                             "show", "hide", "allow", "enable",   "disable"};

/* A name, taken apart. */
struct parts {
    char text[REDACT_NAME_MAX];
    size_t len;
    bool begins[REDACT_NAME_MAX + 1]; /* a word begins here; [len] is set too */
};

enum letter { SIGN, LOWER, UPPER, DIGIT };

static enum letter letter_of(char c)
{
    if (c >= 'a' && c <= 'z')
        return LOWER;
    if (c >= 'A' && c <= 'Z')
        return UPPER;
    if (c >= '0' && c <= '9')
        return DIGIT;
    return (c & 0x80) ? LOWER : SIGN;
}

static void take_apart(struct str name, struct parts *parts)
{
    enum letter before = SIGN;

    if (name.len > REDACT_NAME_MAX)
        name = str_slice(name, name.len - REDACT_NAME_MAX, REDACT_NAME_MAX);
    parts->len = 0;
    for (size_t i = 0; i < name.len; i++) {
        enum letter now = letter_of(name.ptr[i]);
        bool hump_end = now == UPPER && before == UPPER && i + 1 < name.len &&
                        letter_of(name.ptr[i + 1]) == LOWER; /* the K of APIKey */

        if (now != SIGN) {
            parts->begins[parts->len] =
                hump_end || (now != before && !(before == UPPER && now == LOWER));
            parts->text[parts->len++] =
                (char)(now == UPPER ? name.ptr[i] + ('a' - 'A') : name.ptr[i]);
        }
        before = now;
    }
    parts->begins[parts->len] = true;
}

size_t redact_fold_name(struct str name, char *out, size_t size)
{
    struct parts parts;

    take_apart(name, &parts);
    if (parts.len > size)
        parts.len = size;
    memcpy(out, parts.text, parts.len);
    return parts.len;
}

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_from(list[i])))
            return true;
    return false;
}
#define IS_ONE_OF(word, list) is_one_of((word), (list), sizeof(list) / sizeof((list)[0]))

static struct str part(const struct parts *parts, size_t begin, size_t end)
{
    return (struct str){parts->text + begin, end - begin};
}

/* Where the word that ends at `end` begins. */
static size_t word_begin(const struct parts *parts, size_t end)
{
    size_t at = end;

    while (at > 0 && !parts->begins[--at])
        ;
    return at;
}

/* Without the digits at its end: password2. */
static size_t without_number(const struct parts *parts)
{
    size_t end = parts->len;

    while (end > 0 && parts->text[end - 1] >= '0' && parts->text[end - 1] <= '9')
        end--;
    return end ? end : parts->len;
}

/* Does the text in front of `end` end in one of the words that lead to the next page? */
static bool leads_on(const struct parts *parts, size_t end)
{
    for (size_t i = 0; i < sizeof(page_words) / sizeof(page_words[0]); i++) {
        size_t len = strlen(page_words[i]);

        if (end >= len && memcmp(parts->text + end - len, page_words[i], len) == 0)
            return true;
    }
    return false;
}

/* The class of a term that stands at [begin, end) of the name, where a plural may follow. */
static enum redact_class class_at(const struct parts *parts, const struct term *term, size_t begin,
                                  size_t end)
{
    size_t last = without_number(parts);
    bool plural = end < parts->len && parts->text[end] == 's' && !parts->begins[end] &&
                  parts->begins[end + 1];
    size_t behind = plural ? end + 1 : end;
    struct str tail;

    if (!parts->begins[begin] && !(term->how & LOOSE))
        return CLASS_NONE;
    if (!parts->begins[behind]) {
        size_t word_end = behind;

        while (!parts->begins[word_end])
            word_end++;
        if (!(term->how & LOOSE) || !IS_ONE_OF(part(parts, end, word_end), same_word))
            return CLASS_NONE;
    }
    if ((term->how & LAST) && behind < last)
        return CLASS_NONE;
    if ((term->how & WHOLE) && (begin > 0 || behind < parts->len))
        return CLASS_NONE;
    tail = part(parts, word_begin(parts, last), last);
    if (behind < last && IS_ONE_OF(tail, harmless_last))
        return CLASS_NONE;
    if (str_equal(term->text, STR("token")) && leads_on(parts, begin))
        return CLASS_NONE;
    if (plural && (term->how & COUNTS))
        return CLASS_WORDS;
    return plural && (term->how & RIGHTS) ? CLASS_RIGHTS : term->class;
}

/* The terms by their first letter, in their order. */
struct terms_by_letter {
    const struct term *terms[TERM_COUNT];
    unsigned char begins[256], ends[256];
};

static const struct terms_by_letter *terms_by_letter(void)
{
    static struct terms_by_letter sorted;
    unsigned char count = 0;

    static_assert(TERM_COUNT < 256, "positions are bytes");
    if (sorted.terms[0])
        return &sorted;
    for (int letter = 'a'; letter <= 'z'; letter++) {
        sorted.begins[letter] = count;
        for (size_t i = 0; i < TERM_COUNT; i++)
            if (terms[i].text.ptr[0] == letter)
                sorted.terms[count++] = &terms[i];
        sorted.ends[letter] = count;
    }
    return &sorted;
}

/* The class by a term that begins at `at`. */
static enum redact_class class_from(const struct terms_by_letter *sorted, const struct parts *parts,
                                    size_t at, enum redact_place place)
{
    unsigned char letter = (unsigned char)parts->text[at];

    for (size_t i = sorted->begins[letter]; i < sorted->ends[letter]; i++) {
        const struct term *term = sorted->terms[i];
        enum redact_class class;

        if (!(term->places & place) || at + term->text.len > parts->len ||
            memcmp(parts->text + at, term->text.ptr, term->text.len) != 0)
            continue;
        class = class_at(parts, term, at, at + term->text.len);
        if (class != CLASS_NONE)
            return class;
    }
    return CLASS_NONE;
}

static enum redact_class builtin_class(const struct parts *parts, enum redact_place place)
{
    const struct terms_by_letter *sorted = terms_by_letter();
    size_t first = 0;

    while (first + 1 < parts->len && !parts->begins[first + 1])
        first++;
    if (parts->len > first + 1 && IS_ONE_OF(part(parts, 0, first + 1), question_words))
        return CLASS_NONE;
    for (size_t at = 0; at < parts->len; at++) {
        enum redact_class class = class_from(sorted, parts, at, place);

        if (class != CLASS_NONE)
            return class;
    }
    return CLASS_NONE;
}

enum redact_class redact_name_class(const struct redactor *redactor, struct str name,
                                    enum redact_place place)
{
    struct parts parts;
    struct str folded;

    if (!redactor->names || name.len < 3 - (redactor->rule_count > 0))
        return CLASS_NONE;
    take_apart(name, &parts);
    folded = part(&parts, 0, parts.len);
    for (size_t i = 0; i < redactor->rule_count; i++)
        if (str_equal(redactor->rules[i].value, folded))
            return redactor->rules[i].kind == REDACTION_ADD ? CLASS_SECRET : CLASS_NONE;
    return builtin_class(&parts, place);
}
