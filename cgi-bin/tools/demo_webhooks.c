/* SPDX-License-Identifier: MIT */
/* What GitHub, GitLab and Docker Hub send: short bodies of their shape, with names of ours. */
#include "tools/demo_stories.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define GITHUB DEMO_BIT(DEMO_GITHUB)
#define GITLAB DEMO_BIT(DEMO_GITLAB)
#define DOCKERHUB DEMO_BIT(DEMO_DOCKERHUB)

/* ---- Bodies ---- */

#define GITHUB_TAIL                                                                                \
    "'repository':{'id':18685$number,'name':'$short','full_name':'$name','private':true,"          \
    "'owner':{'login':'$project','id':3830,'type':'Organization'},"                                \
    "'html_url':'https://github.example.com/$name','default_branch':'main'},"                      \
    "'organization':{'login':'$project','id':3830},"                                               \
    "'sender':{'login':'$user','id':21031,'type':'User','site_admin':false}}"

#define GITLAB_PROJECT                                                                             \
    "'project':{'id':15,'name':'$short','web_url':'https://git.example.org/$name',"                \
    "'git_ssh_url':'git@git.example.org:$name.git','namespace':'$project','visibility_level':0,"   \
    "'path_with_namespace':'$name','default_branch':'main'}"

static const struct demo_body github_push = {
    DEMO_JSON,
    "{'ref':'refs/heads/$branch','before':'$parent','after':'$sha','created':false,"
    "'deleted':false,'forced':false,'base_ref':null,"
    "'compare':'https://github.example.com/$name/compare/main','commits':[{'id':'$sha',"
    "'tree_id':'$parent','distinct':true,'message':'$message','timestamp':'$time',"
    "'url':'https://github.example.com/$name/commit/$sha','author':{'name':'$user',"
    "'email':'$user@example.com','username':'$user'},'added':[],'removed':[],"
    "'modified':['src/main.c','Makefile']}],'head_commit':{'id':'$sha','message':'$message',"
    "'timestamp':'$time'},'pusher':{'name':'$user','email':'$user@example.com'}," GITHUB_TAIL,
};
static const struct demo_body github_tag = {
    DEMO_JSON,
    "{'ref':'$tag','ref_type':'tag','master_branch':'main','description':null,"
    "'pusher_type':'user'," GITHUB_TAIL,
};

#define PULL_REQUEST(action, state, merged)                                                        \
    "{'action':'" action "','number':$number,'pull_request':{'id':2791$number,'number':$number,"   \
    "'state':'" state "','locked':false,'title':'$message','body':'Please have a look.\\n\\n"      \
    "- tests pass\\n- no change of the schema','user':{'login':'$user','type':'User'},"            \
    "'created_at':'$time','merged':" merged ",'draft':false,"                                      \
    "'head':{'label':'$project:$branch','ref':'$branch','sha':'$sha'},"                            \
    "'base':{'label':'$project:main','ref':'main','sha':'$parent'},"                               \
    "'commits':$replicas,'additions':$minutes,'deletions':4,'changed_files':2}," GITHUB_TAIL

static const struct demo_body github_pull_opened = {DEMO_JSON,
                                                    PULL_REQUEST("opened", "open", "false")};
static const struct demo_body github_pull_pushed = {DEMO_JSON,
                                                    PULL_REQUEST("synchronize", "open", "false")};
static const struct demo_body github_pull_merged = {DEMO_JSON,
                                                    PULL_REQUEST("closed", "closed", "true")};
static const struct demo_body github_release = {
    DEMO_JSON,
    "{'action':'published','release':{'id':1737$number,'tag_name':'$tag',"
    "'target_commitish':'main','name':'Release $tag','draft':false,'prerelease':false,"
    "'published_at':'$time','author':{'login':'$user'},'body':'## What is new\\n\\n* "
    "$message\\n'}," GITHUB_TAIL,
};
static const struct demo_body github_comment = {
    DEMO_JSON,
    "{'action':'created','issue':{'number':$number,'title':'$message','state':'open',"
    "'user':{'login':'$user'},'labels':[{'name':'build'}]},'comment':{'id':4929$number,"
    "'body':'/test all \xe2\x80\x93 please \xf0\x9f\x99\x8f','created_at':'$time',"
    "'author_association':'MEMBER'}," GITHUB_TAIL,
};
static const struct demo_body github_ping = {
    DEMO_FORM,
    "payload=%7B%22zen%22%3A%22Keep+it+simple.%22%2C%22hook_id%22%3A480113377%2C%22hook%22%3A"
    "%7B%22type%22%3A%22Organization%22%2C%22active%22%3Atrue%2C%22events%22%3A%5B%22push%22"
    "%5D%7D%7D",
};
static const struct demo_body gitlab_push = {
    DEMO_JSON,
    "{'object_kind':'push','event_name':'push','before':'$parent','after':'$sha',"
    "'ref':'refs/heads/$branch','checkout_sha':'$sha','user_id':4,'user_name':'$user',"
    "'user_email':'$user@example.com','project_id':15," GITLAB_PROJECT
    ",'commits':[{'id':'$sha','message':'$message\\n','timestamp':'$time',"
    "'url':'https://git.example.org/$name/-/commit/$sha','author':{'name':'$user',"
    "'email':'$user@example.com'},'added':['CHANGES'],'modified':['src/index.js'],"
    "'removed':[]}],'total_commits_count':1}",
};
static const struct demo_body gitlab_tag = {
    DEMO_JSON,
    "{'object_kind':'tag_push','event_name':'tag_push',"
    "'before':'0000000000000000000000000000000000000000','after':'$sha','ref':'refs/tags/$tag',"
    "'checkout_sha':'$sha','user_id':4,'user_name':'$user','project_id':15," GITLAB_PROJECT
    ",'commits':[],'total_commits_count':0}",
};
static const struct demo_body gitlab_merge = {
    DEMO_JSON,
    "{'object_kind':'merge_request','user':{'name':'$user','username':'$user'}," GITLAB_PROJECT
    ",'object_attributes':{'id':99$number,'iid':$number,'target_branch':'main',"
    "'source_branch':'$branch','title':'$message','state':'opened','merge_status':'unchecked',"
    "'action':'open','url':'https://git.example.org/$name/-/merge_requests/$number',"
    "'last_commit':{'id':'$sha','message':'$message','timestamp':'$time'}},'labels':[],"
    "'changes':{'updated_at':{'previous':null,'current':'$time'}}}",
};
static const struct demo_body gitlab_pipeline = {
    DEMO_JSON,
    "{'object_kind':'pipeline','object_attributes':{'id':31$number,'ref':'$branch','tag':false,"
    "'sha':'$sha','status':'success','stages':['build','test'],'duration':$number},"
    "'user':{'name':'$user','username':'$user'}," GITLAB_PROJECT "}",
};
static const struct demo_body gitlab_system = {
    DEMO_JSON,
    "{'event_name':'project_update','created_at':'$time','updated_at':'$time','name':'search',"
    "'path_with_namespace':'example-org/search','project_id':15,'project_visibility':'private'}",
};
static const struct demo_body dockerhub_push = {
    DEMO_JSON,
    "{'callback_url':'https://hub.example.com/u/$name/hook/$number/',"
    "'push_data':{'pushed_at':$seconds,'pusher':'$project','tag':'$tag','images':[]},"
    "'repository':{'name':'$short','namespace':'$project','owner':'$project',"
    "'repo_name':'$name','repo_url':'https://hub.example.com/r/$name','is_private':false,"
    "'is_trusted':true,'status':'Active','star_count':3,'comment_count':0,"
    "'date_created':1696852800}}",
};

