#include "api/viewer.h"

#include <algorithm>

#include "casework/telling_order.h"

namespace heed::api {

using namespace casework;
using access::Audience;

namespace {

/// Digests and slots: nobody's business outside.
constexpr std::string_view kHidden[] = {"key",    "text_key", "open_key", "idempotency", "body", "person",
                                        "target", "slot",     "except",   "number",      "named"};
constexpr std::string_view kEnvelope[] = {"kind", "v", "case", "seq", "at", "actor"};
constexpr std::string_view kTimes[] = {"at",
                                       "since",
                                       "until",
                                       "created_at",
                                       "deadline",
                                       "alarm_at",
                                       "not_before",
                                       "platform_at",
                                       "received_at",
                                       "next_at",
                                       "confirm_by",
                                       "decide_by",
                                       "statement_delayed_until"};

template <std::size_t N>
bool in(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// Rewrites a header for outside: no digests, times as text, a party's ids as aliases.
class Rewriter {
 public:
  Rewriter(JsonWriter& out, const access::Aliases& aliases, const access::Principal& who)
      : out_(out), aliases_(aliases), who_(who) {}
  /// Without the envelope, which is written apart.
  void fields(Json header) { members(header, kEnvelope); }

 private:
  template <std::size_t N>
  void members(Json object, const std::string_view (&left_out)[N]) {
    object.members([&](std::string_view name, Json value) {
      if (in(left_out, name) || in(kHidden, name)) {
        return;
      }
      out_.key(name);
      if (in(kTimes, name) && value.integer()) {
        out_.value(format_time(from_ms(*value.integer())));
      } else {
        write(value);
      }
    });
  }
  void write(Json value) {
    if (value.is_object()) {
      out_.begin_object();
      members(value, kHidden);
      out_.end_object();
    } else if (value.is_array()) {
      out_.begin_array();
      value.each([&](Json element) { write(element); });
      out_.end_array();
    } else if (auto text = value.string(); text && Desk::is_party(who_)) {
      out_.value(aliased(*text));
    } else {
      out_.raw(value.dump());
    }
  }
  std::string aliased(std::string_view text) const {
    if (text.size() == 30 && text[3] == '_') {
      if (auto id = Ulid::parse(text.substr(4))) {
        return std::string(text.substr(0, 4)) + aliases_.out(who_.person, *id).text();
      }
    }
    return std::string(text);
  }
  JsonWriter& out_;
  const access::Aliases& aliases_;
  const access::Principal& who_;
};

std::vector<ItemId> items_in(Json header) {
  std::vector<ItemId> out;
  auto add = [&](Json id) {
    if (auto item = ItemId::parse(id.string().value_or(""))) {
      out.push_back(*item);
    }
  };
  header["items"].each([&](Json item) { add(item.is_object() ? item["item"] : item); });
  add(header["item"]);
  return out;
}

}  // namespace

Result<std::optional<PartyRow>> party_of(ledger::View& view, CaseId case_id, const access::PersonHash& person) {
  std::optional<PartyRow> found;
  auto prefix = ledger::cells(person);
  auto after = ledger::cells(case_id, std::int64_t{-1});
  TRY(ledger::scan<PartyRow>(view, {.index = PartyRow::kByPerson, .prefix = prefix, .after = after, .limit = 1},
                             [&](const PartyRow& row) {
                               if (row.case_id == case_id) {
                                 found = row;
                               }
                               return false;
                             }));
  return found;
}

Result<Viewer> Viewer::of(const Call& call, ledger::View& view, CaseId case_id) {
  if (TRY(call.desk.hidden(call, view, case_id))) {
    return not_found();
  }
  return of(call.who, call.desk.now(), view, case_id);
}

Result<Viewer> Viewer::of(const access::Principal& who, Time now, ledger::View& view, CaseId case_id) {
  Viewer viewer;
  viewer.who_ = who;
  auto row = TRY(ledger::get<CaseRow>(view, case_id));
  if (!row || row->kind == CaseKind::Record) {
    return not_found();
  }
  viewer.row_ = *std::move(row);
  viewer.staff_ = who.caller == access::Caller::Staff;
  viewer.platform_ = who.caller == access::Caller::Platform;
  if (!Desk::is_party(who)) {
    return viewer;
  }
  if (who.caller == access::Caller::Guest && who.guest_case != case_id) {
    return not_found();
  }
  auto party = TRY(party_of(view, case_id, who.person));
  if (party) {
    viewer.party_ = *std::move(party);
  } else if (viewer.row_.found_by == who.person) {
    // Others opened it about this person: a target who is no party, has no key here and no number.
    viewer.party_.case_id = case_id;
    viewer.party_.party = kNoParty;
    viewer.party_.roles = kTarget;
    viewer.party_.person = who.person;
    viewer.party_.locale = who.locale;
  } else {
    return not_found();
  }
  if (viewer.is(kAuthor)) {
    auto prefix = ledger::cells(case_id);
    std::vector<NoticeRow> statements;
    TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByCase, .prefix = prefix}, [&](const NoticeRow& notice) {
      if (notice.party == viewer.party_.party && notice.kind == NoticeKind::StatementOfReasons) {
        statements.push_back(notice);
      }
    }));
    for (const NoticeRow& statement : statements) {
      if (TRY(is_readable(view, statement, now))) {
        viewer.told_seqs_.insert(statement.seq);
      }
    }
  }
  if (!viewer.is(kReporter) && !viewer.is(kTarget) && viewer.told_seqs_.empty()) {
    return not_found();
  }
  if (viewer.is(kReporter)) {
    // A person has few reports; a case may have thousands.
    auto person = ledger::cells(who.person);
    TRY(ledger::scan<ReportRow>(view, {.index = ReportRow::kByPerson, .prefix = person}, [&](const ReportRow& report) {
      if (report.case_id == case_id && report.state != ReportState::Withdrawn) {
        viewer.reports_.push_back(report);
      }
    }));
  }
  auto orders = ledger::cells(case_id);
  if (viewer.is(kTarget) || viewer.is(kReporter)) {
    TRY(ledger::scan<ActionRow>(view, {.index = ActionRow::kByCase, .prefix = orders}, [&](const ActionRow& action) {
      if (action.party == viewer.party_.party && !action.item) {
        viewer.orders_.insert(action.id.value);
      }
    }));
  }
  return viewer;
}

