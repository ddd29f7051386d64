#include "api/preview.h"

#include <vector>

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

Result<std::string> preview_json(Context& context, const DecideCommand& command, RenderEnv env) {
  const DecideResult decided = TRY(decide(context, command));
  TRY(context.finish());
  Told reporters, authors;
  // The notices of this act are the newest of the case.
  auto prefix = ledger::cells(command.case_id);
  TRY(ledger::scan<NoticeRow>(context.tx(), {.index = NoticeRow::kByCase, .prefix = prefix, .descending = true},
                              [&](const NoticeRow& notice) {
                                if (notice.seq == decided.seq && notice.kind == NoticeKind::Outcome) {
                                  reporters.add(notice);
                                } else if (notice.seq == decided.seq && notice.kind == NoticeKind::StatementOfReasons) {
                                  authors.add(notice);
                                }
                                return notice.seq >= decided.seq;
                              }));
  const NoLinks no_links;
  env.links = &no_links;
  JsonWriter out;
  out.begin_object()
      .field("outcomes", static_cast<std::int64_t>(reporters.all))
      .field("statements", static_cast<std::int64_t>(authors.all));
  TRY(write_told(out, "to_reporters", context.tx(), env, reporters));
  TRY(write_told(out, "to_authors", context.tx(), env, authors));
  out.field("orders", static_cast<std::int64_t>(decided.actions.size()))
      .field("case_closed", decided.closed)
      .end_object();
  return out.take();
}

}  // namespace heed::api
