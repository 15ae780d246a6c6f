/* SPDX-License-Identifier: MIT */
/* What a download is asked for: by which way, of what, in which form. */
#ifndef DAYBOOK_DOWNLOAD_REQUEST_H
#define DAYBOOK_DOWNLOAD_REQUEST_H

#include "export/export.h"
#include "query/params.h"
#include "web/request.h"
#include "web/response.h"

enum download_way {
    DOWNLOAD_ACCOUNT,   /* /{account}/…: a person */
    DOWNLOAD_ALL,       /* /-/…: an operator */
    DOWNLOAD_API,       /* /api/v1/…: a program */
    DOWNLOAD_CODEFRESH, /* /api/audit/download */
};

struct download_request {
    enum download_way way;
    enum export_format format;
    struct params params; /* filter.kind is set */
};

enum download_way download_way(const struct request *request);

/* In which form the answers of a way are, errors too; before anything else is done with the response. */
void download_speak(const struct request *request, struct response *response);

/* Reads path and parameters.  False: the answer has been sent. */
bool download_request_read(struct request *request, struct response *response,
                           struct download_request *download);

/* 400: says what is wrong with the parameters; a person is led to the list, which has a form for them. */
void download_request_refuse(struct response *response, struct str complaint);

#endif