std::function<Result<bool>(const CaseRow&)> Viewer::may_know(const Call& call, ledger::View& view) {
  return [&call, &view](const CaseRow& row) -> Result<bool> {
    auto viewer = of(call, view, row.id);
    if (!viewer && viewer.error().code != Code::NotFound) {
      return tl::unexpected(viewer.error());
    }
    return viewer.has_value();
  };
}

bool Viewer::whole_pile() const {
  return std::any_of(reports_.begin(), reports_.end(), [](const ReportRow& report) { return report.whole_pile; });
}

std::optional<Audience> Viewer::audience(const access::VisibilityRow& row) const {
  if (staff_) {
    return row.shows(Audience::Reviewer) ? std::optional(Audience::Reviewer) : std::nullopt;
  }
  std::vector<Audience> as;
  if (platform_) {
    as = {Audience::Platform};
  } else {
    if (is(kTarget)) {
      as.push_back(Audience::Target);
    }
    if (is(kReporter)) {
      as.push_back(is(kTarget) ? Audience::Reporter : Audience::Bystander);
    }
    if (is(kAuthor)) {
      as.push_back(Audience::Author);
    }
  }
  for (Audience audience : as) {
    if (row.shows(audience)) {
      return audience;
    }
  }
  return std::nullopt;
}

Result<bool> Viewer::covered(ledger::View& view, ItemId item) const {
  for (const ReportRow& report : reports_) {
    if (TRY(ledger::get<ReportItemRow>(view, item, report.id))) {
      return true;
    }
  }
  return whole_pile();
}

