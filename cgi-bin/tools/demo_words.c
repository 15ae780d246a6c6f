/* SPDX-License-Identifier: MIT */
/* Settings change a little with each revision; the rest is drawn anew for each call. */
#include "tools/demo_words.h"

#include "base/clock.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { STEPS_MIN = 2 };

/* What every function here works on. */
struct maker {
    struct demo_words *words;
    const struct demo_choice *choice;
    struct demo_random *random;
    struct arena *arena;
};

static const char *const branches[] = {"main", "feature/cart", "fix/login-timeout", "release/2.4",
                                       "renovate/openssl-3.x"};
static const char *const memories[] = {"1024Mi", "2048Mi", "3072Mi", "4096Mi"};
static const char *const messages[] = {
    "Raise the memory of the test step",
    "Fix the login after a timeout",
    "Update the base image",
    "Show prices with tax in the cart",
    "Remove a flag that nobody uses",
    "Add an index for the order search",
    "Run the slow tests at night only",
    "Überarbeite die Übersicht",
};
static const char *const steps[] = {
    "'checkout':{'type':'git-clone','stage':'checkout','repo':'example/$project',"
    "'revision':'$branch','git':'github'}",
    "'build':{'type':'build','stage':'build','image_name':'example/$short','tag':'$tag',"
    "'dockerfile':'Dockerfile','working_directory':'${{checkout}}',"
    "'build_arguments':['MODE=release']}",
    "'unit':{'stage':'test','image':'images.example.com/example/$short:$tag',"
    "'commands':['make test','make coverage'],'fail_fast':true}",
    "'lint':{'stage':'test','image':'images.example.com/tools/lint:3','commands':['make lint'],"
    "'fail_fast':false}",
    "'integration':{'stage':'test','type':'composition','composition':{'version':'2',"
    "'services':{'db':{'image':'mariadb:10.11','ports':[3306]},'app':{'image':'${{build}}',"
    "'mem_limit':'$memory'}}},'composition_candidates':{'main':{'command':'make integration'}}}",
    "'scan':{'stage':'test','type':'security-scan','arguments':{'severity':'HIGH','exitCode':1,"
    "'image':'example/$short:$tag'},'when':{'branch':{'only':['main','$branch']}}}",
    "'approval':{'stage':'deploy','type':'pending-approval','title':'Deliver $tag?',"
    "'timeout':{'duration':$minutes,'timeUnit':'minutes','finalState':'denied'}}",
    "'deploy':{'stage':'deploy','type':'helm','arguments':{'action':'install',"
    "'chart_name':'$short','release_name':'$project','namespace':'staging',"
    "'custom_values':['image.tag=$tag','replicas=$replicas']}}",
    "'notify':{'stage':'deploy','type':'chat-message','arguments':{'channel':'deployments',"
    "'text':'$name $tag is out'},'when':{'steps':[{'name':'deploy','on':['success']}]}}",
};

static struct str hex(struct maker *maker, size_t digits)
{
    return demo_random_hex(maker->random, maker->arena, digits);
}

static struct str draw_uuid(struct maker *maker)
{
    const char *digits = hex(maker, 30).ptr;

    return arena_printf(maker->arena, "%.8s-%.4s-4%.3s-a%.3s-%.12s", digits, digits + 8,
                        digits + 12, digits + 15, digits + 18);
}

/* "shop/build" is `build` of `shop`; a name without a slash is both. */
static void set_names(struct maker *maker)
{
    const struct demo_entity *entity = maker->choice->entity;
    struct str name = str_from(entity ? entity->name : "");
    struct str *values = maker->words->values;
    const char *slash = name.len ? memchr(name.ptr, '/', name.len) : NULL;
    size_t at = slash ? (size_t)(slash - name.ptr) : 0;

    values[DEMO_WORD_NAME] = name;
    values[DEMO_WORD_PROJECT] = slash ? str_slice(name, 0, at) : name;
    values[DEMO_WORD_SHORT] = slash ? str_slice(name, at + 1, name.len) : name;
    values[DEMO_WORD_ID] = str_from(maker->choice->id);
    values[DEMO_WORD_BUILD_ID] = str_from(maker->choice->build_id);
}

