#include "adapters/coral/phase.h"

#include <algorithm>

#include "adapters/coral/plain_text.h"
#include "adapters/lenient_json.h"

namespace heed::adapters::coral {
namespace {

constexpr std::size_t kTextBytesMax = 256 << 10;

bool any_of(const Opinion& opinion, std::initializer_list<policy::ActionKind> kinds) {
  return std::any_of(kinds.begin(), kinds.end(), [&](policy::ActionKind kind) {
    return std::find(opinion.actions.begin(), opinion.actions.end(), kind) != opinion.actions.end();
  });
}

std::string_view status_of(const Opinion& opinion) {
  using enum policy::ActionKind;
  const bool acts = opinion.verdict == Opinion::Verdict::Act;
  if (acts && any_of(opinion, {Remove})) {
    return "REJECTED";
  }
  if (opinion.review || (acts && any_of(opinion, {Hide, Limit, Suspend}))) {
    return "SYSTEM_WITHHELD";
  }
  return "NONE";
}

}  // namespace

Result<std::string> read_comment(JsonParser& parser, std::string_view body) {
  Json json = TRY(parse_leniently(parser, body));
  auto text = json["comment"]["body"].string();
  if (!text) {
    return invalid("/comment/body", "must be a string");
  }
  if (text->size() > kTextBytesMax) {
    return fail(Code::TooLarge, "a comment may have at most " + std::to_string(kTextBytesMax) + " bytes");
  }
  return plain_text(*text);
}

std::string phase_answer(const Opinion& opinion) {
  if (opinion.verdict == Opinion::Verdict::None) {
    return {};
  }
  JsonWriter out;
  out.begin_object()
      .field("status", status_of(opinion))
      .key("actions")
      .begin_array()
      .begin_object()
      .field("actionType", "FLAG");
  out.field("reason", opinion.category == "spam" ? "COMMENT_DETECTED_SPAM" : "COMMENT_DETECTED_TOXIC")
      .end_object()
      .end_array()
      .end_object();
  return out.take();
}

}  // namespace heed::adapters::coral
