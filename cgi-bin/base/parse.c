/* SPDX-License-Identifier: MIT */
/* Checked numbers; see the header for what counts as one. */
#include "base/parse.h"

bool parse_u64(struct str text, uint64_t min, uint64_t max, uint64_t *value)
{
    uint64_t number = 0;

    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)text.ptr[i] - '0';

        if (digit > 9 || number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (number < min || number > max)
        return false;
    *value = number;
    return true;
}

int parse_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool parse_hex16(struct str text, uint64_t *value)
{
    uint64_t number = 0;

    if (text.len != 16)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int digit = parse_hex_digit(text.ptr[i]);

        if (digit < 0 || (text.ptr[i] >= 'A' && text.ptr[i] <= 'F'))
            return false;
        number = number << 4 | (uint64_t)digit;
    }
    *value = number;
    return true;
}