/* The first steps of all, more with each few changes. */
static struct str join_steps(struct maker *maker)
{
    size_t more = maker->choice->revision / 2 + maker->words->values[DEMO_WORD_NAME].len;
    size_t count = STEPS_MIN + more % (COUNT(steps) - STEPS_MIN + 1);
    struct strbuf joined;
    struct str text;

    strbuf_init(&joined);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            strbuf_add_char(&joined, ',');
        demo_template_expand(&joined, str_from(steps[i]), maker->words, DEMO_IN_JSON);
    }
    text = arena_copy(maker->arena, strbuf_str(&joined));
    strbuf_release(&joined);
    return text;
}

/* Small changes from one revision to the next, so that two bodies of an entity differ a little. */
static void set_settings(struct maker *maker)
{
    struct str *values = maker->words->values;
    unsigned revision = maker->choice->revision;
    unsigned of_name = (unsigned)values[DEMO_WORD_NAME].len;

    values[DEMO_WORD_REVISION] = arena_printf(maker->arena, "%u", revision);
    values[DEMO_WORD_TAG] = arena_printf(maker->arena, "1.%u.%u", of_name % 10, revision);
    values[DEMO_WORD_BRANCH] = str_from(branches[(of_name + revision / 4) % COUNT(branches)]);
    values[DEMO_WORD_MEMORY] = str_from(memories[(of_name + revision / 2) % COUNT(memories)]);
    values[DEMO_WORD_MINUTES] = arena_printf(maker->arena, "%u", 20 + (revision + 1) / 3 * 5);
    values[DEMO_WORD_REPLICAS] = arena_printf(maker->arena, "%u", 1 + (of_name + revision / 5) % 6);
    values[DEMO_WORD_STEPS] = join_steps(maker);
}

static void set_chances(struct maker *maker)
{
    struct str *values = maker->words->values;
    struct demo_random *random = maker->random;
    int64_t ms = maker->choice->slot->ms;
    char *time = arena_alloc(maker->arena, CLOCK_TEXT_BYTES);

    clock_format(ms, time);
    values[DEMO_WORD_MESSAGE] = str_from(messages[demo_random_below(random, COUNT(messages))]);
    values[DEMO_WORD_SHA] = hex(maker, 40);
    values[DEMO_WORD_PARENT] = hex(maker, 40);
    values[DEMO_WORD_UUID] = draw_uuid(maker);
    values[DEMO_WORD_NUMBER] =
        arena_printf(maker->arena, "%u", demo_random_between(random, 100, 999));
    values[DEMO_WORD_OFFSET] = arena_printf(maker->arena, "%u", 25 * demo_random_below(random, 3));
    values[DEMO_WORD_TIME] = str_from(time);
    values[DEMO_WORD_SECONDS] = arena_printf(maker->arena, "%lld", (long long)(ms / 1000));
    values[DEMO_WORD_TRACE] = hex(maker, 32);
    values[DEMO_WORD_SPAN] = hex(maker, 16);
}

/* Whoever calls; of a webhook, whoever pushed what it tells of. */
static struct str make_user(struct maker *maker)
{
    const struct demo_actor *actor = maker->choice->slot->actor;

    if (DEMO_SENDERS & DEMO_BIT(actor->role))
        actor = demo_plan_draw_actor(maker->random, DEMO_BIT(DEMO_OFFICE));
    return str_from(actor->user);
}

void demo_words_set(struct demo_words *words, const struct demo_choice *choice,
                    struct demo_random *random, struct arena *arena)
{
    struct maker maker = {words, choice, random, arena};

    set_names(&maker);
    set_settings(&maker);
    set_chances(&maker);
    words->values[DEMO_WORD_USER] = make_user(&maker);
    words->values[DEMO_WORD_EVENT] = str_from(choice->call->event);
}
