#include "api/preview.h"

#include <vector>

#include "casework/second_person.h"
#include "ledger/store.h"

namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kShownMax = 3;  // texts of a kind that are rendered: each unseals evidence on the writer's thread

/// Stands where a link will be.
class NoLinks final : public Links {
 public:
  std::string case_page(const PersonHash&, CaseId) const override { return "[…]"; }
  std::string appeal_page(const PersonHash&, CaseId, DecisionId) const override { return "[…]"; }
};

struct Told {
  std::vector<NoticeRow> notices;
  std::size_t all = 0;
  void add(const NoticeRow& notice) {
    if (++all; notices.size() < kShownMax) {
      notices.push_back(notice);
    }
  }
};

Result<void> write_told(JsonWriter& out, std::string_view name, ledger::View& view, const RenderEnv& env,
                        const Told& told) {
  out.key(name).begin_array();
  for (NoticeRow notice : told.notices) {
    notice.channel = Channel::Page;  // as text, whatever way it goes: no address is needed
    auto parcel = render(view, env, notice);
    if (!parcel) {
      continue;  // erased: nobody reads it
    }
    out.begin_object().field("party", notice.party).field("subject", parcel->subject).field("text", parcel->text);
    out.field("locale", parcel->locale).key("not_before");
    if (const Time from = notice.pending_from.value_or(Time{}); from > notice.at) {
      out.value(format_time(from));
    } else {
      out.null();
    }
    out.end_object();
  }
  out.end_array();
  return {};
}

}  // namespace

Result<std::string> told_json(Context& context, const ToldBy& act, RenderEnv env) {
  TRY(context.finish());
  Told reporters, authors;
  // The notices of this act are the newest of the case.
  auto prefix = ledger::cells(act.case_id);
  TRY(ledger::scan<NoticeRow>(
      context.tx(), {.index = NoticeRow::kByCase, .prefix = prefix, .descending = true}, [&](const NoticeRow& notice) {
        if (notice.seq < act.seq) {
          return false;
        }
        if (notice.kind == NoticeKind::Outcome || notice.kind == NoticeKind::OutcomeReversed ||
            notice.kind == NoticeKind::AppealOutcome) {
          reporters.add(notice);
        } else if (notice.kind == NoticeKind::StatementOfReasons || notice.kind == NoticeKind::StatementReversed) {
          authors.add(notice);
        }
        return true;
      }));
  const NoLinks no_links;
  env.links = &no_links;
  JsonWriter out;
  out.begin_object()
      .field("outcomes", static_cast<std::int64_t>(reporters.all))
      .field("statements", static_cast<std::int64_t>(authors.all));
  TRY(write_told(out, "to_reporters", context.tx(), env, reporters));
  TRY(write_told(out, "to_authors", context.tx(), env, authors));
  out.field("orders", static_cast<std::int64_t>(act.orders))
      .field("case_closed", act.closed)
      .field("second_person", act.second_person)
      .end_object();
  return out.take();
}

Result<std::string> preview_json(Context& context, const DecideCommand& command, RenderEnv env) {
  DecideCommand confirmed = command;
  confirmed.as_confirmed = true;
  const DecideResult decided = TRY(decide(context, confirmed));
  return told_json(
      context,
      {command.case_id, decided.seq, decided.actions.size(), decided.closed, take_two(context.policy(), command.items)},
      std::move(env));
}

schema::Text preview_schema() {
  using namespace schema;
  const Text text = object({{"party", integer(0)},
                            {"subject", string()},
                            {"text", string()},
                            {"locale", string()},
                            {"not_before", R"({"type":["string","null"]})"}});
  return object({{"outcomes", integer(0)},
                 {"statements", integer(0)},
                 {"to_reporters", array(text)},
                 {"to_authors", array(text)},
                 {"orders", integer(0)},
                 {"case_closed", boolean()},
                 {"second_person", boolean()}});
}

}  // namespace heed::api
