#include "match/matcher.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/fold.h"

namespace heed::match {
namespace {

constexpr std::size_t kFirstBits = 1u << 17;
constexpr std::size_t kFillersInARow = 2;
constexpr std::uint64_t kStart = 0x9e3779b97f4a7c15ull;

/// Hash of a phrase one token longer; never 0, which marks a free place.
std::uint64_t extend(std::uint64_t key, std::uint64_t token) {
  key = (key ^ token) * 0xff51afd7ed558ccdull;
  key ^= key >> 32;
  return key == 0 ? 1 : key;
}

bool is_set(const std::vector<std::uint64_t>& bits, std::uint64_t hash) {
  const std::uint64_t bit = hash & (kFirstBits - 1);
  return (bits[bit / 64] >> (bit % 64) & 1) != 0;
}

}  // namespace

Result<std::shared_ptr<const Matcher>> Matcher::make(std::vector<TermList> lists) {
  auto matcher = std::shared_ptr<Matcher>(new Matcher());
  matcher->lists_ = std::move(lists);
  matcher->nodes_.resize(1024);
  matcher->first_.resize(kFirstBits / 64);
  std::vector<FieldError> faults;
  text::Folded folded;
  std::vector<text::Token> tokens;
  for (std::uint32_t l = 0; l < matcher->lists_.size(); ++l) {
    const TermList& list = matcher->lists_[l];
    for (std::uint32_t e = 0; e < list.entries.size(); ++e) {
      const TermEntry& entry = list.entries[e];
      const std::string pointer = fmt::format("{}:{}", list.name, entry.line);
      auto phrases = expand_term(entry.term);
      if (!phrases) {
        faults.push_back({pointer, "term: " + phrases.error().message});
        continue;
      }
      for (std::string phrase : *phrases) {
        // A lone "@" is no handle; in a term it stands for any.
        for (std::size_t at = phrase.find('@'); at != std::string::npos; at = phrase.find('@', at + 2)) {
          phrase.insert(at + 1, at + 1 == phrase.size() || phrase[at + 1] == ' ' ? "x" : "");
        }
        text::fold(phrase, folded);
        text::tokenize(folded.text, tokens);
        if (tokens.empty() || tokens.size() > kPhraseTokensMax) {
          faults.push_back({pointer, fmt::format("term: a phrase has 1 to {} words", kPhraseTokensMax)});
          break;
        }
        if (entry.category == kFiller) {
          if (tokens.size() != 1) {
            faults.push_back({pointer, "term: a filler is a single word"});
            break;
          }
          matcher->fillers_.push_back(tokens[0].hash);
          continue;
        }
        if (matcher->phrases_.size() >= kPhrasesMax) {
          return fail(Code::TooLarge, fmt::format("the lists stand for more than {} phrases", kPhrasesMax));
        }
        matcher->add(l, e, folded.text, tokens);
      }
    }
  }
  if (!faults.empty()) {
    std::string message = "the term lists have faults:";
    for (const FieldError& fault : faults) {
      message += "\n" + fault.pointer + ": " + fault.detail;
    }
    return fail(Code::InvalidInput, std::move(message), std::move(faults));
  }
  std::sort(matcher->fillers_.begin(), matcher->fillers_.end());
  return std::shared_ptr<const Matcher>(std::move(matcher));
}

void Matcher::add(std::uint32_t list, std::uint32_t entry, std::string_view folded,
                  const std::vector<text::Token>& tokens) {
  Phrase phrase{list, entry, static_cast<std::uint32_t>(texts_.size()), 0, kNone};
  std::uint64_t key = kStart;
  first_[(tokens[0].hash & (kFirstBits - 1)) / 64] |= 1ull << (tokens[0].hash % 64);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    key = extend(key, tokens[i].hash);
    texts_ += i == 0 ? "" : " ";
    texts_ += tokens[i].kind == text::Token::Kind::Handle
                  ? std::string_view("@")
                  : folded.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
    Node& node = put(key);
    node.longer |= i + 1 < tokens.size() ? 1u : 0u;
  }
  phrase.text_size = static_cast<std::uint32_t>(texts_.size()) - phrase.text_begin;
  Node& end = put(key);
  const auto index = static_cast<std::uint32_t>(phrases_.size());
  if (end.phrase == kNone) {
    end.phrase = index;
  } else {
    std::uint32_t last = end.phrase;
    for (;;) {
      if (phrases_[last].list == list && phrases_[last].entry == entry) {
        texts_.resize(phrase.text_begin);  // two alternatives of one term came out the same
        return;
      }
      if (phrases_[last].next == kNone) {
        break;
      }
      last = phrases_[last].next;
    }
    phrases_[last].next = index;
  }
  phrases_.push_back(phrase);
}

