#include "assess/view.h"

#include <algorithm>
#include <array>

#include "rule/functions.h"
#include "rule/type.h"
#include "rule/value_json.h"

namespace heed::assess {
namespace {

using rule::Call;
using rule::Kind;
using rule::Type;
using rule::Value;

struct Declared {
  std::string_view name;
  Kind kind;
  std::string_view sentence;
};
constexpr std::array<Declared, kAttributes> kDeclared = {{
    {"post.text", Kind::String, "as written"},
    {"post.folded", Kind::String, "lower case, without diacritics and invisible signs"},
    {"post.kind", Kind::String, "post, message or profile"},
    {"post.lang", Kind::String, "what the platform says; may be empty"},
    {"post.language", Kind::String, "what its words say: en, de, …; und when unknown"},
    {"post.at", Kind::Timestamp, "when it was created"},
    {"post.mentions", Kind::Int, "accounts it mentions"},
    {"post.links", Kind::Int, "links in it"},
    {"post.link_hosts", Kind::List, "their hosts, in lower case"},
    {"post.is_reply", Kind::Bool, "whether it answers another post"},
    {"post.is_quote", Kind::Bool, "whether it quotes another post"},
    {"post.media", Kind::Int, "pictures and films"},
    {"post.words", Kind::Int, "words and numbers"},
    {"post.capitals", Kind::Double, "share of capitals among the letters a to z"},
    {"post.stretched", Kind::Int, "words with a letter three times in a row or more"},
    {"post.evasions", Kind::Int, "words that were disguised"},
    {"post.addresses", Kind::Int, "places that read like a postal address"},
    {"post.emoji", Kind::Int, "emoji and other signs"},
    {"attributes", Kind::Map, "what else the platform told of the post, by name"},
    {"author.age_days", Kind::Int, "age of the account when it posted; -1 when unknown"},
    {"author.known", Kind::Bool, "whether the age is known"},
    {"scores.known", Kind::Bool, "whether the model judged; else all scores are 0"},
    {"scores.toxicity", Kind::Double, "probability, 0 to 1"},
    {"scores.severe_toxicity", Kind::Double, "probability, 0 to 1"},
    {"scores.identity_attack", Kind::Double, "probability, 0 to 1"},
    {"scores.insult", Kind::Double, "probability, 0 to 1"},
    {"scores.profanity", Kind::Double, "probability, 0 to 1"},
    {"scores.threat", Kind::Double, "probability, 0 to 1"},
    {"scores.sexually_explicit", Kind::Double, "probability, 0 to 1"},
}};

constexpr const char* kLater = "windows are not counted yet";

/// A function of minutes that asks the windows.
template <std::int64_t (stream::Seen::*kCount)(std::int64_t) const>
Value count_lately(Call& call, std::span<const Value> a) {
  const stream::Seen* seen = static_cast<const View*>(call.context)->seen;
  const std::int64_t minutes = a[0].as_int();
  if (minutes < 1 || minutes > stream::Windows::kMinutesMax) {
    return Value::error("a window has 1 to 10080 minutes");
  }
  return seen == nullptr ? Value::error(kLater) : Value::integer((seen->*kCount)(minutes));
}

const View& view_of(const Call& call) { return *static_cast<const View*>(call.context); }

void declare(rule::Environment& to, std::string name, std::string sentence, std::vector<Type> takes, Type gives,
             rule::Implementation run) {
  rule::Function function{.name = std::move(name), .sentence = std::move(sentence), .overloads = {}, .pure = false};
  function.overloads.push_back({std::move(takes), std::move(gives), std::move(run)});
  const auto added = to.add_function(std::move(function));
  HEED_ASSERT(added.has_value());
}

std::shared_ptr<const rule::Environment> make_environment() {
  auto out = std::make_shared<rule::Environment>();
  for (std::size_t i = 0; i < kAttributes; ++i) {
    const Declared& d = kDeclared[i];
    const auto slot =
        out->add_variable(std::string(d.name), d.kind == Kind::Map    ? Type::map(Type::of(Kind::String), Type())
                                               : d.kind == Kind::List ? Type::list(Type::of(Kind::String))
                                                                      : Type::of(d.kind));
    HEED_ASSERT(slot.has_value() && *slot == i);
  }
  const Type text = Type::of(Kind::String), truth = Type::of(Kind::Bool), number = Type::of(Kind::Double);
  declare(*out, "list", "Whether any entry of the list is in the post, however it is meant.", {text}, truth,
          [](Call& call, std::span<const Value> a) {
            const View& view = view_of(call);
            const auto at = view.book->lists.find(a[0].text());
            return Value::boolean(at && view.lists[*at] != 0);
          });
  declare(*out, "signal",
          "Highest score of the lists' finds in this category, quotation and negation considered; 0: none.", {text},
          number, [](Call& call, std::span<const Value> a) {
            const View& view = view_of(call);
            const auto at = view.book->categories.find(a[0].text());
            return Value::number(at ? view.best[*at].score : 0);
          });
  declare(*out, "signal_group", "Group that the weightiest find of this category names; may be empty.", {text}, text,
          [](Call& call, std::span<const Value> a) {
            const View& view = view_of(call);
            const auto at = view.book->categories.find(a[0].text());
            return Value::string(at ? view.best[*at].group : std::string_view());
          });
  declare(
      *out, "cue",
      "Whether words of this kind stand in the post: attribution, objection, negation, play, sign, home, own, idiom.",
      {text}, truth, [](Call& call, std::span<const Value> a) {
        const auto cue = cue_named(a[0].text());
        return Value::boolean(cue && (view_of(call).cues >> static_cast<unsigned>(*cue) & 1) != 0);
      });
  declare(*out, "phrase", "Whether these words stand in the post; written as in a list: \"(i will|ill) kill @\".",
          {text}, truth, [](Call& call, std::span<const Value> a) {
            const View& view = view_of(call);
            const auto at = view.book->phrases.find(a[0].text());
            return Value::boolean(at && view.find_phrase(*at) != nullptr);
          });
  declare(*out, "pattern", "Whether the folded text has a match of this regular expression (RE2).", {text}, truth,
          [](Call& call, std::span<const Value> a) {
            const View& view = view_of(call);
            const auto at = view.book->folded.find(a[0].text());
            return Value::boolean(at && view.has_pattern(*at));
          });
  declare(*out, "near", "Whether both phrases stand in the post with at most so many words between them.",
          {text, text, Type::of(Kind::Int)}, truth, [](Call& call, std::span<const Value> a) {
            const View& view = view_of(call);
            const auto one = view.book->phrases.find(a[0].text()), other = view.book->phrases.find(a[1].text());
            return Value::boolean(one && other && view.near(*one, *other, a[2].as_int()));
          });
  const Type count = Type::of(Kind::Int);
  declare(
      *out, "authors_at_target",
      "How many accounts wrote hostile posts at the post's target in the last so many minutes, this one counted; 32 "
      "means 32 or more.",
      {count}, count, count_lately<&stream::Seen::authors_at_target>);
  declare(
      *out, "posts_at_target",
      "How many hostile posts were aimed at the post's target in the last so many minutes, this one counted; at most "
      "32.",
      {count}, count, count_lately<&stream::Seen::posts_at_target>);
  declare(*out, "posts_by_author_at_target", "How many of these were by this author.", {count}, count,
          count_lately<&stream::Seen::posts_by_author_at_target>);
  declare(*out, "posts_by_author",
          "How many posts this author wrote in the last so many minutes, hostile or not, this one counted; at most 32.",
          {count}, count, count_lately<&stream::Seen::posts_by_author>);
  return out;
}

}  // namespace

std::vector<std::string> cue_names() {
  return {"attribution", "objection", "negation", "play", "sign", "home", "own", "idiom"};
}

std::optional<Cue> cue_named(std::string_view name) {
  static const std::vector<std::string> names = cue_names();
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? std::nullopt : std::optional(static_cast<Cue>(at - names.begin() + 1));
}

std::vector<AttributeText> attribute_texts() {
  std::vector<AttributeText> out;
  for (const Declared& d : kDeclared) {
    out.push_back({d.name, d.sentence});
  }
  return out;
}

std::shared_ptr<const rule::Environment> rule_environment() {
  static const auto environment = make_environment();
  return environment;
}

void View::start(const Book& of) {
  book = &of;
  best.assign(of.categories.size(), {});
  lists.assign(of.lists.size(), 0);
  phrase_hits.clear();
  cues = 0;
}

void View::note(std::uint32_t category, double score, std::string_view group, std::uint32_t begin, std::uint32_t end) {
  if (score > best[category].score) {
    best[category] = {score, group, begin, end};
  }
}

Value View::load(rule::Slot slot, rule::Arena& arena) const {
  const auto attribute = static_cast<Attribute>(slot);
  switch (attribute) {
    case Attribute::Text:
      return Value::string(prepared->original);
    case Attribute::Folded:
      return Value::string(prepared->folded.text);
    case Attribute::Kind:
      return Value::string(post::kind_name(post == nullptr ? post::Kind::Post : post->kind));
    case Attribute::Lang:
      return Value::string(post == nullptr ? std::string_view() : post->lang);
    case Attribute::Language:
      return Value::string(text::language_name(language));
    case Attribute::At: {
      const std::int64_t ms = post == nullptr ? 0 : to_ms(post->created_at);
      const std::int64_t seconds = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
      return Value::timestamp(seconds, static_cast<std::uint32_t>(ms - seconds * 1000) * 1'000'000);
    }
    case Attribute::LinkHosts:
      return link_hosts(arena);
    case Attribute::Attributes:
      return attributes(arena);
    case Attribute::Capitals:
      return Value::number(capitals());
    case Attribute::IsReply:
    case Attribute::IsQuote:
    case Attribute::AuthorKnown:
    case Attribute::ScoresKnown:
      return Value::boolean(count(attribute) != 0);
    default:
      break;
  }
  if (attribute < Attribute::FirstScore) {
    return Value::integer(count(attribute));
  }
  return Value::number(scores->probability[slot - static_cast<rule::Slot>(Attribute::FirstScore)]);
}

std::int64_t View::count(Attribute attribute) const {
  switch (attribute) {
    case Attribute::IsReply:
      return post != nullptr && post->reply_to.present() ? 1 : 0;
    case Attribute::IsQuote:
      return post != nullptr && post->quote_of.present() ? 1 : 0;
    case Attribute::Media:
      return post == nullptr ? 0 : static_cast<std::int64_t>(post->media.size());
    case Attribute::Addresses:
      return static_cast<std::int64_t>(addresses->size());
    case Attribute::AuthorAgeDays:
      return age_days();
    case Attribute::AuthorKnown:
      return age_days() >= 0 ? 1 : 0;
    case Attribute::ScoresKnown:
      return scores->abstained == model::Abstention::None ? 1 : 0;
    case Attribute::Words:
      return tokens_of(text::Token::Kind::Word) + tokens_of(text::Token::Kind::Number);
    case Attribute::Emoji:
      return tokens_of(text::Token::Kind::Symbol);
    case Attribute::Mentions:
      return std::max(post == nullptr ? 0 : static_cast<std::int64_t>(post->mentions.size()),
                      tokens_of(text::Token::Kind::Handle));
    case Attribute::Links:
      return std::max(post == nullptr ? 0 : static_cast<std::int64_t>(post->links.size()),
                      tokens_of(text::Token::Kind::Link));
    case Attribute::Stretched:
      return std::count_if(prepared->tokens.begin(), prepared->tokens.end(),
                           [](const text::Token& token) { return (token.traits & text::Token::kStretched) != 0; });
    case Attribute::Evasions: {
      std::int64_t n = 0;
      std::uint32_t next = 0;
      for (const text::Reading& reading : prepared->readings.all) {
        const bool disguised =
            (reading.tricks & ~text::kStretched) != 0 && reading.proof != text::Reading::Proof::Listed;
        if (disguised && reading.first >= next) {
          ++n;
          next = reading.last + 1;
        }
      }
      return n;
    }
    default:
      return 0;
  }
}

std::int64_t View::tokens_of(text::Token::Kind kind) const {
  return std::count_if(prepared->tokens.begin(), prepared->tokens.end(),
                       [kind](const text::Token& token) { return token.kind == kind; });
}

std::int64_t View::age_days() const {
  if (post == nullptr || !post->author.created_at) {
    return -1;
  }
  const Millis age = std::chrono::duration_cast<Millis>(post->created_at - *post->author.created_at);
  return std::max<std::int64_t>(0, age.count() / std::chrono::duration_cast<Millis>(std::chrono::hours(24)).count());
}

double View::capitals() const {
  std::size_t capitals = 0, letters = 0;
  for (const char c : prepared->original) {
    capitals += c >= 'A' && c <= 'Z' ? 1 : 0;
    letters += (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? 1 : 0;
  }
  return letters == 0 ? 0 : static_cast<double>(capitals) / static_cast<double>(letters);
}

const View::PhraseHit* View::find_phrase(std::uint32_t phrase) const {
  const auto at =
      std::find_if(phrase_hits.begin(), phrase_hits.end(), [&](const PhraseHit& hit) { return hit.phrase == phrase; });
  return at == phrase_hits.end() ? nullptr : &*at;
}

bool View::has_pattern(std::uint32_t number) const {
  return std::binary_search(hits->folded_patterns.begin(), hits->folded_patterns.end(), number);
}

bool View::near(std::uint32_t a, std::uint32_t b, std::int64_t words) const {
  // Hits come by first token, so the nearest neighbour of each is the latest one of the other kind.
  constexpr std::int64_t kNone = INT64_MIN / 4;
  std::int64_t last_a = kNone, last_b = kNone;
  for (const PhraseHit& hit : phrase_hits) {
    const auto first = static_cast<std::int64_t>(hit.first_token), last = static_cast<std::int64_t>(hit.last_token);
    if ((hit.phrase == a && first - last_b - 1 <= words) || (hit.phrase == b && first - last_a - 1 <= words)) {
      return true;
    }
    last_a = hit.phrase == a ? std::max(last_a, last) : last_a;
    last_b = hit.phrase == b ? std::max(last_b, last) : last_b;
  }
  return false;
}

Value View::link_hosts(rule::Arena& arena) const {
  const std::size_t of_post = post == nullptr ? 0 : post->links.size();
  const bool told = of_post > 0;
  const std::size_t most = told ? of_post : static_cast<std::size_t>(tokens_of(text::Token::Kind::Link));
  Value* items = arena.array<Value>(most);
  if (items == nullptr) {
    return rule::out_of_memory();
  }
  std::size_t n = 0;
  const auto put = [&](std::string_view link) {
    if (const std::size_t scheme = link.find("://"); scheme != std::string_view::npos) {
      link.remove_prefix(scheme + 3);
    }
    link = link.substr(0, link.find_first_of("/?#:"));
    char* lower = arena.array<char>(link.size());
    if (lower != nullptr) {
      std::transform(link.begin(), link.end(), lower,
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      items[n++] = Value::string({lower, link.size()});
    }
  };
  for (std::size_t i = 0; i < of_post; ++i) {
    put(post->links[i]);
  }
  for (std::size_t i = 0; !told && i < prepared->tokens.size(); ++i) {
    const text::Token& token = prepared->tokens[i];
    if (token.kind == text::Token::Kind::Link) {
      put(std::string_view(prepared->folded.text).substr(token.begin, token.end - token.begin));
    }
  }
  return make_list(arena, items, n);
}

Value View::attributes(rule::Arena& arena) const {
  const std::size_t size = post == nullptr ? 0 : post->attributes.size();
  rule::Entry* entries = arena.array<rule::Entry>(size);
  if (entries == nullptr) {
    return rule::out_of_memory();
  }
  for (std::size_t i = 0; i < size; ++i) {
    entries[i] = {Value::string(post->attributes[i].name), rule::from_json(post->attributes[i].value, arena)};
  }
  return make_map(arena, entries, size);
}

}  // namespace heed::assess
