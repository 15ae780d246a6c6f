/* SPDX-License-Identifier: MIT */
/* Chooses among the loops once compiled for each kind of processor.  No ifunc: sanitizers and other C libraries know none. */
#include "index/segment_private.h"

static const struct segment_kernel *chosen;

const struct segment_kernel *segment_kernel(void)
{
    if (!chosen) {
#if defined(__x86_64__)
        bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
#else
        bool wide = false;
#endif
        chosen = wide ? &segment_kernel_avx2 : &segment_kernel_plain;
    }
    return chosen;
}

void segment_kernel_use(const struct segment_kernel *kernel)
{
    chosen = kernel;
}
