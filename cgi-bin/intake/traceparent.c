/* SPDX-License-Identifier: MIT */
/* Only where the parts stand counts: a later version may add further ones. */
#include "intake/traceparent.h"

struct str traceparent_trace(struct str value)
{
    enum { VERSION_BYTES = 3, TRACE_BYTES = 32 };
    struct str trace = str_slice(value, VERSION_BYTES, TRACE_BYTES);
    bool known = value.len > VERSION_BYTES + TRACE_BYTES && value.ptr[VERSION_BYTES - 1] == '-' &&
                 value.ptr[VERSION_BYTES + TRACE_BYTES] == '-';

    return known ? trace : (struct str){NULL, 0};
}
