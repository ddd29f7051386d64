#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"

/// What happened lately, in bounded memory.
namespace heed::stream {

/// One post, as windows see it.
struct Event {
  std::string_view author;
  std::span<const std::string_view> targets;  ///< whom it is aimed at; those beyond the first kTargetsMax are let be
  Time at{};                                  ///< the platform's clock
  bool hostile = false;                       ///< lists, rules or the model do not leave it alone
};

/// The latest entries of one author or target by their time, in whatever order they came; a copy, so that it can be
/// looked at later.
class Recent {
 public:
  static constexpr std::size_t kKept = 32;
  struct Entry {
    std::uint32_t second = 0, who = 0;  ///< who: a hash of the author; its lowest bit says hostile
  };

  void add(Entry entry);
  /// Entries of (at - minutes, at]; of one author, or of all (0); at most kKept, which means "that many or more".
  std::int64_t posts(std::uint32_t at, std::int64_t minutes, std::uint32_t who = 0) const;
  std::int64_t authors(std::uint32_t at, std::int64_t minutes) const;

 private:
  void add_late(Entry entry);
  std::array<Entry, kKept> entries_;  ///< a ring, sorted by time: the oldest is at next_ once it is full
  std::uint8_t next_ = 0, size_ = 0;
};

/// What the windows hold of a post's author and targets. Counts of targets are of the one with most.
struct Seen {
  static constexpr std::size_t kTargetsMax = 8;
  std::uint32_t at = 0, who = 0;
  Recent author;
  std::array<Recent, kTargetsMax> targets;
  std::size_t target_count = 0;

  std::int64_t posts_by_author(std::int64_t minutes) const { return author.posts(at, minutes); }
  std::int64_t posts_at_target(std::int64_t minutes) const;
  std::int64_t authors_at_target(std::int64_t minutes) const;
  std::int64_t posts_by_author_at_target(std::int64_t minutes) const;
};

/// Sliding windows over posts: per author all posts, per target the hostile ones. Of each the latest Recent::kKept are
/// kept, and each table holds so many authors or targets; where a set of eight is full, the one that was quiet longest
/// is forgotten. Nothing else is stored: no text, no name. The same posts in the same order give the same counts on
/// every machine. What is older than what came already counts where it belongs and displaces nothing newer, so that
/// windows can be filled with what was before a start while posts come in (api/windows_refill.h).
///
/// One thread at a time; in the order in which posts arrive.
class Windows {
 public:
  static constexpr std::int64_t kMinutesMax = 7 * 24 * 60;
  struct Limits {
    std::size_t authors = 1 << 16, targets = 1 << 16;  ///< made powers of two; 280 bytes each, taken when first used
  };
  explicit Windows(Limits limits);
  Windows() : Windows(Limits()) {}
  ~Windows();
  Windows(const Windows&) = delete;
  Windows& operator=(const Windows&) = delete;

  /// Takes the post in. `seen`, where given, gets what is known now, this post included.
  void add(const Event& event, Seen* seen);

 private:
  class Table;
  std::unique_ptr<Table> authors_, targets_;
};

}  // namespace heed::stream
