/* SPDX-License-Identifier: MIT */
/* Lists of `?` for IN: of fixed lengths, so that few statements get prepared; what is left over repeats a value. */
#ifndef DAYBOOK_STORE_MARKS_H
#define DAYBOOK_STORE_MARKS_H

#define MARKS_FOUR(text) text ", " text ", " text ", " text
#define MARKS_64 "(" MARKS_FOUR(MARKS_FOUR(MARKS_FOUR("?"))) ")"
#define MARKS_256 "(" MARKS_FOUR(MARKS_FOUR(MARKS_FOUR(MARKS_FOUR("?")))) ")"

#endif
