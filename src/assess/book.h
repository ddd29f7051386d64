#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heed::assess {

/// Names with numbers, dense from 0 in the order in which they came.
class Names {
 public:
  std::uint32_t add(std::string_view name) {
    if (const auto known = find(name)) {
      return *known;
    }
    const auto number = static_cast<std::uint32_t>(all_.size());
    all_.emplace_back(name);
    numbers_.emplace(name, number);
    return number;
  }
  std::optional<std::uint32_t> find(std::string_view name) const {
    const auto at = numbers_.find(name);
    return at == numbers_.end() ? std::nullopt : std::optional(at->second);
  }
  const std::vector<std::string>& all() const { return all_; }
  std::size_t size() const { return all_.size(); }

 private:
  std::vector<std::string> all_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

/// What the rules of a pack may ask for by name, and what they ask for: phrases and patterns go into the one scan.
struct Book {
  Names lists, categories;  ///< of the pack's lists
  Names phrases;            ///< terms as in a list, found as whole words
  Names folded, original;   ///< patterns and literal texts, in folded text and in the post's own bytes
  std::vector<bool> folded_literal, original_literal;  ///< by number; else RE2 syntax
};

}  // namespace heed::assess
