#pragma once

namespace heed::store {

/// Makes SQLite keep pages in a cache of ours; before SQLite is used first, once in the process.
///
/// SQLite's own finds a page through a hash table and, after every commit in which a page was split, walks the whole
/// table to look for pages beyond the file's end: balancing renumbers a page to one far away for a moment. With 64 MB
/// of cache that was a twentieth of a report's work. Here a page is found by its number in a table of two levels, and
/// what is given up is chosen by a clock hand, so that using a page writes to no list.
void use_own_page_cache();

}  // namespace heed::store
