#pragma once
#include <string>

namespace heed::store {

/// Registers (once) an SQLite VFS over the one named `under` (empty: the system's) that collects what is written
/// to a write-ahead log and hands it down in pieces of up to 120,000 bytes; returns its name, for the writer's
/// connection. SQLite itself makes two calls a page, with 24 and 4096 bytes, each across two pages of the file:
/// that was a fifth of the writer's CPU time.
///
/// Safe because nobody may read a frame before the log was flushed: under synchronous=FULL SQLite syncs the log
/// before it publishes a commit in the shared index, and sync, reads, size and truncation hand down first.
std::string log_batching_vfs(const std::string& under);

}  // namespace heed::store
