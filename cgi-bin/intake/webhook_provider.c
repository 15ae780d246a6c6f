/* SPDX-License-Identifier: MIT */
/*
 * Who sends webhooks, and where each says what happened.  A new provider is one row, its name in webhook_providers(), and a row of the
 * table in daybook-hooks(7).  User is who caused it: where a payload only names whom it happened to, there is none.
 */
#include "intake/webhook_private.h"

/* Gitea began as Gogs, Forgejo as Gitea, and each sends the headers of all before it, GitHub's too. */
#define GOGS_ENTITIES                                                                              \
    {                                                                                              \
        {"repository.id", "repository.full_name"},                                                 \
            {"organization.id", "organization.username|organization.login"},                       \
            {"package.id", "package.owner.login/package.name"},                                    \
    }
#define GOGS_USER "sender.login|sender.username|pusher.login|pusher.username|pusher.name"

/* A key, a user, a group and a project look alike in GitLab's system hooks: each row asks for what only it has. */
#define GITLAB_ENTITIES                                                                            \
    {                                                                                              \
        {"project.id|project_id|object_attributes.target_project_id|object_attributes.project_id", \
         "project.path_with_namespace|path_with_namespace|project_path_with_namespace|"            \
         "project_name"},                                                                          \
            {"group_id|group.group_id|group.id",                                                   \
             "full_path|group.full_path|group_path|group.group_path|group_id?path"},               \
            {"key?id", "key?username"}, {"user_id", "user_id?username"},                           \
    }

