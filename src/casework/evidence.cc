#include "casework/evidence.h"

#include <iterator>
#include <utility>

namespace heed::casework {
namespace {

constexpr int kThreadDepthMax = 5;

/// The fields of a stored post that casework asks for.
struct Seen {
  std::string text, author, handle, reply_to;
  std::vector<std::string> targets;
  bool media = false;
};

Result<Seen> read_seen(JsonParser& parser, std::string_view json) {
  Json post = TRY(parser.parse(json));
  Seen seen;
  seen.text = post.get_string("text");
  Json author = post["author"];
  seen.author = author.get_string("id");
  seen.handle = author.get_string("handle");
  auto aim = [&](std::string_view account) {
    if (!account.empty() && account != seen.author) {
      seen.targets.emplace_back(account);
    }
  };
  Json reply = post["reply_to"];
  seen.reply_to = reply.get_string("post_id");
  aim(reply.get_string("account_id"));
  aim(post["quote_of"].get_string("account_id"));
  post["media"].each([&](Json) { seen.media = true; });
  post["mentions"].each([&](Json mention) { aim(mention.string().value_or("")); });
  return seen;
}

std::string_view change_name(post::StoredPost::Change change) {
  switch (change) {
    case post::StoredPost::Change::New:
      return "new";
    case post::StoredPost::Change::Edit:
      return "edit";
    case post::StoredPost::Change::Delete:
      return "delete";
  }
  return "new";
}

}  // namespace

Result<ReportedItem> EvidenceRoom::from_versions(ItemKind kind, std::string_view id,
                                                 const std::vector<post::StoredPost>& versions) const {
  ReportedItem item;
  item.kind = kind;
  item.external_id = id;
  Evidence& evidence = item.evidence;
  evidence.provenance = Provenance::Seen;
  thread_local JsonParser parser(64);
  JsonWriter out;
  out.begin_object()
      .field("kind", name_of(kind))
      .field("id", id)
      .field("provenance", "seen")
      .key("versions")
      .begin_array();
  Seen newest;
  std::string signals;
  int texts = 0;
  for (const post::StoredPost& version : versions) {
    out.begin_object().field("at", format_time(version.at)).field("change", change_name(version.change));
    if (version.change == post::StoredPost::Change::Delete) {
      evidence.deleted = true;
    } else if (!version.json.empty()) {
      out.key("post").raw(version.json);
      std::move(newest.targets.begin(), newest.targets.end(), std::back_inserter(evidence.named));
      newest = TRY(read_seen(parser, version.json));
      evidence.created_at = version.created_at;
      signals = version.finds() ? version.signals : "";
      ++texts;
    }
    out.end_object();
  }
  out.end_array();
  if (texts == 0) {
    return fail(Code::NotFound, "only a deletion of this post is known");
  }
  evidence.edited = texts > 1;
  evidence.text = newest.text;
  evidence.media = newest.media;
  evidence.author = newest.author;
  evidence.author_handle = newest.handle;
  evidence.targets = std::move(newest.targets);
  evidence.finding = signals.empty() ? evaluator_.evaluate(evidence.text) : evaluator_.from_signals(signals);
  // A worse earlier version still counts: an edit does not take back what was said.
  if (texts > 1) {
    for (const post::StoredPost& version : versions) {
      if (version.finds() && version.signals != signals) {
        Evaluator::Finding earlier = evaluator_.from_signals(version.signals);
        if (earlier.lane < evidence.finding.lane ||
            (earlier.lane == evidence.finding.lane && earlier.severity > evidence.finding.severity)) {
          evidence.finding = std::move(earlier);
        }
      }
    }
  }
  if (!evidence.finding.signals_json.empty()) {
    out.key("signals").raw(evidence.finding.signals_json);
  }
  if (!newest.reply_to.empty()) {
    out.key("thread").begin_array();
    std::string parent = newest.reply_to;
    for (int depth = 0; depth < kThreadDepthMax && !parent.empty(); ++depth) {
      auto above = posts_.find(parent);
      if (!above || above->empty() || above->back().json.empty()) {
        break;
      }
      out.raw(above->back().json);
      auto seen = read_seen(parser, above->back().json);
      parent = seen ? seen->reply_to : std::string();
      if (seen) {
        evidence.named.push_back(std::move(seen->author));
        std::move(seen->targets.begin(), seen->targets.end(), std::back_inserter(evidence.named));
      }
    }
    out.end_array();
  }
  if (auto profile = accounts_.profile_of(evidence.author); profile && !profile->empty()) {
    out.key("author_profile").raw(*profile);
  }
  out.end_object();
  evidence.json = out.take();
  return item;
}

Result<ReportedItem> EvidenceRoom::gather(const RequestedItem& wanted, bool from_platform, Time now) const {
  const bool post_like =
      wanted.kind == ItemKind::Post || wanted.kind == ItemKind::Message || wanted.kind == ItemKind::Profile;
  if (post_like && !wanted.id.empty()) {
    std::vector<post::StoredPost> versions = TRY(posts_.find(wanted.id));
    if (!versions.empty()) {
      auto item = from_versions(wanted.kind, wanted.id, versions);
      if (item) {
        add_report(wanted, item->evidence);
        return item;
      }
      if (wanted.snapshot_json.empty()) {
        return item;
      }
    }
  }
  ReportedItem item;
  item.kind = wanted.kind;
  item.external_id = wanted.id.empty() ? wanted.url : wanted.id;
  Evidence& evidence = item.evidence;
  evidence.provenance = from_platform ? Provenance::Platform : Provenance::Reporter;
  evidence.created_at = now;
  JsonWriter out;
  out.begin_object().field("kind", name_of(wanted.kind)).field("id", item.external_id);
  out.field("provenance", name_of(evidence.provenance)).field("frozen_at", format_time(now));
  out.field_unless_empty("url", wanted.url);
  if (!wanted.snapshot_json.empty()) {
    thread_local JsonParser parser(64);
    Json snapshot = TRY(parser.parse(wanted.snapshot_json));
    evidence.text = snapshot.get_string("text");
    snapshot["media"].each([&](Json) { evidence.media = true; });
    evidence.author = snapshot.get_string("author");
    if (auto at = parse_time(snapshot.get_string("created_at")); at) {
      evidence.created_at = *at;
    }
    out.key("snapshot").raw(wanted.snapshot_json);
  } else if (wanted.kind == ItemKind::Account) {
    evidence.author = wanted.id;
  } else if (wanted.kind != ItemKind::Url && wanted.kind != ItemKind::Media) {
    return fail(Code::NotFound, "this id is not known here; send a snapshot of it", {});
  }
  if (!evidence.author.empty()) {
    if (auto profile = accounts_.profile_of(evidence.author); profile && !profile->empty()) {
      out.key("author_profile").raw(*profile);
    }
  }
  add_report(wanted, evidence);
  if (!evidence.finding.signals_json.empty()) {
    out.key("signals").raw(evidence.finding.signals_json);
  }
  out.end_object();
  evidence.json = out.take();
  return item;
}

void EvidenceRoom::add_report(const RequestedItem& wanted, Evidence& evidence) const {
  if (!wanted.target.empty()) {
    evidence.named.push_back(wanted.target);
  }
  Evaluator::Finding again = evaluator_.evaluate_report({evidence.text, evidence.author, wanted.target});
  const Evaluator::Finding& seen = evidence.finding;
  // What the stream saw, or an earlier version showed, is not taken back by a milder reading now.
  if (seen.any &&
      (!again.any || seen.lane < again.lane || (seen.lane == again.lane && seen.severity > again.severity))) {
    again.category = seen.category;
    again.clause = seen.clause;
    again.lane = seen.lane;
    again.severity = seen.severity;
    again.any = true;
    again.acts = false;
    again.sources = seen.sources;
    again.spans.clear();
  }
  if (!seen.signals_json.empty()) {
    again.signals_json = seen.signals_json;  // frozen with the item already
  }
  evidence.finding = std::move(again);
}

bool EvidenceRoom::blockable(std::string_view owner, std::string_view author) const {
  auto friends = accounts_.is_friend(owner, author);
  auto blocked = accounts_.already_blocked(owner, author);
  return friends && !*friends && blocked && !*blocked;
}

}  // namespace heed::casework
