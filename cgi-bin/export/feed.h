/* SPDX-License-Identifier: MIT */
/* A log in the order of arrival, for programs that follow it: /api/v1/… with `after`. */
#ifndef DAYBOOK_FEED_H
#define DAYBOOK_FEED_H

#include "export/export.h"
#include "query/params.h"
#include "store/account_store.h"
#include "store/reader.h"
#include "web/request.h"
#include "web/response.h"

struct feed {
    struct reader *reader;
    const struct account *account;
    const struct params
        *params; /* has_after; filter.kind says which; bounded by the account's plan */
    enum export_format format;
};

/*
 * Answers, within the read transaction that is open on the reader's connection, and ends it: at most params->limit of what matches and has
 * arrived after params->after, with the cursor to go on from in Link and in Daybook-After, also where nothing has come.
 */
void feed_serve(const struct feed *feed, struct request *request, struct response *response);

#endif
