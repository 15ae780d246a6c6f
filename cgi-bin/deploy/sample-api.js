// SPDX-License-Identifier: MIT
//
// A small API to try the capture with: pipelines and projects that are always the same. It keeps nothing; what is made, changed
// or deleted is answered as if it had been. Its description is sample-api.openapi.json. Written for njs 0.7.9.

const PROJECTS = [
    {id: '65a1c0de0000000000000001', name: 'demo', tags: ['example']},
    {id: '65a1c0de0000000000000002', name: 'website', tags: []},
];
const PIPELINES = [
    {id: '65b1c0de0000000000000001', name: 'demo/build', project: 'demo', replicas: 1},
    {id: '65b1c0de0000000000000002', name: 'demo/deploy', project: 'demo', replicas: 2},
    {id: '65b1c0de0000000000000003', name: 'website/build', project: 'website', replicas: 1},
];
const READERS = ['guest'];

function send(r, status, value, location) {
    r.headersOut['Content-Type'] = 'application/json';
    if (location) {
        r.headersOut.Location = location;
    }
    r.return(status, value === undefined ? '' : JSON.stringify(value) + '\n');
}

function fail(r, status, message) {
    send(r, status, {error: message});
}

function new_id(r) {
    return r.variables.request_id.slice(0, 24);
}

// The object in the request's body; null when it is none.
function body_of(r) {
    try {
        const value = JSON.parse(r.requestText || '{}');

        return typeof value === 'object' && !Array.isArray(value) ? value : null;
    } catch (e) {
        return null;
    }
}

// A member of the object itself, not of what every object has.
function own(object, key) {
    return Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
}

function find(list, key) {
    return list.filter(one => one.id === key || one.name === key)[0];
}

function all(r, list) {
    send(r, 200, list);
}

function create(r, list, path) {
    const body = body_of(r);

    if (!body || typeof body.name !== 'string' || body.name === '') {
        fail(r, 400, 'a JSON object with a "name" is needed');
    } else if (find(list, body.name)) {
        fail(r, 409, body.name + ' exists already');
    } else {
        const made = Object.assign({id: new_id(r)}, body);

        send(r, 201, made, path + '/' + made.id);
    }
}

function show(r, one) {
    send(r, 200, one);
}

function change(r, one) {
    const body = body_of(r);

    if (!body) {
        fail(r, 400, 'a JSON object is needed');
    } else {
        send(r, 200, Object.assign({}, one, body));
    }
}

function remove(r) {
    send(r, 204);
}

function run(r, one) {
    const id = new_id(r);

    send(r, 201, {build: id, pipeline: one.name}, '/api/builds/' + id);
}

// What can be done to a list, to one of it, and what else can be done with one.
const RESOURCES = {
    projects: {list: PROJECTS, one: {GET: show, PATCH: change, DELETE: remove}, actions: {}},
    pipelines: {list: PIPELINES, one: {GET: show, PATCH: change, DELETE: remove}, actions: {run: run}},
};

function refuse_method(r, known) {
    r.headersOut.Allow = known.join(', ');
    fail(r, 405, 'only ' + known.join(', ') + ' is possible here');
}

function answer_list(r, method, resource, path) {
    if (method === 'GET') {
        all(r, resource.list);
    } else if (method === 'POST') {
        create(r, resource.list, path);
    } else {
        refuse_method(r, ['GET', 'POST']);
    }
}

function answer_one(r, method, resource, key, action) {
    const one = find(resource.list, key);
    const act = own(resource.actions, action);
    const methods = action === undefined ? resource.one : {POST: act};

    if (action !== undefined && !act) {
        fail(r, 404, 'nothing is here');
    } else if (!one) {
        fail(r, 404, 'there is no ' + key);
    } else if (own(methods, method)) {
        methods[method](r, one);
    } else {
        refuse_method(r, Object.keys(methods));
    }
}

// Names come as segments of the path as it was sent: demo%2Fbuild is one.
function segments_of(r) {
    return r.variables.request_uri.split('?')[0].split('/').slice(1).map(decodeURIComponent);
}

function answer(r) {
    let segments;

    try {
        segments = segments_of(r);
    } catch (e) {
        fail(r, 400, 'the path is not UTF-8');
        return;
    }
    const resource = segments[0] === 'api' ? own(RESOURCES, segments[1]) : undefined;
    const method = r.method === 'HEAD' ? 'GET' : r.method;
    const writes = method !== 'GET';
    const user = r.variables.remote_user;

    if (!resource || segments.length > 4) {
        fail(r, 404, 'nothing is here');
    } else if (writes && !user) {
        r.headersOut['WWW-Authenticate'] = 'Basic realm="Sample API"';
        fail(r, 401, 'say who you are: any name will do');
    } else if (writes && READERS.includes(user)) {
        fail(r, 403, user + ' may only read');
    } else if (segments.length === 2) {
        answer_list(r, method, resource, '/api/' + segments[1]);
    } else {
        answer_one(r, method, resource, segments[2], segments[3]);
    }
}

export default {answer};
