#include "api/report_form.h"

namespace heed::api {

using namespace casework;

bool may_be_mail(std::string_view text) {
  std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of(" \t\r\n<>,;\"\\") == std::string_view::npos;
}

namespace {

constexpr std::size_t kWordsComparedMax = 4096;  // a template shows in its beginning
constexpr std::size_t kItemsMax = 200, kExceptMax = 1000, kUrlBytesMax = 2048, kCommentBytesMax = 20'000,
                      kWordBytesMax = 64, kNameBytesMax = 200, kMailBytesMax = 254, kLocaleBytesMax = 35;

std::vector<std::string> read_symptoms(FieldReader& in, std::string_view at) {
  std::vector<std::string> out;
  std::vector<std::string_view> given = in.optional_strings("symptoms", symptom_words().size(), kWordBytesMax);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (std::find(symptom_words().begin(), symptom_words().end(), given[i]) == symptom_words().end()) {
      in.merge({{std::string(at) + "/symptoms/" + std::to_string(i),
                 "is not a symptom that is known here: " + std::string(given[i])}});
    } else if (std::find(out.begin(), out.end(), given[i]) == out.end()) {
      out.emplace_back(given[i]);
    }
  }
  return out;
}

std::string read_snapshot(FieldReader& item, const std::string& at) {
  Json json = item.optional_object("snapshot");
  if (json.missing()) {
    return {};
  }
  FieldReader in(json, at + "/snapshot");
  checked_text(in, "text", in.required_string("text", 0, post::kTextBytesMax));
  checked_id(in, "author", in.optional_string("author", post::kIdBytesMax));
  static_cast<void>(in.optional_time("created_at"));
  std::size_t i = 0;
  in.optional_array("media", post::kMediaMax).each([&](Json media) {
    FieldReader m(media, at + "/snapshot/media/" + std::to_string(i++));
    static_cast<void>(m.optional_string("sha256", 64));
    static_cast<void>(m.optional_string("type", 127));
    checked_id(m, "url", m.optional_string("url", kUrlBytesMax));
    in.merge(m.take_errors());
  });
  item.merge(in.take_errors());
  return json.dump();
}

RequestedItem read_item(FieldReader& report, Json json, std::size_t index) {
  const std::string at = "/items/" + std::to_string(index);
  FieldReader in(json, at);
  RequestedItem item;
  std::string_view kind = in.required_string("kind", 1, kWordBytesMax);
  if (auto known = value_of<ItemKind>(kind)) {
    item.kind = *known;
  } else if (!kind.empty()) {
    in.error("kind", "must be one of: post, message, profile, account, media, url");
  }
  item.id = checked_id(in, "id", in.optional_string("id", post::kIdBytesMax));
  item.url = checked_id(in, "url", in.optional_string("url", kUrlBytesMax));
  auto absent = [&](std::string_view name) {
    return json[name].missing() || json[name].is_null() || json[name].string() == "";
  };
  if (json.is_object() && absent("id") && absent("url")) {
    in.error("id", "an item needs an id or a url");
  }
  item.symptoms = read_symptoms(in, at);
  item.snapshot_json = read_snapshot(in, at);
  report.merge(in.take_errors());
  return item;
}

struct Reporter {
  std::string account, handle, name, mail;
};

Reporter read_reporter(FieldReader& report, const access::Principal& who) {
  Reporter out;
  Json json = report.optional_object("reporter");
  if (json.missing()) {
    if (who.caller == access::Caller::Platform || who.caller == access::Caller::Staff) {
      report.error("reporter", "is required: {account_id} or {name, email}");
    }
  } else {
    FieldReader in(json, "/reporter");
    out.account = checked_id(in, "account_id", in.optional_string("account_id", post::kIdBytesMax));
    out.name = checked_id(in, "name", in.optional_string("name", kNameBytesMax));
    out.mail = in.optional_string("email", kMailBytesMax);
    if (!out.mail.empty() && !may_be_mail(out.mail)) {
      in.error("email", "is not a mail address");
    }
    if (out.account.empty() == out.mail.empty()) {
      in.error("", "must be either {account_id} or {name, email}");
    }
    if (who.caller == access::Caller::Public && !out.account.empty()) {
      in.error("account_id", "needs the account's own token; without one give {name, email}");
    }
    if (who.caller == access::Caller::User && (out.account != who.account_id || !out.mail.empty())) {
      in.error("account_id", "must be the account of the token, or left out");
    }
    report.merge(in.take_errors());
  }
  if (who.caller == access::Caller::User) {
    out.account = who.account_id;
    out.handle = who.handle;
  }
  return out;
}

/// The platform tells of a report by a delegate: it is the principal's, filed by the delegate.
Result<void> for_principal(Desk& desk, std::string_view principal, Reporter& reporter, ReportCommand& command) {
  if (principal.empty()) {
    return {};
  }
  const access::Hasher& hasher = desk.hasher();
  auto grant = TRY(desk.grants())->between(hasher.account(reporter.account), hasher.account(principal), desk.now());
  if (grant && (grant->scopes & static_cast<std::uint32_t>(access::Delegated::Report)) != 0) {
    reporter = {grant->account, {}, {}, {}};
    command.filed_by = grant->id;
  }
  return {};
}

std::optional<PileSpec> read_pile(FieldReader& report, Time now) {
  Json json = report.optional_object("pile");
  if (json.missing()) {
    return std::nullopt;
  }
  FieldReader in(json, "/pile");
  PileSpec pile;
  pile.target = checked_id(in, "target", in.required_string("target", 1, post::kIdBytesMax));
  pile.since = in.required_time("since").value_or(Time{});
  pile.until = in.optional_time("until").value_or(Time{});
  if (pile.until != Time{} && pile.until <= pile.since) {
    in.error("until", "must be after since");
  }
  if (pile.since > now + post::kAheadMax) {
    in.error("since", "lies in the future");
  }
  for (std::string_view id : in.optional_strings("except", kExceptMax, post::kIdBytesMax)) {
    pile.except.emplace_back(id);
  }
  report.merge(in.take_errors());
  return pile;
}

/// What the reporter said, sealed under her key; `words`: the beginning of it in plain.
std::string said(FieldReader& in, const ReportRequest& request, std::string& words) {
  JsonWriter out;
  out.begin_object();
  words = checked_text(in, "comment", in.optional_string("comment", kCommentBytesMax));
  out.field_unless_empty("comment", words);
  if (Json json = in.optional_object("legal_claim"); !json.missing()) {
    FieldReader claim(json, "/legal_claim");
    out.key("legal_claim").begin_object();
    out.field_unless_empty("law", checked_text(claim, "law", claim.optional_string("law", 500)));
    const std::string_view explanation =
        checked_text(claim, "explanation", claim.required_string("explanation", 1, kCommentBytesMax));
    out.field("explanation", explanation);
    words.append("\n").append(explanation);
    out.field_unless_empty("url", checked_id(claim, "url", claim.optional_string("url", kUrlBytesMax)));
    bool good_faith = claim.optional_bool("good_faith");
    if (!good_faith && json.is_object()) {
      claim.error("good_faith", "must be true: a legal claim needs the statement of good faith");
    }
    out.field("good_faith", good_faith).end_object();
    in.merge(claim.take_errors());
  }
  bool any = false;
  for (const RequestedItem& item : request.items) {
    any = any || !item.symptoms.empty() || !item.url.empty();
  }
  if (any) {
    out.key("items").begin_array();
    for (const RequestedItem& item : request.items) {
      out.begin_object()
          .field_unless_empty("id", item.id)
          .field_unless_empty("url", item.url)
          .key("symptoms")
          .begin_array();
      for (const std::string& symptom : item.symptoms) {
        out.value(symptom);
      }
      out.end_array().end_object();
    }
    out.end_array();
  }
  out.end_object();
  return out.take();
}

/// Opaque names of whoever is counted; the platform's own servers are not.
std::vector<std::string> rate_keys(const Call& call, const Hash16& reporter) {
  std::vector<std::string> keys{"r:" + std::string(reinterpret_cast<const char*>(reporter.data()), reporter.size())};
  if ((call.who.caller != access::Caller::User && call.who.caller != access::Caller::Public) ||
      !call.desk.options().public_by_address) {
    return keys;
  }
  const std::string& address = call.request.remote_address;
  auto hashed = [&](std::string_view domain, std::string_view text) {
    Hash16 hash = call.desk.hasher().item(domain, text);
    keys.emplace_back(std::string(domain) + ":" + std::string(reinterpret_cast<const char*>(hash.data()), hash.size()));
  };
  hashed("address", address);
  const bool v6 = address.find(':') != std::string::npos;
  std::size_t cut = 0;  // the network: three bytes of IPv4, three groups (48 bits) of IPv6
  for (int i = 0; i < 3 && cut != std::string::npos; ++i) {
    cut = address.find(v6 ? ':' : '.', cut + (cut == 0 ? 0 : 1));
  }
  hashed("network", std::string_view(address).substr(0, cut));
  return keys;
}

}  // namespace