/* ---- Calls ---- */

#define RECEIVE(list, path) list, "receiveWebhook", "POST", path, DEMO_READ

const struct demo_call demo_webhooks[] = {
    {RECEIVE(DEMO_GITHUB_REPO, "/api/webhooks/github/$id"), GITHUB, 52, .body = &github_push,
     .event = "push", .status = 202, .time_ms = 18},
    {RECEIVE(DEMO_GITHUB_REPO, "/api/webhooks/github/$id"), GITHUB, 12, .body = &github_pull_opened,
     .event = "pull_request", .status = 202, .time_ms = 20},
    {RECEIVE(DEMO_GITHUB_REPO, "/api/webhooks/github/$id"), GITHUB, 16, .body = &github_pull_pushed,
     .event = "pull_request", .status = 202, .time_ms = 20},
    {RECEIVE(DEMO_GITHUB_REPO, "/api/webhooks/github/$id"), GITHUB, 11, .body = &github_pull_merged,
     .event = "pull_request", .status = 202, .time_ms = 22},
    {RECEIVE(DEMO_GITHUB_REPO, "/api/webhooks/github/$id"), GITHUB, 6, .body = &github_tag,
     .event = "create", .status = 202, .time_ms = 14},
    {RECEIVE(DEMO_GITHUB_REPO, "/api/webhooks/github/$id"), GITHUB, 3, .body = &github_release,
     .event = "release", .status = 202, .time_ms = 21},
    {RECEIVE(DEMO_GITHUB_REPO, "/api/webhooks/github/$id"), GITHUB, 5, .body = &github_comment,
     .event = "issue_comment", .status = 202, .time_ms = 15},
    {RECEIVE(DEMO_GITHUB_ORG, "/api/webhooks/github"), GITHUB, 2, .query = "account=demo",
     .body = &github_ping, .event = "ping", .time_ms = 5},
    {RECEIVE(DEMO_GITLAB_REPO, "/api/webhooks/gitlab/$id"), GITLAB, 40, .body = &gitlab_push,
     .event = "Push Hook", .status = 202, .time_ms = 19},
    {RECEIVE(DEMO_GITLAB_REPO, "/api/webhooks/gitlab/$id"), GITLAB, 6, .body = &gitlab_tag,
     .event = "Tag Push Hook", .status = 202, .time_ms = 17},
    {RECEIVE(DEMO_GITLAB_REPO, "/api/webhooks/gitlab/$id"), GITLAB, 18, .body = &gitlab_merge,
     .event = "Merge Request Hook", .status = 202, .time_ms = 23},
    {RECEIVE(DEMO_GITLAB_REPO, "/api/webhooks/gitlab/$id"), GITLAB, 12, .body = &gitlab_pipeline,
     .event = "Pipeline Hook", .status = 202, .time_ms = 16},
    {RECEIVE(DEMO_GITLAB_GROUP, "/api/webhooks/gitlab"), GITLAB, 3, .query = "account=demo",
     .body = &gitlab_system, .event = "System Hook", .time_ms = 6},
    {RECEIVE(DEMO_IMAGE_REPO, "/api/webhooks/dockerhub/$id"), DOCKERHUB, 10,
     .query = "account=demo&source=hub", .body = &dockerhub_push, .event = "push", .time_ms = 13},
};
const size_t demo_webhook_count = COUNT(demo_webhooks);
_Static_assert(COUNT(demo_webhooks) <= DEMO_CALL_MAX, "raise DEMO_CALL_MAX");
