/* SPDX-License-Identifier: MIT */
/*
 * Links to a list with a value of a call as a further filter: only such calls, or all others.  Everything else of the filter stays;
 * page and asof do not, so the list begins at the newest call.
 */
#ifndef DAYBOOK_PAGES_NARROW_H
#define DAYBOOK_PAGES_NARROW_H

#include "base/arena.h"
#include "query/params.h"

enum pages_narrow { PAGES_NARROW_ONLY, PAGES_NARROW_WITHOUT };

/*
 * The link to the list at `path`, of which `params` are those shown, narrowed by a value of `dimension` as it was recorded; the empty
 * value is "has none".  ONLY takes the place of every other value of the dimension; WITHOUT joins those that are left out, and if the value
 * was asked for, it no longer is.  Empty when no parameter can say it: a name that is "---", which stands for none.  In the arena.
 */
struct str pages_narrow(struct arena *arena, struct str path, const struct params *params,
                        enum filter_dimension dimension, struct str value, enum pages_narrow how);

/*
 * The same for the id and the name of an entity.  Empty for a value that is empty, for an id that ends in `*`, which would ask for all
 * that begin so, for what is longer than a parameter may be, and where FILTER_WITHOUT_MAX are left out already.
 */
struct str pages_narrow_entity_id(struct arena *arena, struct str path, const struct params *params,
                                  struct str entity_id, enum pages_narrow how);
struct str pages_narrow_entity_name(struct arena *arena, struct str path,
                                    const struct params *params, struct str entity_name,
                                    enum pages_narrow how);

/*
 * The list of what has `value` as its address, id or key: for what is found by search alone.  Takes the place of another text.
 * Empty for what a search does not take (web/response.h says which bytes a page can hold).
 */
struct str pages_narrow_text(struct arena *arena, struct str path, const struct params *params,
                             struct str value, enum filter_in in);

#endif