const std::vector<std::string_view>& symptom_words() {
  static const std::vector<std::string_view> words{"threat_of_violence",
                                                   "sexual_violence",
                                                   "stalking",
                                                   "hate",
                                                   "harassment",
                                                   "private_information",
                                                   "intimate_images",
                                                   "impersonation",
                                                   "sexual_content",
                                                   "child_safety",
                                                   "self_harm",
                                                   "spam",
                                                   "other"};
  return words;
}

const std::vector<std::string_view>& channel_words() {
  static const std::vector<std::string_view> words{"ios", "android", "mobile_web", "desktop_web", "api", "email"};
  return words;
}

Result<ReportRequest> read_report(const Call& call, Json body) {
  const access::Principal& who = call.who;
  FieldReader in(body, "");
  ReportRequest request;
  ReportCommand& command = request.command;
  request.from_platform = who.caller == access::Caller::Platform || who.caller == access::Caller::Staff;
  Reporter reporter = read_reporter(in, who);
  command.filed_by = who.delegation;
  if (who.caller == access::Caller::Platform && !reporter.account.empty()) {
    TRY(for_principal(call.desk, body.get_string("on_behalf_of"), reporter, command));
  }
  command.by_mail = reporter.account.empty();
  command.reporter = command.by_mail ? reporter.mail : reporter.account;
  JsonWriter identity;
  identity.begin_object().field_unless_empty("account", reporter.account).field_unless_empty("handle", reporter.handle);
  identity.field_unless_empty("name", reporter.name).field_unless_empty("mail", reporter.mail).end_object();
  command.identity_json = identity.take();

  std::size_t index = 0;
  in.optional_array("items", kItemsMax).each([&](Json json) { request.items.push_back(read_item(in, json, index++)); });
  command.pile = read_pile(in, call.desk.now());
  if (index == 0 && !command.pile && in.pointer().empty()) {
    in.error("items", "at least one item or a pile is needed");
  }
  command.about = choice(in, "about", About::SomeoneElse);
  command.on_behalf_of = checked_id(in, "on_behalf_of", in.optional_string("on_behalf_of", post::kIdBytesMax));
  command.symptoms = read_symptoms(in, "");
  command.group = checked_token(in, "group", in.optional_string("group", kWordBytesMax));
  command.said_json = said(in, request, command.words);
  command.words.resize(std::min(command.words.size(), kWordsComparedMax));
  command.fears = in.optional_bool("fears_for_safety");
  command.legal_claim = !in.any("legal_claim").missing() && !in.any("legal_claim").is_null();
  for (std::string_view word : in.optional_strings("relief", 2, kWordBytesMax)) {
    auto kind = word == "autoblock_pile" ? std::optional(ReliefKind::Autoblock)
                : word == "hide"         ? std::optional(ReliefKind::Hide)
                                         : std::nullopt;
    if (!kind) {
      in.error("relief", "must be of: hide, autoblock_pile");
    } else if (std::find(command.relief.begin(), command.relief.end(), *kind) == command.relief.end()) {
      command.relief.push_back(*kind);
    }
  }
  command.channel = in.optional_choice("channel", channel_words(), "api");
  command.locale = checked_token(in, "locale", in.optional_string("locale", kLocaleBytesMax));
  if (command.locale.empty()) {
    command.locale = who.locale.substr(0, kLocaleBytesMax);
  }
  TRY(in.done());

  // Symptoms of single items count for the case as those of the whole report do.
  for (const RequestedItem& item : request.items) {
    for (const std::string& symptom : item.symptoms) {
      if (std::find(command.symptoms.begin(), command.symptoms.end(), symptom) == command.symptoms.end()) {
        command.symptoms.push_back(symptom);
      }
    }
  }
  if (command.pile && who.caller != access::Caller::Staff &&
      (command.by_mail || command.pile->target != command.reporter)) {
    return fail(Code::Denied, "only the target, her delegate or staff may report a whole pile",
                {{"/pile/target", "is not the reporter's account"}});
  }
  command.source = who.trusted_flagger                   ? Source::TrustedFlagger
                   : who.caller == access::Caller::Staff ? Source::OwnInitiative
                                                         : Source::UserNotice;
  request.rate_keys = rate_keys(
      call, command.by_mail ? call.desk.hasher().mail(command.reporter) : call.desk.hasher().account(command.reporter));
  return request;
}

