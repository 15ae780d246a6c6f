/* SPDX-License-Identifier: MIT */
/* Texts that are no JSON, in which a secret's name is a value itself, or nothing but the kind of a document says what is secret. */
#include "redact_event.h"

#define SECRETS "/api/v1/namespaces/shop/secrets/db"

static const struct row {
    const char *label, *in, *out; /* where `out` is NULL, nothing may change */
} rows[] = {
    /* A name and its value in one mapping */
    {"YAML", "env:\n- name: DB_PASSWORD\n  value: x y\n- name: HOST\n  value: z\n",
     "env:\n- name: DB_PASSWORD\n  value: redacted\n- name: HOST\n  value: z\n"},
    {"in quotes", "- key: \"API_TOKEN\"\r\n  value: \"x y\"\r\n",
     "- key: \"API_TOKEN\"\r\n  value: \"redacted\"\r\n"},
    {"names in quotes", "\"name\": \"API_TOKEN\",\n\"value\": \"x\"",
     "\"name\": \"API_TOKEN\",\n\"value\": \"redacted\""},
    {"a block", "- name: DEPLOY_TOKEN\n  value: |\n    x\n    y\n- name: a\n",
     "- name: DEPLOY_TOKEN\n  value: |\n    redacted\n- name: a\n"},
    {"two quotes for one", "- name: 'DB_PASSWORD'\n  value: 'it''s x'\n",
     "- name: 'DB_PASSWORD'\n  value: 'redacted'\n"},
    {"CloudFormation", "- ParameterKey: DbPassword\n  ParameterValue: x\n",
     "- ParameterKey: DbPassword\n  ParameterValue: redacted\n"},
    {"others between", "- name: DB_PASSWORD # a note\n  encrypted: false\n  value: x\n",
     "- name: DB_PASSWORD # a note\n  encrypted: false\n  value: redacted\n"},
    {"a secret between", "- name: DB_PASSWORD\n  token: x\n  value: y\n",
     "- name: DB_PASSWORD\n  token: redacted\n  value: redacted\n"},
    {"in one line", "[{name: DB_PASSWORD, value: x}, {name: HOST, value: y}]\n",
     "[{name: DB_PASSWORD, value: redacted}, {name: HOST, value: y}]\n"},
    {"TOML and HCL", "name  = \"auth.password\"\nvalue = \"x\"\n",
     "name  = \"auth.password\"\nvalue = \"redacted\"\n"},
    {"in a string of JSON", "{\"yaml\":\"- name: DB_PASSWORD\\n  value: x\\n\"}",
     "{\"yaml\":\"- name: DB_PASSWORD\\n  value: redacted\\n\"}"},
    {"of the next mapping",
     "- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: a}}\n- value: b\n", NULL},
    {"of an outer mapping", "  - name: password\n    in: query\nvalue: a\n", NULL},
    {"of another name", "name: password\nname: a\nvalue: b\n", NULL},
    {"of no secret", "name: HOST\nvalue: a\n", NULL},
    {"no name", "rename: password\nvalue: a\n", NULL},
    {"at the end", "name: password", NULL},
    {"nothing", "name: password\nvalue:", NULL},

    /* Set by a word */
    {"a Dockerfile", "FROM a\nARG TOKEN\nENV DB_PASSWORD x y\nENV HOST b\n",
     "FROM a\nARG TOKEN\nENV DB_PASSWORD redacted\nENV HOST b\n"},
    {"Apache", "  SetEnv API_TOKEN \"x y\"\r\n", "  SetEnv API_TOKEN \"redacted\"\r\n"},
    {"another word", "OPENV API_TOKEN a\nenv API_TOKEN a\nENV\nAPI_TOKEN a", NULL},

    /* XML */
    {"an attribute", "<entry key=\"db.password\">x</entry><entry key=\"db.host\">y</entry>",
     "<entry key=\"db.password\">redacted</entry><entry key=\"db.host\">y</entry>"},
    {"attributes between", "<add key='ApiToken' encrypted='false' value='x'/>",
     "<add key='ApiToken' encrypted='false' value='redacted'/>"},
    {"an element inside", "<property name=\"password\">\n <value>x</value>\n</property>",
     "<property name=\"password\">\n <value>redacted</value>\n</property>"},
    {"an element beside", "<s:name>ConnectionPassword</s:name>\n<s:value a=\"b\">x</s:value>",
     "<s:name>ConnectionPassword</s:name>\n<s:value a=\"b\">redacted</s:value>"},
    {"XML-RPC", "<member><name>password</name><value><string>x</string></value></member>",
     "<member><name>password</name><value><string>redacted</string></value></member>"},
    {"a property list", "<key>password</key><string>x</string><key>user</key><string>y</string>",
     "<key>password</key><string>redacted</string><key>user</key><string>y</string>"},
    {"another element", "<name>password</name><type>string</type><value>a</value>", NULL},
    {"empty elements", "<name>password</name><value/><entry key=\"password\"/><a>b</a>", NULL},

    {"an empty entry", "<entry key=\"db.password\"></entry>\n<entry key=\"db.host\">a</entry>",
     NULL},
    {"no value",
     "<name>password</name><value><nil/></value><name>u</"
     "name><value><string>"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaa</string></value>",
     NULL},
    {"names of a property list", "<key>Secrets</key><dict><key>user</key><string>x</string></dict>",
     NULL},
    {"fields of a page",
     "<td><input type=\"text\" name=\"password\"> Forgot it?</td><a name=\"api_key\">API keys</a>"
     "<button name=\"reset_password\">Reset</button>",
     NULL},
    {"words of a page", "<li>Primary key: token</li>\n<li>a</li>", NULL},
    {"SOAP", "<key xsi:type=\"xsd:string\">password</key><value xsi:type=\"xsd:string\">x</value>",
     "<key xsi:type=\"xsd:string\">password</key><value xsi:type=\"xsd:string\">redacted</value>"},
    {"CDATA", "<property name=\"password\"><![CDATA[x]]></property>",
     "<property name=\"password\"><![CDATA[redacted]]></property>"},
    {"CDATA on its own line", "<name>password</name><value>\n <![CDATA[x]]>\n</value>",
     "<name>password</name><value>\n <![CDATA[redacted]]>\n</value>"},
    {"an attribute in the next line", "<property name=\"password\"\n    value=\"x\"/>",
     "<property name=\"password\"\n    value=\"redacted\"/>"},
    {"web.xml", "<param-name>password</param-name>\n<param-value>x</param-value>",
     "<param-name>password</param-name>\n<param-value>redacted</param-value>"},

    /* Secrets of Kubernetes */
    {"data below the kind",
     "kind: Secret\nmetadata:\n  name: a\ndata:\n  b: x\n  # a note\n\n  \"c.d\": y\nstringData:\n "
     " e: |\n    z\n",
     "kind: Secret\nmetadata:\n  name: a\ndata:\n  b: redacted\n  # a note\n\n  \"c.d\": redacted\n"
     "stringData:\n  e: |\n    redacted\n"},
    {"above it, in a list",
     "items:\n- data:\n    a: x\n  kind: Secret\n- data:\n    a: y\n  kind: Secret\n",
     "items:\n- data:\n    a: redacted\n  kind: Secret\n- data:\n    a: redacted\n  kind: "
     "Secret\n"},
    {"in one line", "data: {a: x, b: y}\r\nkind: 'Secret'\r\n",
     "data: redacted\r\nkind: 'Secret'\r\n"},
    {"lines without a name", "kind: Secret\ndata:\n  a: !!binary |\n    x\n    y\n  b: &c z\n",
     "kind: Secret\ndata:\n  a: redacted\n    redacted\n    redacted\n  b: redacted\n"},
    {"a document of many",
     "kind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\ndata:\n  a: x\n---\ndata:\n  a: c\n",
     "kind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\ndata:\n  a: redacted\n---\ndata:\n  a: "
     "c\n"},
    {"a list of kinds",
     "items:\n- data:\n    a: b\n  kind: ConfigMap\n- data:\n    a: x\n  kind: Secret\nkind: "
     "List\n",
     "items:\n- data:\n    a: b\n  kind: ConfigMap\n- data:\n    a: redacted\n  kind: "
     "Secret\nkind: List\n"},
    {"all of a line",
     "kind: Secret\nstringData:\n  a: a\"b\n  b: a<b\n  c: host=db user=u port=5 # a note\n  d: "
     "a=b;User=c\n",
     "kind: Secret\nstringData:\n  a: redacted\n  b: redacted\n  c: redacted # a note\n  d: "
     "redacted\n"},
    {"what kubectl writes beside it",
     "metadata:\n  annotations:\n    last: |\n      {\"data\":{\"a\":\"x\"},\"kind\":\"Secret\"}\n",
     "metadata:\n  annotations:\n    last: |\n      "
     "{\"data\":{\"a\":\"redacted\"},\"kind\":\"Secret\"}\n"},
    {"a context of Codefresh", "kind: context\nspec:\n  type: secret\n  data:\n    a: x\n",
     "kind: context\nspec:\n  type: secret\n  data:\n    a: redacted\n"},
    {"another kind's list", "kind: SecretListener\ndata:\n  a: b\n", NULL},
    {"no data", "kind: Secret\ndata: {}\n", NULL},
    {"a kind elsewhere", "spec:\n  names:\n    kind: Secret\n  x:\n    data:\n      type: object\n",
     NULL},
    {"data elsewhere", "kind: Secret\nspec:\n  data:\n    a: b\n", NULL},
    {"another kind", "kind: SecretStore\ndata:\n  a: b\n", NULL},
};

static void test_rows(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str in = exact_copy(str_from(rows[i].in)), out;
        struct str expected = str_from(rows[i].out ? rows[i].out : rows[i].in);

        out = redact(NULL, arena, BODY, in);
        if (!str_equal(out, expected))
            fail_msg("%s: %.*s", rows[i].label, STR_ARG(out));
        EXPECT(rows[i].label, str_equal(redact(NULL, arena, BODY, out), expected));
        free_copy(in);
    }
    arena_free(arena);
}

/* What is sent to a path of secrets need not say what it is. */
static void test_a_path_of_secrets(void **state)
{
    struct arena *arena = arena_new();
    struct event event = {.url = STR(SECRETS), .body = STR("data:\n  a: x\nb: c\n")};

    (void)state;
    assert_true(redactor_event(NULL, arena, &event));
    EXPECT("data", str_equal(event.body, STR("data:\n  a: redacted\nb: c\n")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_a_path_of_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
