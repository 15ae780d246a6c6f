// SPDX-License-Identifier: MIT
//
// What nginx's own variables cannot give to a capture line: every request header, the first bytes of the answer, a claim of a
// JWT. Secrets become digests before they reach the disk. Never breaks a call: what goes wrong here is left out of the line.
// Written for njs 0.7.9, where a header's value is a string of bytes. What stands outside of functions is done anew for each
// request, so there is little of it, and regular expressions are literals: those alone are compiled once.

import crypto from 'crypto';

const HEAD_BYTES = 4096;
const CLAIM_BYTES_MAX = 1024;
const OWN_HEADERS = ['X-Daybook-Account', 'X-Daybook-User', 'X-Daybook-Source'];

// Only a name with one of these in it is looked at closely.
const SUSPECT_NAME = /auth|cookie|token|secret|pass|pwd|credential|key|sess|sid|jwt|saml|assertion|otp|pin/i;
const AUTHORIZATION_NAME = /authori[sz]ation|authentication$/i;
const COOKIE_NAME = /^cookie2?$/i;
const SECRET_WORD = /token|secret|passw|passphrase|passcode|pwd|credential|cookie|sess(ion)?[-_.]?id/i;
const SECRET_KEY = /(api|app|application|access|account|auth|encryption|functions|master|private|shared|signing|subscription)[-_.]?key/i;
const SECRET_END = /(^|[-_.])(session|sid|jwt|samlresponse|assertion|otp|totp|pin|pass|auth)$/i;

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
    if (secret === '') {
        return '';
    }
    return digest(/[^\x01-\x7f]/.test(secret) ? bytes_of(secret) : secret);
}

// Of name:password the password is the secret; the name stands in the line as $remote_user.
function hide_basic(credential) {
    const decoded = Buffer.from(credential, 'base64');
    const colon = decoded.indexOf(0x3a);

    return colon < 0 ? hide(credential) : digest(decoded.slice(colon + 1));
}

// The word in front of a credential is shown when it is one of these; any other could belong to the secret.
function is_scheme(word) {
    return ['apikey', 'api-key', 'aws4-hmac-sha256', 'basic', 'bearer', 'digest', 'dpop', 'geniekey', 'gnap', 'hawk', 'hmac',
        'hoba', 'jwt', 'key', 'mac', 'mutual', 'negotiate', 'ntlm', 'oauth', 'privatetoken', 'scram-sha-1', 'scram-sha-256',
        'sharedkey', 'signature', 'splunk', 'ssws', 'token', 'vapid', 'zoho-oauthtoken'].includes(word);
}

function hide_authorization(value) {
    const found = /^([A-Za-z0-9-]+)[ \t]+/.exec(value);
    const word = found ? found[1].toLowerCase() : '';

    if (!is_scheme(word)) {
        return hide(value);
    }
    const credential = value.slice(found[0].length);

    return found[0] + (word === 'basic' ? hide_basic(credential) : hide(credential));
}

// Without a regular expression: one that looks for spaces at the end looks at those in the middle too, again and again.
function hide_cookie(pair) {
    const start = /^[ \t]*([^=]*=[ \t]*)?/.exec(pair)[0].length;
    let end = pair.length;

    while (end > start && (pair[end - 1] === ' ' || pair[end - 1] === '\t')) {
        end--;
    }
    return pair.slice(0, start) + hide(pair.slice(start, end)) + pair.slice(end);
}

// [name, value], and a third element where the value is not as it came: anybody can send what looks like a digest.
function header(pair) {
    const name = pair[0];

    if (!SUSPECT_NAME.test(name)) {
        return pair;
    }
    if (AUTHORIZATION_NAME.test(name)) {
        return [name, hide_authorization(pair[1]), 1];
    }
    if (COOKIE_NAME.test(name)) {
        return [name, pair[1].split(';').map(hide_cookie).join(';'), 1];
    }
    return SECRET_WORD.test(name) || SECRET_KEY.test(name) || SECRET_END.test(name) ? [name, hide(pair[1]), 1] : pair;
}

// One that cannot be dealt with loses its value, and the others are still there.
function safe_header(pair) {
    try {
        return header(pair);
    } catch (e) {
        return [pair[0], '', 1];
    }
}

// js_set: all request headers in their order, as a JSON array.
function headers(r) {
    try {
        return JSON.stringify(r.rawHeadersIn.map(safe_header));
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