const char* const kReportExample =
    R"({"reporter":{"account_id":"a1"},"items":[{"kind":"post","id":"p1","symptoms":["harassment"],)"
    R"("snapshot":{"text":"What was written","author":"a9","created_at":"2026-11-21T18:00:00.000Z"}}],)"
    R"("about":"me","symptoms":["harassment"],"comment":"It goes on since Friday.","channel":"ios","locale":"en"})";

schema::Text report_schema() {
  using namespace schema;
  const Text account = string(post::kIdBytesMax, 1), symptoms = array(words(symptom_words()), symptom_words().size());
  const Text snapshot = object(
      {{"text", string(post::kTextBytesMax)},
       {"author?", string(post::kIdBytesMax)},
       {"created_at?", time()},
       {"media?", array(object({{"sha256?", string(64)}, {"type?", string(127)}, {"url?", string(kUrlBytesMax)}}),
                        post::kMediaMax)}});
  return object(
      {{"reporter?",
        object({{"account_id?", account}, {"name?", string(kNameBytesMax)}, {"email?", string(kMailBytesMax)}})},
       {"items?", array(object({{"kind", words(names_of<ItemKind>())},
                                {"id?", string(post::kIdBytesMax)},
                                {"url?", string(kUrlBytesMax)},
                                {"symptoms?", symptoms},
                                {"snapshot?", snapshot}}),
                        kItemsMax)},
       {"pile?",
        object({{"target", account}, {"since", time()}, {"until?", time()}, {"except?", array(account, kExceptMax)}})},
       {"about?", words(names_of<About>())},
       {"on_behalf_of?", string(post::kIdBytesMax)},
       {"symptoms?", symptoms},
       {"group?", string(kWordBytesMax)},
       {"comment?", string(kCommentBytesMax)},
       {"fears_for_safety?", boolean()},
       {"legal_claim?", object({{"law?", string(500)},
                                {"explanation", string(kCommentBytesMax, 1)},
                                {"url?", string(kUrlBytesMax)},
                                {"good_faith", boolean()}})},
       {"relief?", array(words({"hide", "autoblock_pile"}), 2)},
       {"channel?", words(channel_words())},
       {"locale?", string(kLocaleBytesMax)}});
}

}  // namespace heed::api