const struct webhook_provider webhook_provider_table[] = {
    {
        .name = STR("forgejo"),
        .marks = "@X-Forgejo-Event|@X-Forgejo-Delivery",
        .event = "@X-Forgejo-Event",
        .delivery_id = "@X-Forgejo-Delivery",
        .user = GOGS_USER,
        .entities = GOGS_ENTITIES,
        .schemes = SCHEME_HEX,
    },
    {
        .name = STR("gitea"),
        .marks = "@X-Gitea-Event|@X-Gitea-Delivery",
        .event = "@X-Gitea-Event",
        .delivery_id = "@X-Gitea-Delivery",
        .user = GOGS_USER,
        .entities = GOGS_ENTITIES,
        .schemes = SCHEME_HEX,
    },
    {
        .name = STR("gogs"),
        .marks = "@X-Gogs-Event|@X-Gogs-Delivery",
        .event = "@X-Gogs-Event",
        .delivery_id = "@X-Gogs-Delivery",
        .user = GOGS_USER,
        .entities = GOGS_ENTITIES,
        .schemes = SCHEME_HEX,
    },
    {
        .name = STR("github"),
        .marks = "@X-GitHub-Event|@X-GitHub-Delivery",
        .event = "@X-GitHub-Event",
        .delivery_id = "@X-GitHub-Delivery",
        .user = "sender.login|pusher.name",
        .entities = {{"repository.id", "repository.full_name"},
                     {"organization.id", "organization.login"},
                     {"installation.account?installation.id",
                      "installation.account.login|installation.account.slug"},
                     {"enterprise.id", "enterprise.slug"},
                     {"sponsorship.node_id", "sponsorship.sponsorable.login"},
                     {"marketplace_purchase.account.id", "marketplace_purchase.account.login"},
                     {"security_advisory.ghsa_id", "security_advisory.summary"},
                     {"hook_id|sender.id", "hook_id?hook.type|sender.login"}},
        .schemes = SCHEME_HUB,
    },
    {
        .name = STR("gitlab"),
        .marks = "@X-Gitlab-Event|@X-Gitlab-Event-UUID|@X-Gitlab-Webhook-UUID",
        .event = "@X-Gitlab-Event=System Hook?event_name|@X-Gitlab-Event=System Hook?object_kind|"
                 "@X-Gitlab-Event|object_kind|event_name",
        .delivery_id = "@Idempotency-Key|@webhook-id|@X-Gitlab-Event-UUID",
        .user = "user.username|user.name|ref?user_username|ref?user_name|refs?user_username|"
                "refs?user_name",
        .entities = GITLAB_ENTITIES,
        .schemes = SCHEME_GITLAB | SCHEME_STANDARD,
    },
    {
        .name = STR("bitbucket"),
        .marks = "@X-Hook-UUID?@X-Event-Key|@X-Request-UUID?@X-Event-Key",
        .event = "@X-Event-Key",
        .delivery_id = "@X-Request-UUID",
        .user = "actor.nickname|actor.username|actor.display_name",
        .entities = {{"repository.uuid", "repository.full_name"},
                     {"project.uuid", "project.key|project.name"}},
        .schemes = SCHEME_HUB,
    },
    {
        .name = STR("bitbucket-server"),
        .marks = "@X-Event-Key",
        .event = "@X-Event-Key",
        .delivery_id = "@X-Request-Id",
        .user = "actor.name|actor.displayName",
        .entities = {{"repository.id", "repository.project.key/repository.slug"},
                     {"pullRequest.toRef.repository.id", "pullRequest.toRef.repository.project.key/"
                                                         "pullRequest.toRef.repository.slug"},
                     {"new.id", "new.project.key/new.slug|new.key"},
                     {"project.id", "project.key"}},
        .schemes = SCHEME_HUB,
    },
    {
        .name = STR("gitee"),
        .marks = "@X-Gitee-Event|@X-Gitee-Token|@X-Gitee-Timestamp",
        .event = "@X-Gitee-Event|hook_name",
        .delivery_id = NULL,
        .user = "sender.login|user.login|user.username|user.name|user_name",
        .entities = {{"repository.id|project.id",
                      "repository.full_name|repository.path_with_namespace|"
                      "project.path_with_namespace"},
                     {"enterprise.id", "enterprise.url|enterprise.name"}},
        .schemes = SCHEME_GITEE,
    },
    {
        .name = STR("stripe"),
        .marks = "@Stripe-Signature",
        .event = "type",
        .delivery_id = "id",
        .user = NULL,
        .entities = {{"data.object.id|related_object.id",
                      "data.object.name|data.object.number|data.object.object|"
                      "related_object.type"}},
        .schemes = SCHEME_STRIPE,
    },
    {
        .name = STR("slack"),
        .marks = "@X-Slack-Signature|@X-Slack-Request-Timestamp|@X-Slack-Retry-Num",
        .event = "command|event.type|type",
        .delivery_id = "event_id|trigger_id",
        .user = "user_name|user.username|user.name|event.user|event.user.id|user.id|user_id",
        .entities = {{"channel_id|channel.id|event.channel|event.channel.id|event.item.channel",
                      "channel_name|channel.name|event.channel.name"},
                     {"team_id|team.id", "team_domain|team.domain"}},
        .schemes = SCHEME_SLACK,
    },
    {
        .name = STR("cloudevents"),
        .marks = "@ce-specversion|@ce-id?@ce-type|specversion?source?type?id|"
                 "[].specversion?[].source?[].type?[].id",
        .event = "%ce-type|type|[].type",
        .delivery_id = "%ce-id|id|[].id",
        .user = "%ce-authid|authid|[].authid",
        .entities = {{"%ce-source|source|[].source",
                      "%ce-subject|%ce-source|subject|source|[].subject|[].source"}},
        .schemes = SCHEME_ANY,
    },
    {
        .name = STR("standard-webhooks"),
        .marks = "@webhook-signature|@svix-signature|@webhook-timestamp?@webhook-id",
        .event = "type|event_type|event",
        .delivery_id = "@webhook-id|@svix-id",
        .user = "data.user.username|data.user.email|data.user.id",
        .entities = {{"data.id", "data.name|data.object"}},
        .schemes = SCHEME_STANDARD,
    },
    {
        .name = STR("azure-devops"),
        .marks = "resource?publisherId?eventType",
        .event = "eventType",
        .delivery_id = "id",
        .user = "resource.pushedBy.uniqueName|resource.comment.author.uniqueName|"
                "resource.closedBy.uniqueName|"
                "eventType=git.pullrequest.created?resource.createdBy.uniqueName|"
                "resource.revisedBy.uniqueName|resource.fields:System.ChangedBy|"
                "resource.fields:System.CreatedBy|resource.requestedFor.uniqueName|"
                "resource.requests[].requestedFor.uniqueName|resource.checkedInBy.uniqueName|"
                "resource.pushedBy.displayName|resource.comment.author.displayName|"
                "eventType=git.pullrequest.created?resource.createdBy.displayName|"
                "resource.revisedBy.displayName|resource.requestedFor.displayName",
        .entities = {{"resource.repository.id",
                      "resource.repository.project.name/resource.repository.name|"
                      "resource.repository.name"},
                     {"resource.pullRequest.repository.id",
                      "resource.pullRequest.repository.project.name/"
                      "resource.pullRequest.repository.name"},
                     {"resource.definition.id",
                      "resource.project.name/resource.definition.name|resource.definition.name"},
                     {"resource.project.id|resourceContainers.project.id",
                      "resource.project.name|resource.fields:System.TeamProject|"
                      "resource.revision.fields:System.TeamProject"}},
        .schemes = SCHEME_AUTHORIZATION,
    },
    {
        /* Docker Hub, then the notifications of a registry. */
        .name = STR("docker"),
        .marks = "push_data?repository.repo_name|events[].target.repository",
        .event = "push_data?\"push\"|events[].action",
        .delivery_id = "events[].id",
        .user = "push_data.pusher|events[].actor.name",
        .entities = {{"events[].target.digest", "repository.repo_name|events[].target.repository"}},
        .schemes = SCHEME_ANY,
    },
    {
        .name = STR("harbor"),
        .marks = "event_data?occur_at?type",
        .event = "type",
        .delivery_id = NULL,
        .user = "operator",
        .entities = {{"event_data.resources[].digest",
                      "event_data.repository.repo_full_name|event_data.replication.policy_name"}},
        .schemes = SCHEME_AUTHORIZATION,
    },
    {
        .name = STR("quay"),
        .marks = "docker_url?homepage?namespace?repository",
        .event = "updated_tags?\"repo_push\"",
        .delivery_id = NULL,
        .user = "manual_user|trigger_metadata.commit_info.author.username",
        .entities = {{NULL, "repository"}},
        .schemes = SCHEME_ANY,
    },
    {
        .name = STR("unknown"),
        .marks = NULL,
        .event = "event|event_type|eventType|event_name|type|action",
        .delivery_id = "@Idempotency-Key|@X-Delivery-Id|@X-Webhook-Delivery",
        .user = "sender.login|user.username|user.login|user.name|actor.username|actor.name|"
                "username|user|actor|sender",
        .entities = {{"repository.id", "repository.full_name|repository.name|repository"},
                     {"project.id|project_id",
                      "project.path_with_namespace|project.name|project_name|project"}},
        .schemes = SCHEME_ANY,
    },
};
const size_t webhook_provider_count =
    sizeof(webhook_provider_table) / sizeof(webhook_provider_table[0]);