Result<bool> Viewer::own(ledger::View& view, const ledger::StoredEvent& event, std::string_view kind,
                         Json header) const {
  // What was before this person came is not theirs, whoever it was about.
  if (static_cast<std::int64_t>(event.seq) < party_.seq) {
    return false;
  }
  if (kind == NoteAdded::kKind && header["party"].missing()) {
    return false;  // among staff
  }
  if (Json party = header["party"]; !party.missing()) {
    return party.integer().value_or(-1) == party_.party;
  }
  if (kind == PileTaken::kKind) {
    auto report = ReportId::parse(header.get_string("report"));
    return is(kTarget) ||
           std::any_of(reports_.begin(), reports_.end(), [&](const ReportRow& r) { return report && r.id == *report; });
  }
  if (kind == ActionConfirmed::kKind) {
    auto id = ActionId::parse(header.get_string("action"));
    auto action = id ? TRY(ledger::get<ActionRow>(view, *id)) : std::optional<ActionRow>{};
    if (!action) {
      return false;
    }
    return action->item ? (is(kTarget) || TRY(covered(view, *action->item))) : orders_.contains(action->id.value);
  }
  if (kind == AppealDecided::kKind) {
    auto id = AppealId::parse(header.get_string("appeal"));
    auto appeal = id ? TRY(ledger::get<AppealRow>(view, *id)) : std::optional<AppealRow>{};
    return appeal && appeal->case_id == row_.id && appeal->party == party_.party;
  }
  if (is(kTarget)) {
    return true;  // what happens in the case of a pile is about its target
  }
  for (ItemId item : items_in(header)) {
    if (TRY(covered(view, item))) {
      return true;
    }
  }
  return false;
}

Result<bool> Viewer::sees(ledger::View& view, const ItemRow& item) const {
  if (staff_ || is(kTarget)) {
    return true;
  }
  if (platform_) {
    return true;
  }
  if (is(kAuthor) && item.case_id == row_.id && item.author == party_.party && item.decision) {
    auto decision = TRY(ledger::get<DecisionRow>(view, item.decision));
    if (decision && told_seqs_.contains(decision->seq)) {
      return true;
    }
  }
  return is(kReporter) ? covered(view, item.id) : Result<bool>(false);
}

bool Viewer::told(const DecisionRow& decision, const ItemRow& item) const {
  if (staff_ || platform_ || is(kTarget) || is(kReporter)) {
    return true;
  }
  return item.author == party_.party && told_seqs_.contains(decision.seq);
}

Result<std::string> Bodies::get(CaseId case_id, std::int64_t seq, std::string_view name) {
  if (!loaded_ || event_.case_id != case_id || event_.seq != static_cast<std::uint64_t>(seq)) {
    loaded_ = false;
    TRY(view_.case_events(case_id, static_cast<std::uint64_t>(seq - 1), [&](const ledger::StoredEvent& event) {
      event_ = event;
      loaded_ = event.seq == static_cast<std::uint64_t>(seq);
      return false;
    }));
    if (!loaded_) {
      return fail(Code::NotFound, "there is no such event");
    }
  }
  for (const ledger::SealedBody& body : TRY(ledger::split_bodies(event_.bodies))) {
    if (body.name == name) {
      return ledger::open_body(keys_, case_id, event_.seq, body);
    }
  }
  return fail(Code::NotFound, "there is no such body");
}

namespace {

/// What people said, for staff; identities and evidence are shown elsewhere, or not at all.
Result<void> write_said(JsonWriter& out, ledger::KeyRing& keys, const ledger::StoredEvent& event) {
  bool any = false;
  for (const ledger::SealedBody& body : TRY(ledger::split_bodies(event.bodies))) {
    const char first = body.name.empty() ? ' ' : body.name.front();
    if (first == 'p' || first == 'e' || first == 'b') {
      continue;
    }
    auto plain = ledger::open_body(keys, event.case_id, event.seq, body);
    if (!any) {
      out.key("said").begin_object();
      any = true;
    }
    out.key(body.name);
    thread_local JsonParser parser(32);
    if (!plain) {
      out.null();  // erased
    } else if (plain->starts_with('{') && parser.parse(*plain)) {
      out.raw(*plain);
    } else {
      out.value(*plain);
    }
  }
  if (any) {
    out.end_object();
  }
  return {};
}

}  // namespace

