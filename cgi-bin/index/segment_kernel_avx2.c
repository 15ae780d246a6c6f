/* SPDX-License-Identifier: MIT */
/* The loops for x86-64 with AVX2. */
#define KERNEL_NAME segment_kernel_avx2
#if defined(__x86_64__)
#define KERNEL_VECTOR_BYTES 32
#define KERNEL_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define KERNEL_POPCOUNT 1
#else
#define KERNEL_VECTOR_BYTES 16
#define KERNEL_TARGET
#define KERNEL_POPCOUNT 0
#endif
#include "index/segment_kernel_body.h"
