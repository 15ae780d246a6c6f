/* SPDX-License-Identifier: MIT */
/* The loops for any processor; compilers make SSE2 or NEON of vectors of 16 bytes. */
#define KERNEL_NAME segment_kernel_plain
#define KERNEL_VECTOR_BYTES 16
#define KERNEL_TARGET
#define KERNEL_POPCOUNT 0
#include "index/segment_kernel_body.h"
