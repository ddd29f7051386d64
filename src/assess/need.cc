#include "assess/need.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "match/matcher.h"
#include "rule/patterns.h"

namespace heed::assess {
namespace {

using rule::Ast;
using rule::Kind;
using rule::Node;
using rule::NodeId;
using rule::NodeKind;
using rule::Operator;

constexpr std::array<std::string_view, 16> kFame = {
    "followers", "follower_count", "following",   "verified",   "verification", "is_verified", "reach", "views",
    "likes",     "karma",          "subscribers", "reputation", "impressions",  "influence",   "fame",  "popularity"};
constexpr std::array<std::string_view, 7> kReports = {"reports",    "report_count", "reported",  "reporters",
                                                      "flag_count", "flagged_by",   "complaints"};
constexpr std::array<std::string_view, 4> kWindowed = {"authors_at_target", "posts_at_target",
                                                       "posts_by_author_at_target", "posts_by_author"};
constexpr std::int64_t kNearMax = 50;

template <std::size_t N>
bool among(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Walker {
 public:
  Walker(const Ast& ast, Book& book) : ast_(ast), book_(book) {}

  Need walk() {
    for (const Node& node : ast_.nodes) {
      look_at(node);
    }
    if (need_.issues.empty()) {
      if (auto any = triggers(ast_.root)) {
        need_.always = false;
        need_.any = *std::move(any);
      }
    }
    return std::move(need_);
  }

 private:
  void issue(const Node& at, std::string message, std::string hint = {}) {
    need_.issues.push_back({at.offset, at.length, std::move(message), std::move(hint)});
  }
  /// "post.is_reply" of nested selects; "" for anything else.
  std::string path(NodeId id) const {
    const Node& node = ast_[id];
    if (node.kind == NodeKind::Ident) {
      return node.text;
    }
    if (node.kind != NodeKind::Select && node.kind != NodeKind::Has) {
      return {};
    }
    const std::string before = path(node.children[0]);
    return before.empty() ? before : before + "." + node.text;
  }
  bool is_text(NodeId id) const { return ast_[id].kind == NodeKind::Literal && ast_[id].literal.is(Kind::String); }

  void look_at(const Node& node) {
    if (node.kind == NodeKind::Select || node.kind == NodeKind::Has) {
      const std::string of = path(node.children[0]);
      if (of == "post" || of == "author" || of == "attributes" || of == "account" || of == "target" || of == "scores") {
        refuse_name(node, node.text);
      }
    } else if (node.kind == NodeKind::Index && is_text(node.children[1]) && path(node.children[0]) == "attributes") {
      refuse_name(ast_[node.children[1]], ast_[node.children[1]].text);
    } else if (node.kind == NodeKind::Ident) {
      refuse_name(node, node.text);
    } else if (node.kind == NodeKind::Call) {
      look_at_call(node);
    }
  }
  void refuse_name(const Node& at, const std::string& name) {
    if (among(name, kFame)) {
      issue(at, fmt::format("'{}': how well known somebody is never decides, so a rule cannot ask for it", name));
    } else if (among(name, kReports)) {
      issue(at, fmt::format("'{}': how often something was reported never decides, so a rule cannot ask for it", name));
    }
  }

  void look_at_call(const Node& node) {
    const std::string& name = node.text;
    if (among(name, kWindowed)) {
      need_.windows = true;
      return;
    }
    const bool near = name == "near";
    if (name != "list" && name != "signal" && name != "signal_group" && name != "phrase" && name != "pattern" &&
        name != "cue" && !near) {
      return;
    }
    const std::size_t texts = near ? 2 : 1;
    if (node.children.size() != texts + (near ? 1 : 0)) {
      return;  // the checker says it
    }
    for (std::size_t i = 0; i < texts; ++i) {
      const Node& argument = ast_[node.children[i]];
      if (!is_text(node.children[i])) {
        if (argument.kind != NodeKind::Literal && argument.kind != NodeKind::Error) {
          issue(argument,
                fmt::format("{}() needs a text that is written out: it is looked for in all posts at once", name));
        }
      } else if (name == "list") {
        known(argument, book_.lists, "list");
      } else if (name == "signal" || name == "signal_group") {
        known(argument, book_.categories, "category");
      } else if (name == "cue") {
        if (!cue_named(argument.text)) {
          issue(argument, fmt::format("there is no cue '{}'", argument.text),
                rule::did_you_mean(argument.text, cue_names()));
        }
      } else if (name == "pattern") {
        add_pattern(argument);
      } else {
        add_phrase(argument);
      }
    }
    if (near) {
      const Node& words = ast_[node.children[2]];
      if (words.kind != NodeKind::Literal || !words.literal.is(Kind::Int) || words.literal.as_int() < 0 ||
          words.literal.as_int() > kNearMax) {
        issue(words, fmt::format("near() needs a number of words from 0 to {}", kNearMax));
      }
    }
  }
  void known(const Node& at, const Names& names, std::string_view what) {
    if (const auto number = names.find(at.text); !number) {
      issue(at, fmt::format("the pack's lists have no {} '{}'", what, at.text),
            rule::did_you_mean(at.text, names.all()));
    } else if (what == "category") {
      need_.categories.push_back(*number);
    }
  }
  void add_pattern(const Node& at) {
    if (auto made = rule::Pattern::compile(at.text, {}); !made) {
      issue(at, made.error().message);
      return;
    }
    need_.folded.push_back(put(book_.folded, book_.folded_literal, at.text, false));
  }
  static std::uint32_t put(Names& names, std::vector<bool>& literal, std::string_view text, bool is_literal) {
    const std::uint32_t number = names.add(text);
    if (number == literal.size()) {
      literal.push_back(is_literal);
    }
    return number;
  }
  void add_phrase(const Node& at) {
    if (!book_.phrases.find(at.text)) {
      match::TermList list{
          "phrase", "", {match::TermEntry{.id = "1", .term = at.text, .category = "phrase", .score = 1}}};
      auto fits = match::parse_term(at.text);
      Result<void> good = fits ? Result<void>() : Result<void>(tl::unexpected(fits.error()));
      if (good) {
        auto matcher = match::Matcher::make({std::move(list)});
        good = matcher ? Result<void>() : Result<void>(tl::unexpected(matcher.error()));
      }
      if (!good) {
        issue(at, "phrase: " + (good.error().fields.empty() ? good.error().message : good.error().fields[0].detail));
        return;
      }
    }
    need_.phrases.push_back(book_.phrases.add(at.text));
  }

  using Any = std::optional<std::vector<Trigger>>;
  static double share(const Trigger& trigger) {  // of posts that have it, roughly; only to choose the rarest
    switch (trigger.kind) {
      case Trigger::Kind::Phrase:
        return 0.002;
      case Trigger::Kind::Folded:
      case Trigger::Kind::Original:
        return 0.005;
      case Trigger::Kind::Signal:
        return 0.01;
      case Trigger::Kind::List:
        return 0.02;
      case Trigger::Kind::Score:
        return 0.001 + 0.4 * (1 - trigger.least) * (1 - trigger.least);
      case Trigger::Kind::Count:
        break;
    }
    const auto attribute = static_cast<Attribute>(trigger.number);
    return attribute == Attribute::Addresses  ? 0.005
           : attribute == Attribute::Evasions ? 0.03
           : attribute == Attribute::Links    ? 0.15
                                              : 0.4;
  }
  static double share(const std::vector<Trigger>& any) {
    double sum = 0;
    for (const Trigger& trigger : any) {
      sum += share(trigger);
    }
    return sum;
  }

  Any triggers(NodeId id) {
    const Node& node = ast_[id];
    if (node.kind == NodeKind::And) {
      Any best;
      for (const NodeId child : node.children) {
        Any any = triggers(child);
        if (any && (!best || share(*any) < share(*best))) {
          best = std::move(any);
        }
      }
      return best;
    }
    if (node.kind == NodeKind::Or) {
      std::vector<Trigger> all;
      for (const NodeId child : node.children) {
        Any any = triggers(child);
        if (!any) {
          return std::nullopt;
        }
        all.insert(all.end(), any->begin(), any->end());
      }
      return all;
    }
    if (node.kind == NodeKind::Call && !node.children.empty() && is_text(node.children[0])) {
      return of_call(node);
    }
    if (node.kind == NodeKind::MemberCall) {
      return of_member(node);
    }
    if (node.kind == NodeKind::Binary) {
      return of_comparison(node);
    }
    const std::string name = path(id);
    if (node.kind != NodeKind::Has && name == "post.is_reply") {
      return count(Attribute::IsReply);
    }
    return node.kind != NodeKind::Has && name == "post.is_quote" ? count(Attribute::IsQuote) : std::nullopt;
  }
  static Any one(Trigger::Kind kind, std::uint32_t number, double least = 0) {
    return Any({Trigger{kind, number, least}});
  }
  static Any count(Attribute attribute) { return one(Trigger::Kind::Count, static_cast<std::uint32_t>(attribute)); }

  Any of_call(const Node& node) {
    const std::string& text = ast_[node.children[0]].text;
    if (node.text == "list") {
      return one(Trigger::Kind::List, *book_.lists.find(text));
    }
    if (node.text == "phrase" || node.text == "near") {
      return one(Trigger::Kind::Phrase, *book_.phrases.find(text));
    }
    return node.text == "pattern" ? one(Trigger::Kind::Folded, *book_.folded.find(text)) : std::nullopt;
  }
  /// post.text.contains("x"): the scan finds it, too. Not matches(): whoever writes that instead of pattern() wants it
  /// tried only where the rest of the condition holds.
  Any of_member(const Node& node) {
    if (node.children.size() != 2 || node.text != "contains" || !is_text(node.children[1])) {
      return std::nullopt;
    }
    const std::string name = path(node.children[0]);
    const Node& text = ast_[node.children[1]];
    constexpr bool literal = true;
    if (text.text.empty() || (name != "post.folded" && name != "post.text")) {
      return std::nullopt;
    }
    const bool folded = name == "post.folded";
    Names& names = folded ? book_.folded : book_.original;
    std::vector<bool>& literals = folded ? book_.folded_literal : book_.original_literal;
    if (const auto known = names.find(text.text); known && literals[*known] != literal) {
      return std::nullopt;  // the same text as a pattern and as it stands: this one goes without
    }
    return one(folded ? Trigger::Kind::Folded : Trigger::Kind::Original, put(names, literals, text.text, literal));
  }
  std::optional<double> number(NodeId id) const {
    const Node& node = ast_[id];
    if (node.kind != NodeKind::Literal) {
      return std::nullopt;
    }
    return node.literal.is(Kind::Int)      ? std::optional(static_cast<double>(node.literal.as_int()))
           : node.literal.is(Kind::Double) ? std::optional(node.literal.as_double())
                                           : std::nullopt;
  }
  Any of_comparison(const Node& node) {
    NodeId subject = node.children[0];
    auto least = number(node.children[1]);
    Operator op = node.op;
    if (!least) {  // 0.5 <= scores.threat
      subject = node.children[1];
      least = number(node.children[0]);
      op = op == Operator::LessEqual ? Operator::GreaterEqual
           : op == Operator::Less    ? Operator::Greater
                                     : Operator::None;
    }
    if (!least || (op != Operator::GreaterEqual && op != Operator::Greater) || *least < 0 ||
        (*least == 0 && op != Operator::Greater)) {
      return std::nullopt;
    }
    const Node& of = ast_[subject];
    if (of.kind == NodeKind::Call && of.text == "signal" && of.children.size() == 1 && is_text(of.children[0])) {
      return one(Trigger::Kind::Signal, *book_.categories.find(ast_[of.children[0]].text), *least);
    }
    const std::string name = path(subject);
    for (std::size_t i = 0; i < model::kLabels; ++i) {
      if (name.starts_with("scores.") && name.substr(7) == model::kLabelNames[i]) {
        return one(Trigger::Kind::Score, static_cast<std::uint32_t>(i), *least);
      }
    }
    for (const auto& [known, attribute] :
         {std::pair("post.mentions", Attribute::Mentions), std::pair("post.links", Attribute::Links),
          std::pair("post.media", Attribute::Media), std::pair("post.evasions", Attribute::Evasions),
          std::pair("post.addresses", Attribute::Addresses)}) {
      if (name == known) {
        return count(attribute);
      }
    }
    return std::nullopt;
  }

  const Ast& ast_;
  Book& book_;
  Need need_;
};

}  // namespace

Need need_of(const rule::Ast& ast, Book& book) { return Walker(ast, book).walk(); }

}  // namespace heed::assess
