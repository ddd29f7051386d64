#include "casework/notices.h"

#include <algorithm>

#include "api/resources.h"
#include "api/viewer.h"
#include "casework/telling_order.h"

namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kCasesLookedAtMax = 500;

/// A person's notices that are due, newest first.
Result<std::vector<NoticeRow>> notices_of(ledger::View& view, const access::Principal& who,
                                          const access::PersonHash& person, Time now) {
  std::vector<PartyRow> parties;
  auto prefix = ledger::cells(person);
  TRY(ledger::scan<PartyRow>(
      view, {.index = PartyRow::kByPerson, .prefix = prefix, .descending = true, .limit = kCasesLookedAtMax},
      [&](const PartyRow& row) {
        if (who.caller != access::Caller::Guest || row.case_id == who.guest_case) {
          parties.push_back(row);
        }
      }));
  std::vector<NoticeRow> out;
  for (const PartyRow& party : parties) {
    auto key = ledger::cells(party.case_id);
    TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByCase, .prefix = key}, [&](const NoticeRow& notice) {
      const bool talk = notice.kind == NoticeKind::Message || notice.kind == NoticeKind::Conversation;
      if (notice.party == party.party && (!talk || who.may(access::Delegated::Talk))) {
        out.push_back(notice);
      }
    }));
  }
  std::vector<NoticeRow> readable;
  for (NoticeRow& notice : out) {
    if (TRY(is_readable(view, notice, now))) {
      readable.push_back(std::move(notice));
    }
  }
  std::sort(readable.begin(), readable.end(), [](const NoticeRow& a, const NoticeRow& b) { return a.id > b.id; });
  return readable;
}

Result<http::Response> read_notices(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  access::PersonHash person = call.who.person;
  if (!Desk::is_party(call.who)) {
    auto account = call.request.query_value("account_id");
    if (!account || account->empty()) {
      return invalid("?account_id", "is required: whose notices");
    }
    person = call.desk.hasher().account(*account);
  }
  NoticeId last{};
  if (!page.cursor.empty()) {
    auto id = call.desk.id_in<NoticeId>(call.who, page.cursor);
    if (!id) {
      return invalid("?cursor", "is not one of ours");
    }
    last = *id;
  }
  std::string locale(call.request.query_value("locale").value_or(call.who.locale));
  locale.resize(std::min<std::size_t>(locale.size(), 35));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::size_t written = 0;
  bool more = false;
  NoticeId newest_written{};
  for (NoticeRow& notice : TRY(notices_of(view, call.who, person, call.desk.now()))) {
    if (last && notice.id >= last) {
      continue;
    }
    if (written == page.limit) {
      more = true;
      break;
    }
    const CaseId case_id = notice.case_id;
    notice.channel = Channel::Page;  // read here, whichever way it also went
    auto parcel = render(view, call.desk.parts().render, notice, locale);
    if (!parcel) {
      continue;  // what it spoke of was erased
    }
    out.begin_object()
        .field("notice_id", call.desk.id_out(call.who, notice.id))
        .field("case_id", call.desk.id_out(call.who, case_id));
    out.field("kind", name_of(notice.kind))
        .field("at", format_time(notice.at))
        .field("subject", parcel->subject)
        .field("text", parcel->text);
    out.key("content").raw(parcel->json.empty() ? "{}" : parcel->json).end_object();
    newest_written = notice.id;
    ++written;
  }
  out.end_array();
  if (more) {
    out.field("next_cursor", call.desk.id_out(call.who, newest_written));
  }
  out.end_object();
  return json_answer(200, out.take());
}

void get_notices(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_notices);
}

}  // namespace

Resource notice_routes() {
  using namespace schema;
  const Text notice = object({{"notice_id", id("ntc")},
                              {"case_id", id("cas")},
                              {"kind", words(names_of<NoticeKind>())},
                              {"at", time()},
                              {"subject", string()},
                              {"text", string()},
                              {"content", open_object({})}});
  return {{{http::Method::Get,
            "/v1/notices",
            key(access::Scope::NoticesRead) | parties() | delegates(access::Delegated::Read),
            "notices",
            "What the caller was told, newest first.",
            get_notices,
            nullptr,
            paged({{"account_id", string(255), "For platform keys: whose notices."},
                   {"locale", string(35), "In which language; the person's own when not given."}}),
            {},
            gives_json(page(ref("Notice")))}},
          {{"Notice", notice}}};
}

}  // namespace heed::api
