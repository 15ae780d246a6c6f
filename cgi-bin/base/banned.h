/* SPDX-License-Identifier: MIT */
/*
 * Functions that are easy to use wrongly and have a safer sibling here. The build forces this file
 * into every C file, before anything else, so that a call to one of them does not compile. The
 * headers that declare them come first: included again later, they find their guards set.
 */
#ifndef DAYBOOK_BASE_BANNED_H
#define DAYBOOK_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(function, instead) function##_is_banned_##instead

/* No bound on what they write. */
#undef strcpy
#define strcpy(...) BANNED(strcpy, use_strbuf)
#undef strcat
#define strcat(...) BANNED(strcat, use_strbuf)
#undef strncat
#define strncat(...) BANNED(strncat, use_strbuf)
#undef sprintf
#define sprintf(...) BANNED(sprintf, use_snprintf_or_strbuf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, use_vsnprintf_or_strbuf)
#undef gets
#define gets(...) BANNED(gets, use_fgets)

/* May leave the result without its end. */
#undef strncpy
#define strncpy(...) BANNED(strncpy, use_memcpy_with_a_length)

/* Hidden state between calls. */
#undef strtok
#define strtok(...) BANNED(strtok, use_struct_str)
#undef gmtime
#define gmtime(...) BANNED(gmtime, use_gmtime_r)
#undef localtime
#define localtime(...) BANNED(localtime, use_localtime_r)
#undef ctime
#define ctime(...) BANNED(ctime, use_base_clock)
#undef asctime
#define asctime(...) BANNED(asctime, use_base_clock)

/* Cannot tell 0 from nonsense. */
#undef atoi
#define atoi(...) BANNED(atoi, use_base_parse)
#undef atol
#define atol(...) BANNED(atol, use_base_parse)
#undef atoll
#define atoll(...) BANNED(atoll, use_base_parse)
#undef atof
#define atof(...) BANNED(atof, use_base_parse)

/* Can be guessed. */
#undef rand
#define rand(...) BANNED(rand, use_getrandom)
#undef srand
#define srand(...) BANNED(srand, use_getrandom)

/* A shell reads the text. */
#undef system
#define system(...) BANNED(system, use_posix_spawn)
#undef popen
#define popen(...) BANNED(popen, use_posix_spawn)

#endif
