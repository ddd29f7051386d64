#include "api/case_file.h"

#include <algorithm>
#include <map>

#include "api/case_file_people.h"
#include "api/own_order.h"
#include "api/viewer.h"
#include "base/bytes.h"
#include "casework/bundle.h"
#include "casework/sealed.h"
#include "casework/telling_order.h"

namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kItemsMax = 20'000;
constexpr std::size_t kExchangeReadMax = 20'000;  // posts aimed at her, and by her
constexpr std::size_t kContactPostsMax = 200;     // shown of one account, the newest
constexpr std::size_t kRunUpMax = 5;
constexpr Millis kRunUpSpan = std::chrono::hours(24 * 7);

/// What of a post's JSON may leave the house: what a reader of the platform saw.
void write_post(JsonWriter& out, Json post) {
  out.begin_object();
  for (std::string_view name : {"id", "kind", "text", "created_at", "lang"}) {
    out.field_unless_empty(name, post.get_string(name));
  }
  if (Json author = post["author"]; author.is_object()) {
    out.key("author")
        .begin_object()
        .field_unless_empty("id", author.get_string("id"))
        .field_unless_empty("handle", author.get_string("handle"));
    out.end_object();
  } else if (author.is_string()) {  // a snapshot's
    out.key("author").begin_object().field("id", *author.string()).end_object();
  }
  for (std::string_view name : {"reply_to", "quote_of"}) {
    if (Json ref = post[name]; ref.is_object()) {
      out.key(name)
          .begin_object()
          .field_unless_empty("post_id", ref.get_string("post_id"))
          .field_unless_empty("account_id", ref.get_string("account_id"));
      out.end_object();
    }
  }
  for (std::string_view name : {"mentions", "links"}) {
    if (Json list = post[name]; list.size() > 0) {
      out.key(name).raw(list.dump());
    }
  }
  if (Json media = post["media"]; media.size() > 0) {
    out.key("media").begin_array();
    media.each([&](Json one) {
      out.begin_object();
      for (std::string_view name : {"sha256", "type", "url"}) {
        out.field_unless_empty(name, one.get_string(name));
      }
      out.end_object();
    });
    out.end_array();
  }
  out.end_object();
}

/// One post that passed between her and somebody, as recent posts hold it.
struct Passed {
  post::StoredPost post;
  bool by_her = false;
};

class Gatherer {
 public:
  Gatherer(ledger::View& view, const FileRoom& room, Viewer viewer, std::string_view locale)
      : view_(view), room_(room), viewer_(std::move(viewer)), bodies_(view, room.keys), prover_(view), locale_(locale) {
    render_ = room.render;
    render_.links = nullptr;
    if (locale_.empty()) {
      locale_ = viewer_.party().locale.empty() ? viewer_.who().locale : viewer_.party().locale;
    }
  }

  Result<std::string> run() {
    TRY(read_recipient());
    TRY(read_story());
    TRY(choose_items());
    TRY(read_exchange());
    JsonWriter& out = out_;
    out.begin_object().field("about", "heed evidence file").field("version", 1).field("platform", render_.platform);
    out.field("made_at", format_time(room_.now)).field("times", "RFC 3339, UTC (Z)").field("locale", locale_);
    TRY(write_case());
    out.key("items").begin_array();
    for (std::size_t i = 0; i < items_.size(); ++i) {
      TRY(write_item(items_[i], i + 1));
    }
    out.end_array();
    if (left_out_ > 0) {
      out.field("items_left_out", left_out_);
    }
    write_contact();
    const FilePeople people{view_, room_, viewer_, shown_events_};
    TRY(write_added(out, people));
    TRY(write_talks(out, people));
    TRY(write_delegates(out, people));
    out.key("story").begin_array();
    for (const std::string& event : story_) {
      out.raw(event);
    }
    out.end_array();
    TRY(write_told());
    out.key("proof").begin_object().field("hash", "SHA-256").field("tree", "RFC 6962");
    out.field("ledger_head", to_hex(heed::view(TRY(view_.head()).hash))).key("events").begin_array();
    for (const std::string& proof : proofs_) {
      out.raw(proof);
    }
    out.end_array().end_object().end_object();
    return sign_bundle(inert_json(out.take()), room_.signing);
  }