Matcher::Node& Matcher::put(std::uint64_t key) {
  if (2 * (used_ + 1) > nodes_.size()) {
    grow();
  }
  const std::size_t mask = nodes_.size() - 1;
  for (std::size_t at = key & mask;; at = (at + 1) & mask) {
    if (nodes_[at].key == key) {
      return nodes_[at];
    }
    if (nodes_[at].key == 0) {
      nodes_[at].key = key;
      ++used_;
      return nodes_[at];
    }
  }
}

void Matcher::grow() {
  std::vector<Node> old(nodes_.size() * 2);
  old.swap(nodes_);
  const std::size_t mask = nodes_.size() - 1;
  for (const Node& node : old) {
    if (node.key != 0) {
      std::size_t at = node.key & mask;
      while (nodes_[at].key != 0) {
        at = (at + 1) & mask;
      }
      nodes_[at] = node;
    }
  }
}

const Matcher::Node* Matcher::find(std::uint64_t key) const {
  const std::size_t mask = nodes_.size() - 1;
  for (std::size_t at = key & mask; nodes_[at].key != 0; at = (at + 1) & mask) {
    if (nodes_[at].key == key) {
      return &nodes_[at];
    }
  }
  return nullptr;
}

bool Matcher::same_text(const Phrase& phrase, std::string_view folded, const std::vector<text::Token>& tokens,
                        const std::uint32_t* path, std::size_t length) const {
  std::string_view text = std::string_view(texts_).substr(phrase.text_begin, phrase.text_size);
  for (std::size_t i = 0; i < length; ++i) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    const text::Token& token = tokens[path[i]];
    if (token.kind == text::Token::Kind::Handle ? word != "@"
                                                : !text::same_word(word, folded.substr(token.begin, token.end - token.begin))) {
      return false;
    }
  }
  return text.empty();
}

void Matcher::scan(std::string_view folded, const std::vector<text::Token>& tokens, Time when,
                   std::vector<Match>& out) const {
  out.clear();
  for (std::size_t start = 0; start < tokens.size(); ++start) {
    if (!is_set(first_, tokens[start].hash)) {
      continue;
    }
    std::uint64_t key = kStart;
    std::uint32_t path[kPhraseTokensMax];
    std::size_t length = 0;
    std::size_t at = start;
    std::size_t skipped = 0;
    while (length < kPhraseTokensMax && at < tokens.size()) {
      const std::uint64_t next = extend(key, tokens[at].hash);
      const Node* node = find(next);
      if (node == nullptr) {
        // A filler inside a phrase is stepped over; one that itself goes on a phrase was taken above.
        if (length == 0 || skipped == kFillersInARow ||
            !std::binary_search(fillers_.begin(), fillers_.end(), tokens[at].hash)) {
          break;
        }
        ++skipped;
        ++at;
        continue;
      }
      skipped = 0;
      key = next;
      path[length++] = static_cast<std::uint32_t>(at++);
      for (std::uint32_t p = node->phrase; p != kNone; p = phrases_[p].next) {
        const Phrase& phrase = phrases_[p];
        const TermEntry& entry = lists_[phrase.list].entries[phrase.entry];
        if ((!entry.expires || when < *entry.expires) && same_text(phrase, folded, tokens, path, length)) {
          out.push_back({phrase.list, phrase.entry, static_cast<std::uint32_t>(start), path[length - 1]});
        }
      }
      if (node->longer == 0) {
        break;
      }
    }
  }
}

}  // namespace heed::match
