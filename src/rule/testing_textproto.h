#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace heed::rule {

/// A message of protocol buffers' text format, as far as the conformance files go: no schema, every scalar a
/// text. Tests only.
struct TextProto {
  struct Field;
  std::string scalar;  ///< decoded where it was a string
  bool is_message = false;
  std::vector<Field> fields;

  const TextProto* find(std::string_view name) const;
  /// The scalar of a field, or "".
  std::string text(std::string_view name) const;
};
struct TextProto::Field {
  std::string name;
  TextProto value;
};

Result<TextProto> read_textproto(std::string_view text);

}  // namespace heed::rule
