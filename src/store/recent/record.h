#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "post/recent_posts.h"

namespace heed::store::recent {

/// One record inside a block, as views into its bytes.
struct RecordView {
  post::StoredPost::Change change = post::StoredPost::Change::New;
  bool gone = false;  ///< forgotten or erased: nothing but its place is left
  Time at{}, created_at{};
  std::string_view id, author, json, signals;
  std::string_view targets;  ///< length-prefixed
  bool aimed_at(std::string_view target) const;
};

void encode_record(std::string& out, const post::PostRecord& record);
void encode_record(std::string& out, const RecordView& record);
/// What stays in the place of a record whose contents were removed.
void encode_gone(std::string& out);
/// False when the bytes are no record.
bool decode_record(std::string_view bytes, RecordView& out);
post::StoredPost stored_post(const RecordView& record, std::uint64_t arrival);

}  // namespace heed::store::recent
