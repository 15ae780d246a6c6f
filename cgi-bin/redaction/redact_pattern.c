/* SPDX-License-Identifier: MIT */
/* Secrets that are known by their own form, wherever they stand: one table, and the few that need more than a row. */
#define _GNU_SOURCE
#include "redaction/redact_private.h"

/* What a secret consists of behind its beginning. */
enum letters {
    LETTERS_UPPER,  /* A-Z 0-9 */
    LETTERS_WORD,   /* a-z A-Z 0-9 _ */
    LETTERS_URL,    /* those and - */
    LETTERS_BASE64, /* a-z A-Z 0-9 + / = _ - */
    LETTERS_DOTTED, /* a-z A-Z 0-9 _ - . */
    LETTERS_PATH,   /* those and / */
};

enum form {
    FORM_PLAIN,  /* beginning and letters */
    FORM_BEHIND, /* the beginning stays */
    FORM_AWS,    /* the secret key that may follow too */
    FORM_JWT,
    FORM_PRIVATE_KEY,
};

struct pattern {
    const char *start;
    unsigned char probe; /* which two bytes of it are rare */
    enum letters letters;
    unsigned short min, max; /* how many follow; no maximum is 0: as many as there are */
    enum form form;
};

static const struct pattern patterns[] = {
    {"-----BEGIN", 4, LETTERS_WORD, 0, 0, FORM_PRIVATE_KEY},
    {"eyJ", 1, LETTERS_DOTTED, 10, 0, FORM_JWT},
    {"AKIA", 1, LETTERS_UPPER, 16, 16, FORM_AWS}, /* Amazon Web Services */
    {"ASIA", 1, LETTERS_UPPER, 16, 16, FORM_AWS},
    {"AIza", 1, LETTERS_URL, 35, 35, FORM_PLAIN}, /* Google */
    {"ya29.", 3, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"GOCSPX-", 2, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"ghp_", 1, LETTERS_WORD, 20, 0, FORM_PLAIN}, /* GitHub */
    {"gho_", 1, LETTERS_WORD, 20, 0, FORM_PLAIN},
    {"ghu_", 1, LETTERS_WORD, 20, 0, FORM_PLAIN},
    {"ghs_", 1, LETTERS_WORD, 20, 0, FORM_PLAIN},
    {"ghr_", 1, LETTERS_WORD, 20, 0, FORM_PLAIN},
    {"github_pat_", 5, LETTERS_WORD, 20, 0, FORM_PLAIN},
    {"glpat-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN}, /* GitLab */
    {"gldt-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN},
    {"glrt-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN},
    {"glptt-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN},
    {"glcbt-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN},
    {"glsoat-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN},
    {"glft-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN},
    {"glimt-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN},
    {"glagent-", 1, LETTERS_DOTTED, 20, 0, FORM_PLAIN},
    {"xoxa-", 1, LETTERS_URL, 10, 0, FORM_PLAIN}, /* Slack */
    {"xoxb-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xoxc-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xoxd-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xoxe-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xoxe.xoxp-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xoxo-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xoxp-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xoxr-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xoxs-", 1, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"xapp-", 2, LETTERS_URL, 10, 0, FORM_PLAIN},
    {"hooks.slack.com/services/", 4, LETTERS_PATH, 20, 0, FORM_BEHIND},
    {"hooks.slack.com/workflows/", 4, LETTERS_PATH, 20, 0, FORM_BEHIND},
    {"hooks.slack.com/triggers/", 4, LETTERS_PATH, 20, 0, FORM_BEHIND},
    {"discord.com/api/webhooks/", 6, LETTERS_PATH, 20, 0, FORM_BEHIND},
    {"discordapp.com/api/webhooks/", 6, LETTERS_PATH, 20, 0, FORM_BEHIND},
    {"sk_live_", 0, LETTERS_WORD, 10, 0, FORM_PLAIN}, /* Stripe */
    {"sk_test_", 0, LETTERS_WORD, 10, 0, FORM_PLAIN},
    {"rk_live_", 0, LETTERS_WORD, 10, 0, FORM_PLAIN},
    {"rk_test_", 0, LETTERS_WORD, 10, 0, FORM_PLAIN},
    {"whsec_", 1, LETTERS_BASE64, 16, 0, FORM_PLAIN},
    {"npm_", 1, LETTERS_WORD, 30, 0, FORM_PLAIN},
    {"pypi-", 1, LETTERS_URL, 40, 0, FORM_PLAIN},
    {"SG.", 1, LETTERS_DOTTED, 30, 0, FORM_PLAIN}, /* SendGrid */
    {"hvs.", 0, LETTERS_URL, 20, 0, FORM_PLAIN},   /* HashiCorp Vault */
    {"hvb.", 0, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"hvr.", 0, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"dop_v1_", 3, LETTERS_WORD, 40, 0, FORM_PLAIN}, /* DigitalOcean */
    {"doo_v1_", 3, LETTERS_WORD, 40, 0, FORM_PLAIN},
    {"dor_v1_", 3, LETTERS_WORD, 40, 0, FORM_PLAIN},
    {"dckr_pat_", 1, LETTERS_URL, 20, 0, FORM_PLAIN}, /* Docker */
    {"dckr_oat_", 1, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"shpat_", 1, LETTERS_WORD, 30, 0, FORM_PLAIN}, /* Shopify */
    {"shpss_", 1, LETTERS_WORD, 30, 0, FORM_PLAIN},
    {"shpca_", 1, LETTERS_WORD, 30, 0, FORM_PLAIN},
    {"shppa_", 1, LETTERS_WORD, 30, 0, FORM_PLAIN},
    {"sk-ant-", 2, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"sk-proj-", 2, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"sk-svcacct-", 3, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"sk-admin-", 2, LETTERS_URL, 20, 0, FORM_PLAIN},
    {"base64url.bearer.authorization.k8s.io.", 4, LETTERS_URL, 10, 0, FORM_BEHIND}, /* Kubernetes */
    {"dbk_", 1, LETTERS_WORD, 64, 64, FORM_PLAIN}, /* Daybook's own tokens */
    {"AGE-SECRET-KEY-1", 3, LETTERS_UPPER, 50, 0, FORM_PLAIN},
    {"hf_", 1, LETTERS_WORD, 30, 0, FORM_PLAIN},  /* Hugging Face */
    {"gsk_", 2, LETTERS_WORD, 40, 0, FORM_PLAIN}, /* Groq */
    {"xai-", 2, LETTERS_WORD, 60, 0, FORM_PLAIN},
    {"pplx-", 2, LETTERS_WORD, 40, 0, FORM_PLAIN}, /* Perplexity */
    {"glsa_", 1, LETTERS_WORD, 32, 0, FORM_PLAIN}, /* Grafana */
    {"glc_", 1, LETTERS_BASE64, 32, 0, FORM_PLAIN},
    {"sntrys_", 4, LETTERS_BASE64, 40, 0, FORM_PLAIN}, /* Sentry */
    {"sntryu_", 4, LETTERS_WORD, 40, 0, FORM_PLAIN},
    {"ATATT3", 2, LETTERS_BASE64, 60, 0, FORM_PLAIN}, /* Atlassian */
    {"ATCTT3", 2, LETTERS_BASE64, 60, 0, FORM_PLAIN},
    {"lin_api_", 6, LETTERS_WORD, 32, 0, FORM_PLAIN}, /* Linear */
    {"ntn_", 1, LETTERS_WORD, 40, 0, FORM_PLAIN},     /* Notion */
    {"NRAK-", 1, LETTERS_UPPER, 27, 27, FORM_PLAIN},  /* New Relic */
    {"PMAK-", 2, LETTERS_URL, 50, 0, FORM_PLAIN},     /* Postman */
    {"dp.pt.", 0, LETTERS_WORD, 40, 0, FORM_PLAIN},   /* Doppler */
    {"dp.st.", 0, LETTERS_DOTTED, 40, 0, FORM_PLAIN},
    {"pul-", 2, LETTERS_WORD, 40, 40, FORM_PLAIN},      /* Pulumi */
    {".atlasv1.", 5, LETTERS_URL, 40, 0, FORM_BEHIND},  /* Terraform Cloud */
    {"rubygems_", 3, LETTERS_WORD, 48, 48, FORM_PLAIN}, /* RubyGems */
    {"sq0atp-", 1, LETTERS_URL, 22, 0, FORM_PLAIN},     /* Square */
    {"sq0csp-", 1, LETTERS_URL, 40, 0, FORM_PLAIN},
    {"sbp_", 1, LETTERS_WORD, 40, 0, FORM_PLAIN},          /* Supabase */
    {"pscale_tkn_", 1, LETTERS_DOTTED, 30, 0, FORM_PLAIN}, /* PlanetScale */
    {"pscale_pw_", 1, LETTERS_DOTTED, 30, 0, FORM_PLAIN},
    {"fm2_", 1, LETTERS_BASE64, 40, 0, FORM_PLAIN},      /* Fly.io */
    {"HRKU-", 2, LETTERS_URL, 36, 0, FORM_PLAIN},        /* Heroku */
    {"CCIPAT_", 1, LETTERS_WORD, 30, 0, FORM_PLAIN},     /* CircleCI */
    {"bkua_", 0, LETTERS_WORD, 40, 0, FORM_PLAIN},       /* Buildkite */
    {"snyk_uat.", 2, LETTERS_DOTTED, 30, 0, FORM_PLAIN}, /* Snyk */
    {"dt0c01.", 1, LETTERS_DOTTED, 60, 0, FORM_PLAIN},   /* Dynatrace */
};
enum { PATTERN_COUNT = sizeof(patterns) / sizeof(patterns[0]), AWS_SECRET_BYTES = 40 };

bool redact_pattern_start(unsigned pattern, struct str *start, unsigned char *probe)
{
    if (pattern >= PATTERN_COUNT)
        return false;
    *start = str_from(patterns[pattern].start);
    *probe = patterns[pattern].probe;
    return true;
}

static bool is_letter(char c, enum letters letters)
{
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    if (letters == LETTERS_UPPER)
        return false;
    if ((c >= 'a' && c <= 'z') || c == '_')
        return true;
    switch (letters) {
    case LETTERS_URL:
        return c == '-';
    case LETTERS_BASE64:
        return c == '-' || c == '+' || c == '/' || c == '=';
    case LETTERS_DOTTED:
        return c == '-' || c == '.';
    case LETTERS_PATH:
        return c == '-' || c == '.' || c == '/';
    default:
        return false;
    }
}

static size_t skip_letters(struct str text, size_t at, size_t end, enum letters letters)
{
    while (at < end && is_letter(text.ptr[at], letters))
        at++;
    return at;
}

bool redact_word_begins(struct str text, size_t at, size_t begin)
{
    if (at == begin || !is_letter(text.ptr[at - 1], LETTERS_WORD))
        return true;
    if (at - begin >= 2 && text.ptr[at - 2] == '\\')
        return true;
    return at - begin >= 3 && text.ptr[at - 3] == '%';
}

/*
 * Where the token that begins at `at` ends, or `at` when it is none.  Header and payload are JSON objects in base64, so both begin with
 * eyJ; an encrypted one has five parts instead.  Part by part, since a failed attempt must not look far ahead.
 */
static size_t jwt_end(struct str text, size_t at, size_t end)
{
    size_t dot = skip_letters(text, at, end, LETTERS_URL), second;

    if (dot - at < 10 || dot == end || text.ptr[dot] != '.')
        return at;
    second = skip_letters(text, dot + 1, end, LETTERS_URL);
    if (second - dot <= 6)
        return at;
    if (!str_starts(str_slice(text, dot + 1, end), STR("eyJ")) &&
        (second == end || text.ptr[second] != '.'))
        return at;
    return skip_letters(text, second, end, LETTERS_DOTTED);
}

/* ---- Private keys ---- */

/* The length of "-----BEGIN ... PRIVATE KEY ...-----" at the front, blanks in any spelling; 0 when it is something else. */
static size_t key_head(struct str text)
{
    enum { HEAD_MAX = 100 };
    struct str head = str_slice(text, 0, HEAD_MAX);
    const char *close = head.len > 10 ? memmem(head.ptr + 10, head.len - 10, "-----", 5) : NULL;
    struct str label;

    if (!close)
        return 0;
    label = (struct str){head.ptr, (size_t)(close - head.ptr)};
    return memmem(label.ptr, label.len, "PRIVATE", 7) && memmem(label.ptr, label.len, "KEY", 3)
               ? label.len + 5
               : 0;
}

static bool is_key_letter(char c)
{
    return is_letter(c, LETTERS_BASE64) || (c != '\0' && strchr(" \t\r\n\\:,.%()*", c));
}

/* To behind the closing line; without one, as far as it can be a key. */
static size_t key_end(struct str text, size_t at, size_t end)
{
    while (at < end && is_key_letter(text.ptr[at])) {
        if (text.ptr[at] == '-' && str_starts(str_slice(text, at, end - at), STR("-----"))) {
            struct str rest = str_slice(text, at + 5, end - at - 5);
            struct str line = str_slice(rest, 0, 100);
            const char *close = line.len ? memmem(line.ptr, line.len, "-----", 5) : NULL;

            if (!str_starts(rest, STR("END")))
                return at;
            return close ? (size_t)(close - text.ptr) + 5 : end;
        }
        at++;
    }
    return at;
}

void redact_hash(struct arena *arena, struct str secret, unsigned char hash[DIGEST_BYTES])
{
    struct str trimmed = secret;
    char *letters;
    size_t len = 0;

    while (trimmed.len && strchr(" \t\r\n", trimmed.ptr[0]) && trimmed.ptr[0])
        trimmed = str_slice(trimmed, 1, trimmed.len);
    if (!str_starts(trimmed, STR("-----BEGIN")) || key_head(trimmed) == 0) {
        digest_sha256(secret, hash);
        return;
    }
    letters = arena_alloc(arena, trimmed.len);
    for (size_t i = 0; i < trimmed.len; i++) {
        bool escape = trimmed.ptr[i] == '\\' && i + 1 < trimmed.len &&
                      strchr("nrt", trimmed.ptr[i + 1]) && trimmed.ptr[i + 1];

        if (escape)
            i++;
        else if (trimmed.ptr[i] != '\\' && !strchr(" \t\r\n", trimmed.ptr[i]))
            letters[len++] = trimmed.ptr[i];
    }
    digest_sha256((struct str){letters, len}, hash);
}

/* ---- All of them ---- */

/* The secret key that stands beside an Amazon key id, at most three signs away. */
static size_t take_aws_secret(struct redact_job *job, const struct redact_view *view, size_t at,
                              size_t end)
{
    struct str text = view->text;
    size_t begin = at, behind;

    while (begin < end && begin - at < 3 && text.ptr[begin] && strchr(" \t,:;|\n", text.ptr[begin]))
        begin++;
    if (begin == at) /* before the secret is read: "/AKIA…/AKIA…" */
        return at;
    behind = skip_letters(text, begin, end, LETTERS_BASE64);
    if (behind - begin != AWS_SECRET_BYTES)
        return at;
    redact_replace(job, view, begin, behind, redact_range(view, begin, behind), false);
    return behind;
}

size_t redact_pattern(struct redact_job *job, const struct redact_view *view,
                      const struct redact_hit *hit, size_t end)
{
    const struct pattern *pattern = &patterns[hit->stem->pattern];
    struct str text = view->text;
    size_t begin = hit->at, behind = hit->at + hit->len, stop;

    if (!job->redactor->patterns)
        return behind;
    if (pattern->form == FORM_PRIVATE_KEY) {
        size_t head = key_head(str_slice(text, begin, end - begin));

        if (head == 0)
            return behind;
        stop = key_end(text, begin + head, end);
        redact_replace(job, view, begin, stop, redact_range(view, begin, stop), false);
        return stop;
    }
    if (pattern->form != FORM_BEHIND && !redact_word_begins(text, begin, 0))
        return behind;
    if (pattern->form == FORM_JWT) {
        if (begin > 0 && text.ptr[begin - 1] == '-')
            return behind;
        stop = jwt_end(text, begin, end);
    } else {
        stop = skip_letters(text, behind, end, pattern->letters);
        if (pattern->max && stop - behind > pattern->max)
            return stop;
        if (pattern->letters == LETTERS_DOTTED && stop > behind && text.ptr[stop - 1] == '.')
            stop--; /* ends a sentence */
    }
    if (stop < behind + pattern->min)
        return behind;
    if (pattern->form == FORM_BEHIND)
        begin = behind;
    redact_replace(job, view, begin, stop, redact_range(view, begin, stop), false);
    return pattern->form == FORM_AWS ? take_aws_secret(job, view, stop, end) : stop;
}

void redact_patterns(struct redact_job *job, const struct redact_view *view, size_t begin,
                     size_t end)
{
    struct redact_hit hit;
    size_t at = begin;

    while (redact_next_hit(job->redactor->stems, view->text, at, end, &hit)) {
        if (hit.stem->kind == STEM_PATTERN)
            at = redact_pattern(job, view, &hit, end);
        else if (hit.stem->kind == STEM_URL)
            at = redact_userinfo(job, view, &hit, end);
        else if (hit.stem->kind == STEM_DSN)
            at = redact_dsn(job, view, &hit, at);
        else if (hit.stem->kind == STEM_LOGIN)
            at = redact_login(job, view, &hit, end);
        else
            at = hit.at + hit.len;
    }
}
