#include "api/verdict_form.h"

namespace heed::api {

using namespace casework;

namespace {
constexpr std::size_t kFactsBytesMax = 20'000, kActionsMax = 8, kWordBytesMax = 64;
}

ItemVerdict read_verdict(FieldReader& parent, Json json, const std::string& at, bool with_item) {
  FieldReader in(json, at);
  ItemVerdict verdict;
  if (with_item) {
    std::string_view text = in.required_string("item_id", 1, kWordBytesMax);
    auto item = ItemId::parse(text);
    if (item) {
      verdict.item = *item;
    } else if (!text.empty()) {
      in.error("item_id", "is not an id of an item");
    }
  }
  std::string_view outcome = in.required_string("outcome", 1, kWordBytesMax);
  if (outcome == "violation" || outcome == "no_violation") {
    verdict.outcome = outcome == "violation" ? Outcome::Violation : Outcome::NoViolation;
  } else if (!outcome.empty()) {
    in.error("outcome", "must be one of: violation, no_violation");
  }
  verdict.clause = checked_token(in, "clause", in.optional_string("clause", kWordBytesMax));
  verdict.ground = choice(in, "ground", Ground::Terms);
  verdict.category = checked_token(in, "category", in.optional_string("category", kWordBytesMax));
  verdict.group = checked_token(in, "group", in.optional_string("group", kWordBytesMax));
  verdict.language = checked_token(in, "language", in.optional_string("language", kWordBytesMax));
  verdict.facts = checked_text(in, "facts", in.optional_string("facts", kFactsBytesMax));
  std::size_t i = 0;
  in.optional_array("actions", kActionsMax).each([&](Json element) {
    FieldReader action(element, at + "/actions/" + std::to_string(i++));
    VerdictAction out;
    std::string_view kind = action.required_string("kind", 1, kWordBytesMax);
    if (auto known = policy::parse_action(kind)) {
      out.kind = *known;
    } else if (!kind.empty()) {
      action.error("kind", "must be one of: none, label, interstitial, limit, hide, remove, warn, suspend");
    }
    out.until = action.optional_time("until").value_or(Time{});
    verdict.actions.push_back(out);
    in.merge(action.take_errors());
  });
  parent.merge(in.take_errors());
  return verdict;
}

schema::Text verdict_schema(bool with_item) {
  using namespace schema;
  Fields fields;
  if (with_item) {
    fields.push_back({"item_id", id("itm")});
  }
  const Text action =
      object({{"kind", words({"none", "label", "interstitial", "limit", "hide", "remove", "warn", "suspend"})},
              {"until?", time()}});
  Fields rest{{"outcome", words({"violation", "no_violation"})},
              {"clause?", string(kWordBytesMax)},
              {"ground?", words(names_of<Ground>())},
              {"category?", string(kWordBytesMax)},
              {"group?", string(kWordBytesMax)},
              {"language?", string(kWordBytesMax)},
              {"actions?", array(action, kActionsMax)},
              {"facts?", string(kFactsBytesMax)}};
  fields.insert(fields.end(), rest.begin(), rest.end());
  return object(fields);
}

}  // namespace heed::api
