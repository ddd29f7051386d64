#pragma once
#include <span>
#include <string>
#include <string_view>

/// What is held about people, why, for how long, and who sees it: the page docs/privacy.md, written from this code.
namespace heed::casework {

/// One kind of thing that is held.
struct Holding {
  std::string_view data, purpose, term, seen_by;
};
std::span<const Holding> holdings();

/// The whole page: what is held, then every kind of event with what each side sees of it, from the visibility table.
std::string privacy_page();

}  // namespace heed::casework
