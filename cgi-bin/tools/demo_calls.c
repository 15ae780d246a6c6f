/* SPDX-License-Identifier: MIT */
/* The calls of the invented API: what is sent, by whom, how often, and what it does. */
#include "tools/demo_stories.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define OFFICE DEMO_BIT(DEMO_OFFICE)
#define TERMINAL DEMO_BIT(DEMO_TERMINAL)
#define CI DEMO_BIT(DEMO_CI)
#define NIGHTLY DEMO_BIT(DEMO_NIGHTLY)
#define INFRA DEMO_BIT(DEMO_INFRA)
#define CHAT DEMO_BIT(DEMO_CHAT)
#define PROBE DEMO_BIT(DEMO_PROBE)
#define SCANNER DEMO_BIT(DEMO_SCANNER)

/* ---- Bodies ---- */

static const struct demo_body pipeline_body = {
    DEMO_JSON,
    "{'kind':'pipeline','version':'1.0','metadata':{'name':'$name','project':'$project',"
    "'labels':{'tags':['$project','$tag']},'description':'Builds and delivers $short',"
    "'revision':$revision},'spec':{'triggers':[{'type':'git','repo':'example/$project',"
    "'events':['push.heads'],'branchRegex':'/^$branch$/','disabled':false}],"
    "'variables':[{'key':'IMAGE_TAG','value':'$tag'},{'key':'REPLICAS','value':'$replicas'},"
    "{'key':'NOTIFY','value':'$project@example.com'}],'contexts':['shared-settings'],"
    "'runtimeEnvironment':{'name':'default','memory':'$memory','cpu':'1000m'},"
    "'stages':['checkout','build','test','deploy'],'steps':{$steps},'options':{'noCache':false,"
    "'noCfCache':false,'resetVolume':false},'terminationPolicy':[{'type':'branch',"
    "'event':'onCreate'}],'timeoutMinutes':$minutes}}",
};
static const struct demo_body pipeline_switch_body = {
    DEMO_JSON,
    "{'metadata':{'name':'$name'},'spec':{'options':{'noCache':true},"
    "'timeoutMinutes':$minutes}}",
};
static const struct demo_body pipeline_yaml = {
    DEMO_YAML,
    "# $name, kept in git\nversion: \"1.0\"\nmode: parallel\nstages:\n  - build\n  - test\n"
    "steps:\n  build:\n    stage: build\n    type: build\n    image_name: example/$short\n"
    "    tag: ${{CF_BRANCH_TAG_NORMALIZED}}-$tag\n    memory: $memory\n  test:\n"
    "    stage: test\n    image: images.example.com/example/$short:$tag\n    commands:\n"
    "      - make test\n      - |\n        echo \"finished within $minutes minutes\"\n",
};
static const struct demo_body validate_body = {
    DEMO_JSON,
    "{'yaml':'version: \\\"1.0\\\"\\nsteps:\\n  unit:\\n    image: alpine:$tag\\n    "
    "commands:\\n      - make test\\nstages: []\\n','outputFormat':'lint'}",
};
static const struct demo_body run_body = {
    DEMO_JSON,
    "{'options':{},'userMachineConfig':{'memory':'$memory'},'branch':'$branch','sha':'$sha',"
    "'variables':[{'key':'IMAGE_TAG','value':'$tag'}],'annotations':{},'contexts':[]}",
};
static const struct demo_body bot_run_body = {
    DEMO_JSON,
    "{'options':{'enableNotifications':true},'branch':'$branch','sha':'$sha',"
    "'variables':[{'key':'CF_COMMIT_MESSAGE','value':'$message'},{'key':'CF_REVISION',"
    "'value':'$sha'},{'key':'IMAGE_TAG','value':'$tag'}],'trigger':'event-$number'}",
};
static const struct demo_body project_body = {
    DEMO_JSON,
    "{'projectName':'$name','tags':['$tag'],'variables':[{'key':'TEAM','value':'$short'}]}",
};
static const struct demo_body project_patch_body = {
    DEMO_JSON,
    "{'tags':['$tag','$branch'],'variables':[{'key':'REPLICAS','value':'$replicas'}]}",
};
static const struct demo_body log_body = {
    DEMO_GZIP,
    "H4sIAAAAAAACA03LsQrCMBRG4T1P8T+ANqY6qLMIIlLI4hA63CZXG0xs8Ebw8dVF3A4cPjc8Ywo9pHKB0RvsbXdCzH"
    "RlafhFuSRu/JT1QMLz+xR4a9bK/av2o86dPe4OFloe/nc9+ZExxqpcZak9VqZFIREOMyxwoZi+tYTcYikc1Bt7/RqB"
    "jQAAAA==",
};
static const struct demo_body picture_body = {
    DEMO_PNG,
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAE0lEQVR42mP4oA+BDFD6AwNZIgAMEyPh4jZKfAAAAA"
    "BJRU5ErkJggg==",
};
static const struct demo_body step_data_body = {
    DEMO_JSON,
    "{'step':'test','status':'success','durationSeconds':$number,'metrics':{'memory':'$memory',"
    "'retries':0},'outputs':[{'name':'image',"
    "'value':'images.example.com/example/$short:$tag'}]}",
};
static const struct demo_body environment_body = {
    DEMO_JSON,
    "{'name':'$name','type':'kubernetes','namespace':'$name','cluster':'eu-1.example.com',"
    "'filters':[{'repo':'example/shop','branch':'$branch'}],'replicas':$replicas}",
};
static const struct demo_body environment_yaml = {
    DEMO_YAML,
    "apiVersion: v1\nkind: environment\nmetadata:\n  name: $name\n  revision: $revision\n"
    "spec:\n  replicas: $replicas\n  image: images.example.com/example/shop:$tag\n  limits:\n"
    "    memory: $memory\n",
};
static const struct demo_body registry_body = {
    DEMO_JSON,
    "{'name':'$name','provider':'other','kind':'standard','domain':'$name','primary':false,"
    "'fallbackRegistry':null,'repositoryPrefix':'example/$branch'}",
};
static const struct demo_body context_body = {
    DEMO_JSON,
    "{'apiVersion':'v1','kind':'context','metadata':{'name':'$name'},'owner':'account',"
    "'spec':{'type':'config','data':{'LOG_LEVEL':'info','REPLICAS':'$replicas',"
    "'IMAGE_TAG':'$tag','MEMORY':'$memory','BRANCH':'$branch'}}}",
};
static const struct demo_body team_body = {
    DEMO_JSON,
    "{'name':'$name','tags':['$tag'],'users':['ann','emil','fatima','hana']}",
};
static const struct demo_body invite_body = {
    DEMO_JSON,
    "{'userDetails':'$name@example.com','role':'user','teams':['developers'],'sso':null}",
};
static const struct demo_body user_body = {
    DEMO_JSON,
    "{'userName':'$name','email':'$name@example.com','roles':['User'],'teams':['developers'],"
    "'timezone':'Europe/Berlin','notify':{'onFailure':true,'quietMinutes':$minutes}}",
};
static const struct demo_body agent_body = {
    DEMO_JSON,
    "{'name':'agent-$number','runtimes':['eu-1.example.com/builds'],'version':'$tag',"
    "'resources':{'memory':'$memory','parallel':$replicas}}",
};
static const struct demo_body board_body = {
    DEMO_JSON,
    "{'name':'$name','sections':[{'name':'staging','clusters':['eu-1.example.com']},"
    "{'name':'production','clusters':['eu-1.example.com','us-1.example.com']}],"
    "'filters':{'tag':'$tag'}}",
};
static const struct demo_body annotation_body = {
    DEMO_JSON,
    "{'entityId':'sha256:$sha','entityType':'image','key':'$name','value':'$number'}",
};
static const struct demo_body trigger_body = {
    DEMO_JSON,
    "{'filters':{'branch':'$branch'},'event':'registry:dockerhub:example:$branch:push',"
    "'variables':[]}",
};
static const struct demo_body chat_body = {
    DEMO_FORM,
    "team_domain=example&channel_name=deployments&user_name=$user&command=%2Frun&"
    "text=$name+$branch&trigger_id=$number.$seconds",
};
static const struct demo_body search_body = {
    DEMO_FORM,
    "q=$message&branch=$branch&status=error&status=terminated&limit=50",
};

