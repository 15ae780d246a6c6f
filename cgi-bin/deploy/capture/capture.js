// SPDX-License-Identifier: MIT
//
// What nginx's own variables cannot give to a capture line: every request header, the first bytes of the answer, a claim of a
// JWT. Secrets become digests before they reach the disk. Never breaks a call: what goes wrong here is left out of the line.
// Written for njs 0.7.9, where a header's value is a string of bytes.

import crypto from 'crypto';

const HEAD_BYTES = 4096;
const CLAIM_BYTES_MAX = 1024;
const OWN_HEADERS = ['X-Daybook-Account', 'X-Daybook-User', 'X-Daybook-Source'];

// What is in a name; as lower-case words with - _ or a dot between them.
const AUTHORIZATION_NAME = /authori[sz]ation|authentication$/;
const COOKIE_NAME = /^cookie2?$/;
const SECRET_NAME = new RegExp('token|secret|passw|passphrase|passcode|pwd|credential|cookie' +
    '|(api|app|application|access|account|auth|encryption|functions|master|private|shared|signing|subscription)[-_.]?key' +
    '|sess(ion)?[-_.]?id|(^|[-_.])(session|sid|jwt|samlresponse|assertion|otp|totp|pin|pass|auth)$');

// The word in front of a credential is shown when it is one of these; any other could belong to the secret.
const SCHEME = new RegExp('^(apikey|api-key|aws4-hmac-sha256|basic|bearer|digest|dpop|geniekey|gnap|hawk|hmac|hoba|jwt|key|mac' +
    '|mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-1|scram-sha-256|sharedkey|signature|splunk|ssws|token|vapid' +
    '|zoho-oauthtoken)[ \t]+', 'i');

// The bytes themselves: as text, what is not UTF-8 would be replaced.
function bytes_of(text) {
    const codes = [];

    for (let i = 0; i < text.length; i++) {
        codes.push(text.charCodeAt(i));
    }
    return codes.some(code => code > 255) ? Buffer.from(text) : Buffer.from(codes);
}

function digest(bytes) {
    return 'sha256:' + crypto.createHash('sha256').update(bytes).digest('hex');
}

function hide(secret) {
    return secret === '' ? '' : digest(bytes_of(secret));
}

// Of name:password the password is the secret; the name stands in the line as $remote_user.
function hide_basic(credential) {
    const decoded = Buffer.from(credential, 'base64');
    const colon = decoded.indexOf(0x3a);

    return colon < 0 ? hide(credential) : digest(decoded.slice(colon + 1));
}

function hide_authorization(value) {
    const found = SCHEME.exec(value);
    const start = found ? found[0] : '';
    const credential = value.slice(start.length);

    return start + (/^basic/i.test(start) ? hide_basic(credential) : hide(credential));
}

function hide_cookie(pair) {
    const start = /^[ \t]*([^=]*=[ \t]*)?/.exec(pair)[0];
    const end = /[ \t]*$/.exec(pair)[0];

    return start.length + end.length >= pair.length ?
        pair : start + hide(pair.slice(start.length, pair.length - end.length)) + end;
}

// [name, value], and a third element where the value is not as it came: anybody can send what looks like a digest.
function header(pair) {
    const name = pair[0];
    const value = pair[1];
    const folded = name.toLowerCase();

    if (AUTHORIZATION_NAME.test(folded)) {
        return [name, hide_authorization(value), 1];
    }
    if (COOKIE_NAME.test(folded)) {
        return [name, value.split(';').map(hide_cookie).join(';'), 1];
    }
    return SECRET_NAME.test(folded) ? [name, hide(value), 1] : [name, value];
}

// js_set: all request headers in their order, as a JSON array.
function headers(r) {
    try {
        return JSON.stringify(r.rawHeadersIn.map(header));
    } catch (e) {
        return '';
    }
}

// js_body_filter: keeps the first bytes as hexadecimal digits and hands everything on as it came.
function response_head(r, data, flags) {
    let full = true;

    try {
        const head = (r.variables.daybook_response_head || '') + data.slice(0, HEAD_BYTES).toString('hex');

        r.variables.daybook_response_head = head.slice(0, 2 * HEAD_BYTES);
        full = head.length >= 2 * HEAD_BYTES;
    } catch (e) {
        // The line goes without.
    }
    r.sendBuffer(data, flags);
    if (full) {
        r.done();
    }
}

// js_header_filter: what the API says to Daybook is not for the client.
function hide_headers(r) {
    try {
        OWN_HEADERS.forEach(name => delete r.headersOut[name]);
    } catch (e) {
        // They are only names.
    }
}

// The claim of a bearer JWT, which is not verified here: only for an API or a front that refuses what is forged.
function jwt_claim(r, name) {
    try {
        const found = /^bearer +[^.]+\.([A-Za-z0-9_-]+)\.[^.]*$/i.exec(r.headersIn.Authorization);
        const claim = JSON.parse(Buffer.from(found[1], 'base64url').toString())[name];

        return typeof claim === 'string' && claim.length <= CLAIM_BYTES_MAX ? claim : '';
    } catch (e) {
        return '';
    }
}

function jwt_sub(r) {
    return jwt_claim(r, 'sub');
}

function jwt_email(r) {
    return jwt_claim(r, 'email');
}

function jwt_username(r) {
    return jwt_claim(r, 'preferred_username');
}

export default {headers, response_head, hide_headers, jwt_sub, jwt_email, jwt_username};