 private:
  template <class Tag>
  std::string alias(Id<Tag> id) const {
    return room_.aliases.text(viewer_.who().person, id);
  }
  bool author_only() const { return viewer_.is(kAuthor) && !viewer_.is(kTarget) && !viewer_.is(kReporter); }

  Result<void> read_recipient() {
    if (viewer_.party().party == Viewer::kNoParty) {
      her_ = {viewer_.who().account_id, viewer_.who().handle, {}, {}};
      return {};
    }
    Sealed sealed(view_, room_.keys);
    if (auto identity = TRY(sealed.identity(viewer_.party()))) {
      her_ = *identity;
    }
    return {};
  }

  /// The timeline with the proof of each event, and where edits of items lie.
  Result<void> read_story() {
    std::vector<ledger::StoredEvent> shown;
    JsonParser parser(64);
    Result<void> inner;
    TRY(view_.case_events(viewer_.row().id, 0, [&](const ledger::StoredEvent& event) {
      if (event.header.find(ItemChanged::kKind) != std::string::npos && !event.bodies.empty()) {
        auto header = parser.parse(event.header);
        auto item = header && header->get_string("kind") == ItemChanged::kKind
                        ? ItemId::parse(header->get_string("item"))
                        : Result<ItemId>(not_found());
        if (item) {
          edits_[*item] = static_cast<std::int64_t>(event.seq);
        }
      }
      JsonWriter line;
      auto written = write_event(line, room_.aliases, room_.keys, viewer_, view_, event);
      if (!written) {
        inner = tl::unexpected(written.error());
        return false;
      }
      if (*written) {
        std::string text = line.take();
        text.pop_back();
        story_.push_back(text + R"(,"hash":")" + to_hex(heed::view(event.hash)) + "\"}");
        shown.push_back(event);
        shown.back().bodies.clear();
      }
      return true;
    }));
    TRY(std::move(inner));
    for (const ledger::StoredEvent& event : shown) {
      const EventProof proof = TRY(prover_.prove(event));
      JsonWriter line;
      line.begin_object()
          .field("hash", to_hex(heed::view(proof.hash)))
          .field("root", to_hex(heed::view(proof.root)))
          .key("path")
          .begin_array();
      for (const PathStep& step : proof.path) {
        line.begin_object()
            .field("side", step.left ? "left" : "right")
            .field("hash", to_hex(heed::view(step.hash)))
            .end_object();
      }
      line.end_array().end_object();
      proofs_.push_back(line.take());
      Json header = TRY(parser.parse(event.header));
      shown_events_[static_cast<std::int64_t>(event.seq)] = {to_hex(heed::view(event.hash)),
                                                             from_ms(header.get_int("at"))};
    }
    return {};
  }

  Result<void> choose_items() {
    std::vector<ItemRow> all;
    auto prefix = ledger::cells(viewer_.row().id);
    TRY(ledger::scan<ItemRow>(view_, {.index = ItemRow::kByCase, .prefix = prefix},
                              [&](const ItemRow& item) { all.push_back(item); }));
    std::vector<ItemId> refs;
    TRY(ledger::scan<CaseRefRow>(view_, {.prefix = prefix}, [&](const CaseRefRow& ref) { refs.push_back(ref.item); }));
    for (ItemId id : refs) {
      if (auto item = TRY(ledger::get<ItemRow>(view_, id))) {
        all.push_back(*std::move(item));
      }
    }
    in_own_order(viewer_.party(), all);
    for (ItemRow& item : all) {
      if (!TRY(viewer_.sees(view_, item))) {
        continue;
      }
      if (items_.size() == kItemsMax) {
        ++left_out_;
      } else {
        items_.push_back(std::move(item));
      }
    }
    // By when they were written: the order in which they were reported is nobody's business.
    std::stable_sort(items_.begin(), items_.end(),
                     [](const ItemRow& a, const ItemRow& b) { return a.created_at < b.created_at; });
    return {};
  }

  // --- what passed between her and the authors -------------------------------------------------------------------
  Result<void> read_exchange() {
    if (!viewer_.is(kTarget) || her_.account.empty()) {
      return {};
    }
    JsonParser parser(64);
    for (const ItemRow& item : items_) {
      if (auto evidence = evidence_of(item)) {
        auto json = parser.parse(*evidence);
        if (json) {
          const std::string author = author_of(*json);
          if (!author.empty() && author != her_.account) {
            exchange_.try_emplace(author);
          }
          item_posts_.insert(std::string(json->get_string("id")));
        }
      }
    }
    if (exchange_.empty()) {
      return {};
    }
    post::TargetRange range;
    range.target = her_.account;
    for (std::size_t read = 0; read < kExchangeReadMax;) {
      post::TargetSlice slice = TRY(room_.posts.by_target(range));
      read += slice.posts.size();
      for (post::StoredPost& post : slice.posts) {
        if (auto with = exchange_.find(post.author); with != exchange_.end() && !post.json.empty()) {
          with->second.push_back({std::move(post), false});
        }
      }
      if (slice.done) {
        break;
      }
      range.after = slice.next_after;
    }
    for (post::StoredPost& post : TRY(room_.posts.by_author(her_.account, UINT64_MAX, kExchangeReadMax))) {
      auto json = post.json.empty() ? Result<Json>(not_found()) : parser.parse(post.json);
      if (!json) {
        continue;
      }
      std::vector<std::string> to = {std::string((*json)["reply_to"].get_string("account_id")),
                                     std::string((*json)["quote_of"].get_string("account_id"))};
      (*json)["mentions"].each([&](Json account) { to.emplace_back(account.string().value_or("")); });
      for (const std::string& account : to) {
        if (auto with = exchange_.find(account); with != exchange_.end()) {
          with->second.push_back({post, true});
          break;
        }
      }
    }
    for (auto& [account, posts] : exchange_) {
      std::stable_sort(posts.begin(), posts.end(),
                       [](const Passed& a, const Passed& b) { return a.post.created_at < b.post.created_at; });
    }
    return {};
  }

  static std::string author_of(Json evidence) {
    std::string author(evidence["snapshot"].get_string("author"));
    evidence["versions"].each([&](Json version) {
      if (auto id = version["post"]["author"]["id"].string()) {
        author = *id;
      }
    });
    return author;
  }

  void write_contact() {
    if (exchange_.empty()) {
      return;
    }
    JsonParser parser(64);
    out_.key("earlier_contact").begin_array();
    for (const auto& [account, posts] : exchange_) {
      std::vector<const Passed*> kept;
      for (const Passed& passed : posts) {
        if (!item_posts_.contains(passed.post.id)) {
          kept.push_back(&passed);
        }
      }
      const std::size_t from = kept.size() > kContactPostsMax ? kept.size() - kContactPostsMax : 0;
      out_.begin_object()
          .field("account_id", account)
          .field("older_left_out", static_cast<std::uint64_t>(from))
          .key("posts")
          .begin_array();
      for (std::size_t i = from; i < kept.size(); ++i) {
        if (auto json = parser.parse(kept[i]->post.json)) {
          out_.begin_object().field("by_you", kept[i]->by_her).field("received_at", format_time(kept[i]->post.at));
          out_.field("change", kept[i]->post.change == post::StoredPost::Change::Edit ? "edit" : "new").key("post");
          write_post(out_, *json);
          out_.end_object();
        }
      }
      out_.end_array().end_object();
    }
    out_.end_array();
  }

  void write_run_up(const std::string& author, std::string_view id, Time created_at) {
    auto with = exchange_.find(author);
    if (with == exchange_.end()) {
      return;
    }
    std::vector<const Passed*> before;
    for (const Passed& passed : with->second) {
      if (passed.post.created_at <= created_at && passed.post.created_at >= created_at - kRunUpSpan &&
          passed.post.id != id) {
        before.push_back(&passed);
      }
    }
    if (before.empty()) {
      return;
    }
    out_.key("run_up").begin_array();
    for (std::size_t i = before.size() > kRunUpMax ? before.size() - kRunUpMax : 0; i < before.size(); ++i) {
      out_.begin_object()
          .field("post_id", before[i]->post.id)
          .field("created_at", format_time(before[i]->post.created_at));
      out_.field("by_you", before[i]->by_her).end_object();
    }
    out_.end_array();
  }

  // --- items ------------------------------------------------------------------------------------------------------
  std::optional<std::string> evidence_of(const ItemRow& item) {
    auto edit = edits_.find(item.id);
    const std::int64_t seq = edit != edits_.end() && item.case_id == viewer_.row().id ? edit->second : item.seq;
    auto text = bodies_.get(item.case_id, seq, "e" + std::to_string(item.ord));
    return text ? std::optional(*std::move(text)) : std::nullopt;
  }

  Result<void> write_item(const ItemRow& item, std::size_t n) {
    out_.begin_object()
        .field("n", static_cast<std::uint64_t>(n))
        .field("item_id", alias(item.id))
        .field("kind", name_of(item.kind));
    write_time(out_, "created_at", item.created_at);
    JsonParser parser(64);
    auto evidence = evidence_of(item);
    auto json = evidence ? parser.parse(*evidence) : Result<Json>(not_found());
    if (json) {
      out_.field("id", json->get_string("id"));
      const bool own_post =
          viewer_.is(kAuthor) && item.case_id == viewer_.row().id && item.author == viewer_.party().party;
      if (viewer_.is(kTarget)) {
        write_frozen(item, *json);
      } else if (own_post) {
        write_versions(*json);
      }
    } else if (viewer_.is(kTarget)) {
      out_.field("erased", true);
    }
    TRY(write_decision(item));
    out_.end_object();
    return {};
  }

  void write_versions(Json evidence) {
    out_.key("versions").begin_array();
    evidence["versions"].each([&](Json version) {
      out_.begin_object().field("received_at", version.get_string("at")).field("change", version.get_string("change"));
      if (Json post = version["post"]; post.is_object()) {
        out_.key("post");
        write_post(out_, post);
      }
      out_.end_object();
    });
    if (Json snapshot = evidence["snapshot"]; snapshot.is_object()) {
      out_.begin_object().field("change", "snapshot").key("post");
      write_post(out_, snapshot);
      out_.end_object();
    }
    out_.end_array();
  }

  void write_frozen(const ItemRow& item, Json evidence) {
    out_.field("provenance", name_of(item.provenance)).field("edited", item.edited).field("deleted", item.deleted);
    if (auto event = shown_events_.find(item.seq); item.case_id == viewer_.row().id && event != shown_events_.end()) {
      out_.field("frozen_at", format_time(event->second.second)).field("frozen_by", event->second.first);
    }
    write_versions(evidence);
    if (Json thread = evidence["thread"]; thread.size() > 0) {
      out_.key("thread").begin_array();
      thread.each([&](Json post) { write_post(out_, post); });
      out_.end_array();
    }
    write_run_up(author_of(evidence), evidence.get_string("id"), item.created_at);
  }

  Result<void> write_decision(const ItemRow& item) {
    auto decision = item.decision ? TRY(ledger::get<DecisionRow>(view_, item.decision)) : std::optional<DecisionRow>{};
    if (!decision || !viewer_.told(*decision, item)) {
      return {};
    }
    const auto policy = render_.policy.get();
    out_.key("decision")
        .begin_object()
        .field("decision_id", alias(decision->id))
        .field("outcome", name_of(decision->outcome));
    out_.field("at", format_time(decision->at))
        .field_unless_empty("clause", decision->clause)
        .field_unless_empty("clause_version", decision->clause_version);
    if (const policy::Clause* clause = policy->find(decision->clause)) {
      out_.field("clause_title", clause->title.in(locale_));
      out_.field("reason",
                 (decision->outcome == Outcome::Violation ? clause->reason_violation : clause->reason_no_violation)
                     .in(locale_));
    }
    out_.field("ground", name_of(decision->ground))
        .field("by_machine", decision->decision_automation == Automation::Fully);
    out_.field("reversed", decision->reversed_seq != 0);
    if (viewer_.is(kTarget) || item.author == viewer_.party().party) {
      out_.key("actions").begin_array();
      auto key = ledger::cells(item.id);
      TRY(ledger::scan<ActionRow>(view_, {.index = ActionRow::kByItem, .prefix = key}, [&](const ActionRow& action) {
        if (action.kind == OrderKind::HideFromReporter || action.kind == OrderKind::Autoblock) {
          return;  // somebody's own protection
        }
        out_.begin_object()
            .field("kind", name_of(action.kind))
            .field("state", name_of(action.state))
            .field("ordered_at", format_time(action.ordered_at));
        write_time(out_, "until", action.until);
        write_time(out_, "confirmed_at", action.confirmed_at);
        out_.end_object();
      }));
      out_.end_array();
    }
    out_.end_object();
    return {};
  }

  // --- the rest ---------------------------------------------------------------------------------------------------
  Result<void> write_case() {
    const CaseRow& row = viewer_.row();
    out_.key("case").begin_object().field("case_id", alias(row.id));
    if (viewer_.party().number) {
      out_.field("number", format_case_number(static_cast<std::uint64_t>(*viewer_.party().number)));
    }
    out_.key("roles").begin_array();
    for (auto [role, word] : {std::pair{kReporter, "reporter"}, {kTarget, "target"}, {kAuthor, "author"}}) {
      if (viewer_.is(role)) {
        out_.value(word);
      }
    }
    out_.end_array();
    out_.key("reports").begin_array();
    bool open = viewer_.is(kTarget) && row.open();
    for (const ReportRow& report : viewer_.reports()) {
      open = open || report.state == ReportState::Received;
      out_.begin_object().field("report_id", alias(report.id)).field("received_at", format_time(report.at));
      out_.field("state", name_of(report.state))
          .field("items", report.items)
          .field("whole_pile", report.whole_pile)
          .end_object();
    }
    out_.end_array();
    if (!author_only()) {
      out_.field("state", open ? "open" : "closed");
    }
    out_.end_object()
        .key("recipient")
        .begin_object()
        .field_unless_empty("account_id", her_.account)
        .field_unless_empty("handle", her_.handle);
    out_.field_unless_empty("name", her_.name).field_unless_empty("email", her_.mail).end_object();
    return {};
  }

  Result<void> write_told() {
    std::vector<NoticeRow> notices;
    auto key = ledger::cells(viewer_.row().id);
    TRY(ledger::scan<NoticeRow>(view_, {.index = NoticeRow::kByCase, .prefix = key}, [&](const NoticeRow& notice) {
      if (notice.party != 0 && notice.party == viewer_.party().party) {
        notices.push_back(notice);
      }
    }));
    std::sort(notices.begin(), notices.end(), [](const NoticeRow& a, const NoticeRow& b) { return a.id < b.id; });
    out_.key("told").begin_array();
    for (NoticeRow& notice : notices) {
      if (!TRY(is_readable(view_, notice, room_.now))) {
        continue;
      }
      notice.channel = Channel::Page;
      if (auto parcel = render(view_, render_, notice, locale_)) {  // else what it spoke of was erased
        out_.begin_object().field("kind", name_of(notice.kind)).field("at", format_time(notice.at));
        out_.field("subject", parcel->subject).field("text", parcel->text).end_object();
      }
    }
    out_.end_array();
    return {};
  }

  ledger::View& view_;
  const FileRoom& room_;
  const Viewer viewer_;
  RenderEnv render_;
  Bodies bodies_;
  Prover prover_;
  std::string locale_;
  Identity her_;
  std::vector<std::string> story_, proofs_;
  std::map<std::int64_t, std::pair<std::string, Time>> shown_events_;  // seq → hash, at
  std::map<ItemId, std::int64_t> edits_;
  std::vector<ItemRow> items_;
  int left_out_ = 0;
  std::map<std::string, std::vector<Passed>> exchange_;  // by account
  std::set<std::string> item_posts_;
  JsonWriter out_;
};

}  // namespace

Result<std::string> case_file(ledger::View& view, const FileRoom& room, const access::Principal& who, CaseId case_id,
                              std::string_view locale) {
  if (!Desk::is_party(who)) {
    return not_found();
  }
  Viewer viewer = TRY(Viewer::of(who, room.now, view, case_id));
  return Gatherer(view, room, std::move(viewer), locale).run();
}

}  // namespace heed::api