namespace {

/// "by": by whose leave it was done in her name; nothing of staff.
Result<void> write_delegate(JsonWriter& out, const access::Aliases& aliases, const Viewer& viewer, ledger::View& view,
                            Json header) {
  auto filed = access::DelegationId::parse(header.get_string("filed_by"));
  auto actor = Ulid::parse(header.get_string("actor"));
  if (!filed && !actor) {
    return {};
  }
  auto row = TRY(ledger::get<DelegationRow>(view, filed ? *filed : access::DelegationId{*actor}));
  if (!row || row->principal != viewer.who().person) {
    return {};
  }
  out.key("by").begin_object().field("delegation_id", aliases.text(viewer.who().person, row->id));
  if (viewer.who().delegation == row->id) {
    out.field("yours", true);
  }
  out.end_object();
  return {};
}

}  // namespace

Result<bool> write_event(JsonWriter& out, const Desk& desk, const Viewer& viewer, ledger::View& view, Bodies&,
                         const ledger::StoredEvent& event) {
  return write_event(out, desk.aliases(), desk.keys(), viewer, view, event);
}

Result<bool> write_event(JsonWriter& out, const access::Aliases& aliases, ledger::KeyRing& keys, const Viewer& viewer,
                         ledger::View& view, const ledger::StoredEvent& event) {
  thread_local JsonParser parser(64), again(64);
  Json header = TRY(parser.parse(event.header));
  std::string kind(header.get_string("kind"));
  const access::VisibilityRow* row = visibility_of(kind);
  if (row == nullptr) {
    return false;
  }
  auto audience = viewer.audience(*row);
  if (!audience) {
    return false;
  }
  const bool reviewer = *audience == Audience::Reviewer;
  if (!reviewer && row->own_only && !TRY(viewer.own(view, event, kind, header))) {
    return false;
  }
  std::string text;
  JsonWriter shown(text);
  if (!access::project(*row, *audience, header, shown)) {
    return false;
  }
  Json fields = TRY(again.parse(text));
  out.begin_object();
  if (reviewer) {
    out.field("seq", static_cast<std::int64_t>(event.seq)).field_unless_empty("actor", header.get_string("actor"));
  }
  out.field("at", format_time(from_ms(header.get_int("at"))))
      .field("kind", reviewer ? std::string_view(kind) : row->label);
  out.key("fields").begin_object();
  Rewriter(out, aliases, viewer.who()).fields(fields);
  out.end_object();
  if (!reviewer) {
    TRY(write_delegate(out, aliases, viewer, view, header));
  }
  // A delegate reads what was said only where the talk was left to them.
  const bool may_hear = viewer.who().may(access::Delegated::Talk);
  const bool hers = kind == NoteAdded::kKind || kind == QuestionAsked::kKind || kind == ContactLogged::kKind ||
                    kind == PieceAdded::kKind || kind == ReportReceived::kKind || kind == ReportRepeated::kKind ||
                    kind == AppealFiled::kKind;
  if (reviewer || (hers && may_hear && Desk::is_party(viewer.who()) &&
                   header["party"].integer().value_or(-1) == viewer.party().party)) {  // her own words are hers
    TRY(write_said(out, keys, event));
  }
  out.end_object();
  return true;
}

namespace {

Ulid place(std::int64_t seq) {
  Ulid id;
  for (int i = 0; i < 8; ++i) {
    id.bytes[static_cast<std::size_t>(15 - i)] = static_cast<std::uint8_t>(seq >> (8 * i));
  }
  return id;
}

}  // namespace

std::string seq_cursor(const Desk& desk, const access::Principal& who, std::int64_t seq) {
  return desk.id_out(who, Id<EventTag>{place(seq)});
}

Result<std::int64_t> seq_of_cursor(const Desk& desk, const access::Principal& who, std::string_view cursor) {
  if (cursor.empty()) {
    return 0;
  }
  auto id = desk.id_in<Id<EventTag>>(who, cursor);
  std::int64_t seq = 0;
  if (id) {
    for (std::size_t i = 8; i < 16; ++i) {
      seq = (seq << 8) | id->value.bytes[i];
    }
  }
  if (!id || place(seq) != id->value || seq < 0) {
    return invalid("?cursor", "is not one of ours");
  }
  return seq;
}

}  // namespace heed::api