/* ---- Calls ---- */

const struct demo_call demo_calls[] = {
    {DEMO_PIPELINE, "listPipelines", "GET", "/api/pipelines", DEMO_NO_ENTITY,
     OFFICE | TERMINAL | INFRA, 34, .query = "limit=25&offset=$offset&id=", .time_ms = 70},
    {DEMO_PIPELINE, "getPipeline", "GET", "/api/pipelines/$name", DEMO_READ,
     OFFICE | TERMINAL | CI | INFRA, 70, .time_ms = 35},
    {DEMO_PIPELINE, "createPipeline", "POST", "/api/pipelines", DEMO_CREATE, OFFICE | TERMINAL, 16,
     .body = &pipeline_body, .status = 201, .time_ms = 140},
    {DEMO_PIPELINE, "createPipeline", "POST", "/api/pipelines", DEMO_CREATE, TERMINAL, 6,
     .body = &pipeline_yaml, .status = 201, .time_ms = 150},
    {DEMO_PIPELINE, "updatePipeline", "PUT", "/api/pipelines/$name", DEMO_CHANGE, OFFICE | TERMINAL,
     60, .body = &pipeline_body, .time_ms = 120},
    {DEMO_PIPELINE, "updatePipeline", "PUT", "/api/pipelines/$name", DEMO_CHANGE, TERMINAL, 10,
     .query = "disableRevisionCheck=true", .body = &pipeline_yaml, .time_ms = 120},
    {DEMO_PIPELINE, "patchPipeline", "PATCH", "/api/pipelines/$name", DEMO_CHANGE, OFFICE, 8,
     .body = &pipeline_switch_body, .time_ms = 80},
    {DEMO_PIPELINE, "deletePipeline", "DELETE", "/api/pipelines/$name", DEMO_DELETE,
     OFFICE | TERMINAL, 7, .status = 204, .time_ms = 95},
    {DEMO_PIPELINE, "runPipeline", "POST", "/api/pipelines/run/$name", DEMO_RUN, OFFICE | TERMINAL,
     48, .query = "reqId=$uuid", .body = &run_body, .time_ms = 310},
    {DEMO_PIPELINE, "runPipeline", "POST", "/api/pipelines/run/$name", DEMO_RUN, CI | NIGHTLY, 70,
     .body = &bot_run_body, .time_ms = 280},
    {DEMO_PIPELINE, "runPipeline", "POST", "/api/integrations/chat/command", DEMO_RUN, CHAT, 10,
     .body = &chat_body, .time_ms = 350},
    {DEMO_PIPELINE, "validatePipeline", "POST", "/api/pipelines/yaml/validator", DEMO_NO_ENTITY,
     TERMINAL, 12, .body = &validate_body, .time_ms = 60},
    {DEMO_PROJECT, "listProjects", "GET", "/api/projects", DEMO_NO_ENTITY,
     OFFICE | TERMINAL | INFRA, 22, .query = "limit=100", .time_ms = 40},
    {DEMO_PROJECT, "getProject", "GET", "/api/projects/name/$name", DEMO_READ,
     OFFICE | TERMINAL | INFRA, 20, .time_ms = 28},
    {DEMO_PROJECT, "createProject", "POST", "/api/projects", DEMO_CREATE, OFFICE | TERMINAL, 6,
     .body = &project_body, .status = 201, .time_ms = 90},
    {DEMO_PROJECT, "updateProject", "PATCH", "/api/projects/$id", DEMO_CHANGE, OFFICE | INFRA, 14,
     .body = &project_patch_body, .time_ms = 75},
    {DEMO_PROJECT, "deleteProject", "DELETE", "/api/projects/$id", DEMO_DELETE, OFFICE, 3,
     .status = 204, .time_ms = 85},
    {DEMO_PIPELINE, "listBuilds", "GET", "/api/workflow", DEMO_NO_ENTITY, OFFICE | TERMINAL, 36,
     .type = "build", .query = "limit=10&page=1&status=error&branch=$branch", .time_ms = 160},
    {DEMO_PIPELINE, "searchBuilds", "POST", "/api/workflow/search", DEMO_NO_ENTITY, OFFICE, 6,
     .type = "build", .body = &search_body, .time_ms = 480},
    {DEMO_PIPELINE, "getBuild", "GET", "/api/builds/$buildId", DEMO_READ,
     OFFICE | TERMINAL | CI | NIGHTLY, 62, .type = "build", .query = "noAccount=false",
     .time_ms = 45},
    {DEMO_PIPELINE, "restartBuild", "GET", "/api/builds/rebuild/$buildId", DEMO_READ,
     OFFICE | TERMINAL, 12, .type = "build", .time_ms = 260},
    {DEMO_PIPELINE, "terminateBuild", "DELETE", "/api/progress/$buildId", DEMO_READ,
     OFFICE | TERMINAL, 7, .type = "build", .time_ms = 110},
    {DEMO_PIPELINE, "downloadBuildLogs", "GET", "/api/progress/download/$buildId", DEMO_READ,
     OFFICE | TERMINAL, 20, .type = "build", .query = "follow=false", .time_ms = 900},
    {DEMO_PIPELINE, "uploadBuildLog", "PUT", "/api/progress/$buildId/log", DEMO_READ, CI, 2,
     .type = "build", .body = &log_body, .time_ms = 70},
    {DEMO_PIPELINE, "getWorkflowData", "GET", "/api/workflow/$buildId/data", DEMO_READ,
     CI | NIGHTLY, 12, .type = "workflow", .time_ms = 40},
    {DEMO_PIPELINE, "pushWorkflowData", "POST", "/api/workflow/$buildId/data", DEMO_READ, CI, 34,
     .type = "workflow", .body = &step_data_body, .status = 201, .time_ms = 55},
    {DEMO_PIPELINE, "approveWorkflow", "GET", "/api/workflow/$buildId/pending-approval/approve",
     DEMO_READ, OFFICE, 8, .type = "workflow", .time_ms = 75},
    {DEMO_PIPELINE, "denyWorkflow", "GET", "/api/workflow/$buildId/pending-approval/deny",
     DEMO_READ, OFFICE, 2, .type = "workflow", .time_ms = 75},
    {DEMO_ENVIRONMENT, "listEnvironments", "GET", "/api/environments", DEMO_NO_ENTITY,
     OFFICE | INFRA, 14, .time_ms = 55},
    {DEMO_ENVIRONMENT, "getEnvironmentStatus", "GET", "/api/environments/$id/status", DEMO_READ,
     OFFICE | NIGHTLY, 20, .time_ms = 65},
    {DEMO_ENVIRONMENT, "createEnvironment", "POST", "/api/environments", DEMO_CREATE, CI | INFRA, 8,
     .body = &environment_body, .status = 201, .time_ms = 700},
    {DEMO_ENVIRONMENT, "updateEnvironment", "PUT", "/api/environments/$id", DEMO_CHANGE,
     OFFICE | NIGHTLY, 12, .body = &environment_body, .time_ms = 230},
    {DEMO_ENVIRONMENT, "updateEnvironment", "PUT", "/api/environments/$id", DEMO_CHANGE, INFRA, 14,
     .body = &environment_yaml, .time_ms = 240},
    {DEMO_ENVIRONMENT, "pauseEnvironment", "GET", "/api/environments/$id/pause", DEMO_READ, NIGHTLY,
     10, .time_ms = 130},
    {DEMO_ENVIRONMENT, "terminateEnvironment", "GET", "/api/environments/$id/terminate",
     DEMO_DELETE, NIGHTLY | INFRA, 6, .time_ms = 190},
    {DEMO_REGISTRY, "listRegistries", "GET", "/api/registries", DEMO_NO_ENTITY, OFFICE | INFRA, 10,
     .time_ms = 38},
    {DEMO_REGISTRY, "createRegistry", "POST", "/api/registries", DEMO_CREATE, OFFICE | INFRA, 3,
     .body = &registry_body, .status = 201, .time_ms = 180},
    {DEMO_REGISTRY, "updateRegistry", "PATCH", "/api/registries/$id", DEMO_CHANGE, OFFICE | INFRA,
     5, .body = &registry_body, .time_ms = 110},
    {DEMO_REGISTRY, "testRegistry", "POST", "/api/registries/$id/test", DEMO_READ, OFFICE, 4,
     .time_ms = 1300},
    {DEMO_REGISTRY, "deleteRegistry", "DELETE", "/api/registries/$name", DEMO_DELETE,
     OFFICE | TERMINAL, 2, .status = 204, .time_ms = 70},
    {DEMO_CONTEXT, "listContexts", "GET", "/api/contexts", DEMO_NO_ENTITY, OFFICE | TERMINAL, 10,
     .query = "decrypt=false&type=config", .time_ms = 42},
    {DEMO_CONTEXT, "getContext", "GET", "/api/contexts/$name", DEMO_READ,
     OFFICE | TERMINAL | CI | NIGHTLY, 20, .query = "decrypt=false", .time_ms = 26},
    {DEMO_CONTEXT, "createContext", "POST", "/api/contexts/", DEMO_CREATE, OFFICE | TERMINAL, 5,
     .body = &context_body, .status = 201, .time_ms = 60},
    {DEMO_CONTEXT, "updateContext", "PUT", "/api/contexts/$name", DEMO_CHANGE,
     OFFICE | TERMINAL | NIGHTLY, 16, .body = &context_body, .time_ms = 65},
    {DEMO_CONTEXT, "deleteContext", "DELETE", "/api/contexts/$name", DEMO_DELETE, TERMINAL, 2,
     .status = 204, .time_ms = 50},
    {DEMO_TEAM, "listTeams", "GET", "/api/team", DEMO_NO_ENTITY, OFFICE, 7, .time_ms = 33},
    {DEMO_TEAM, "createTeam", "POST", "/api/team", DEMO_CREATE, OFFICE, 3, .body = &team_body,
     .status = 201, .time_ms = 55},
    {DEMO_TEAM, "updateTeam", "PUT", "/api/team/$id", DEMO_CHANGE, OFFICE, 5, .body = &team_body,
     .time_ms = 60},
    {DEMO_TEAM, "deleteTeam", "DELETE", "/api/team/$id", DEMO_DELETE, OFFICE, 1, .status = 204,
     .time_ms = 45},
    {DEMO_USER, "getCurrentUser", "GET", "/api/user", DEMO_NO_ENTITY, OFFICE | TERMINAL, 40,
     .time_ms = 18},
    {DEMO_USER, "inviteUser", "POST", "/api/accounts/5f0d2c9a71b3e4000c1a77e0/adduser", DEMO_CREATE,
     OFFICE, 3, .body = &invite_body, .status = 201, .time_ms = 240},
    {DEMO_USER, "updateUser", "POST", "/api/accounts/5f0d2c9a71b3e4000c1a77e0/updateuser",
     DEMO_CHANGE, OFFICE, 6, .body = &user_body, .time_ms = 70},
    {DEMO_USER, "uploadPicture", "PUT", "/api/users/$id/picture", DEMO_CHANGE, OFFICE, 1,
     .body = &picture_body, .time_ms = 90},
    {DEMO_USER, "removeUser", "DELETE", "/api/accounts/5f0d2c9a71b3e4000c1a77e0/$id", DEMO_DELETE,
     OFFICE, 2, .status = 204, .time_ms = 80},
    {DEMO_AGENT, "listAgents", "GET", "/api/agents", DEMO_NO_ENTITY, OFFICE | INFRA, 6,
     .time_ms = 30},
    {DEMO_AGENT, "createAgent", "POST", "/api/agents", DEMO_CREATE, TERMINAL | INFRA, 3,
     .body = &agent_body, .status = 201, .time_ms = 130},
    {DEMO_AGENT, "updateAgent", "PUT", "/api/agent/$id", DEMO_CHANGE, INFRA, 9, .body = &agent_body,
     .time_ms = 75},
    {DEMO_AGENT, "deleteAgent", "DELETE", "/api/agent/$id", DEMO_DELETE, TERMINAL, 1, .status = 204,
     .time_ms = 60},
    {DEMO_HELM_BOARD, "listHelmBoards", "GET", "/api/helm/boards", DEMO_NO_ENTITY, OFFICE, 8,
     .time_ms = 48},
    {DEMO_HELM_BOARD, "getHelmBoard", "GET", "/api/helm/boards/name/$name", DEMO_READ, OFFICE, 12,
     .time_ms = 52},
    {DEMO_HELM_BOARD, "createHelmBoard", "POST", "/api/helm/boards", DEMO_CREATE, OFFICE, 2,
     .body = &board_body, .status = 201, .time_ms = 66},
    {DEMO_HELM_BOARD, "updateHelmBoard", "PATCH", "/api/helm/boards/$id", DEMO_CHANGE, OFFICE, 5,
     .body = &board_body, .time_ms = 60},
    {DEMO_HELM_BOARD, "deleteHelmBoard", "DELETE", "/api/helm/boards/$id", DEMO_DELETE, OFFICE, 1,
     .status = 204, .time_ms = 58},
    {DEMO_ANNOTATION, "listAnnotations", "GET", "/api/annotations", DEMO_NO_ENTITY, CI, 10,
     .query = "entityType=image&entityId=sha256:$sha", .time_ms = 30},
    {DEMO_ANNOTATION, "createAnnotation", "POST", "/api/annotations", DEMO_CREATE, CI | NIGHTLY, 14,
     .body = &annotation_body, .status = 201, .time_ms = 44},
    {DEMO_ANNOTATION, "updateAnnotation", "PUT", "/api/annotations/$name", DEMO_CHANGE, CI, 8,
     .body = &annotation_body, .time_ms = 44},
    {DEMO_ANNOTATION, "deleteAnnotation", "DELETE", "/api/annotations", DEMO_DELETE, NIGHTLY | CI,
     8, .query = "entityType=image&key=$name", .status = 204, .time_ms = 36},
    {DEMO_TRIGGER, "listTriggers", "GET", "/api/hermes/triggers", DEMO_NO_ENTITY, OFFICE | TERMINAL,
     8, .time_ms = 44},
    {DEMO_TRIGGER, "createTrigger", "POST",
     "/api/hermes/triggers/event%253Aregistry%253A$number/$id", DEMO_CREATE, TERMINAL | OFFICE, 3,
     .body = &trigger_body, .status = 201, .time_ms = 92},
    {DEMO_TRIGGER, "updateTrigger", "PUT", "/api/hermes/triggers/$id", DEMO_CHANGE, OFFICE, 4,
     .body = &trigger_body, .time_ms = 80},
    {DEMO_TRIGGER, "deleteTrigger", "DELETE", "/api/hermes/triggers/$id", DEMO_DELETE,
     TERMINAL | OFFICE, 2, .status = 204, .time_ms = 70},
    {DEMO_NOTHING, "getVersion", "GET", "/api/version", DEMO_NO_ENTITY, PROBE | TERMINAL, 6,
     .time_ms = 3},
    {DEMO_NOTHING, "ping", "GET", "/api/ping", DEMO_NO_ENTITY, PROBE, 14, .time_ms = 2},
    {DEMO_NOTHING, "GET (unmatched)", "GET", "/.env", DEMO_NO_ENTITY, SCANNER, 5, .status = 404,
     .time_ms = 2},
    {DEMO_NOTHING, "GET (unmatched)", "GET", "/api/../../etc/passwd", DEMO_NO_ENTITY, SCANNER, 3,
     .status = 400, .time_ms = 2},
    {DEMO_NOTHING, "GET (unmatched)", "GET", "/actuator/health", DEMO_NO_ENTITY, SCANNER, 4,
     .status = 404, .time_ms = 2},
    {DEMO_NOTHING, "GET (unmatched)", "GET", "/wp-login.php", DEMO_NO_ENTITY, SCANNER, 4,
     .query = "redirect_to=%2Fwp-admin%2F&reauth=1", .status = 404, .time_ms = 2},
    {DEMO_NOTHING, "POST (unmatched)", "POST", "/cgi-bin/login", DEMO_NO_ENTITY, SCANNER, 3,
     .body = &search_body, .status = 405, .time_ms = 2},
    {DEMO_NOTHING, "getUser", "GET", "/api/admin/user", DEMO_NO_ENTITY, SCANNER, 3,
     .query = "userName=admin", .status = 401, .time_ms = 4},
};
const size_t demo_call_count = COUNT(demo_calls);
_Static_assert(COUNT(demo_calls) <= DEMO_CALL_MAX, "raise DEMO_CALL_MAX");