const struct webhook_provider *webhook_provider_named(struct str name)
{
    for (size_t i = 0; i < webhook_provider_count; i++)
        if (str_equal(webhook_provider_table[i].name, name))
            return &webhook_provider_table[i];
    return NULL;
}

bool webhook_is_provider(struct str name)
{
    return webhook_provider_named(name) != NULL;
}

const char *webhook_providers(void)
{
    return "azure-devops, bitbucket, bitbucket-server, cloudevents, docker, forgejo, gitea, gitee, "
           "github, gitlab, gogs, harbor, quay, slack, standard-webhooks, stripe, unknown";
}

static const struct webhook_provider *recognise(const struct webhook_payload *payload)
{
    const struct webhook_provider *provider = webhook_provider_table;

    while (provider->marks && !webhook_payload_has(payload, provider->marks))
        provider++;
    return provider;
}

static void read_entity(const struct webhook_payload *payload,
                        const struct webhook_provider *provider, struct webhook *webhook)
{
    for (size_t i = 0; i < WEBHOOK_ENTITY_MAX; i++) {
        webhook->entity_id = webhook_payload_text(payload, provider->entities[i].id);
        webhook->entity_name = webhook_payload_text(payload, provider->entities[i].name);
        if (webhook->entity_id.len || webhook->entity_name.len)
            return;
    }
}

void webhook_read(struct arena *arena, struct str provider, const struct webhook_call *call,
                  struct webhook *webhook)
{
    const struct webhook_provider *row = webhook_provider_named(provider);
    struct webhook_payload payload;

    webhook_payload_init(&payload, arena, call);
    if (!row)
        row = recognise(&payload);
    *webhook = (struct webhook){
        .provider = row->name,
        .event = webhook_payload_text(&payload, row->event),
        .delivery_id = webhook_payload_text(&payload, row->delivery_id),
        .user = webhook_payload_text(&payload, row->user),
    };
    read_entity(&payload, row, webhook);
}
