#include "assess/context.h"

#include <algorithm>
#include <array>

namespace heed::assess {
namespace {

constexpr std::uint32_t kAttributionReach = 4;  // tokens between "he told me" and the words
constexpr std::uint32_t kObjectionReach = 6;

constexpr std::array<std::pair<std::string_view, Cue>, 8> kCues = {{{"context.attribution", Cue::Attribution},
                                                                    {"context.objection", Cue::Objection},
                                                                    {"context.negation", Cue::Negation},
                                                                    {"context.play", Cue::Play},
                                                                    {"context.sign", Cue::Sign},
                                                                    {"context.home", Cue::Home},
                                                                    {"context.own", Cue::Own},
                                                                    {"context.idiom", Cue::Idiom}}};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Cue cue_of(std::string_view category) {
  for (const auto& [name, cue] : kCues) {
    if (name == category) {
      return cue;
    }
  }
  return Cue::None;
}

void Context::start(std::string_view folded, const std::vector<text::Token>& tokens) {
  folded_ = folded;
  tokens_ = &tokens;
  for (auto& places : cues_) {
    places.clear();
  }
  quotes_.clear();
  quotes_known_ = false;
}

void Context::put(Cue cue, std::uint32_t first, std::uint32_t last) {
  cues_[static_cast<std::size_t>(cue)].push_back({first, last});
}

void Context::find_quotes() {
  quotes_known_ = true;
  std::size_t open_double = std::string_view::npos;
  std::size_t open_single = std::string_view::npos;
  bool line_start = true;
  for (std::size_t i = 0; i < folded_.size(); ++i) {
    const char c = folded_[i];
    const bool word_before =
        i > 0 && (is_word(folded_[i - 1]) || std::string_view(".,!?").find(folded_[i - 1]) != std::string_view::npos);
    const bool word_after = i + 1 < folded_.size() && (is_word(folded_[i + 1]) || folded_[i + 1] == '@');
    if (c == '>' && line_start) {  // a quoted line, as in mail
      const std::size_t end = std::min(folded_.find('\n', i), folded_.size());
      quotes_.emplace_back(static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(end));
    } else if (c == '"') {
      if (open_double == std::string_view::npos) {
        open_double = i + 1;
      } else {
        quotes_.emplace_back(static_cast<std::uint32_t>(open_double), static_cast<std::uint32_t>(i));
        open_double = std::string_view::npos;
      }
    } else if (c == '\'' && word_after && !word_before) {
      open_single = i + 1;
    } else if (c == '\'' && word_before && !word_after && open_single != std::string_view::npos) {
      quotes_.emplace_back(static_cast<std::uint32_t>(open_single), static_cast<std::uint32_t>(i));
      open_single = std::string_view::npos;
    }
    line_start = c == '\n' || (line_start && c == ' ');
  }
  std::sort(quotes_.begin(), quotes_.end());
}

std::pair<std::uint32_t, std::uint32_t> Context::quote_around(std::uint32_t first, std::uint32_t last) const {
  const std::uint32_t begin = (*tokens_)[first].begin;
  const std::uint32_t end = (*tokens_)[last].end;
  auto after = std::upper_bound(quotes_.begin(), quotes_.end(), std::pair(begin, UINT32_MAX));
  // Marks of two kinds may nest; the inner one begins later. Two steps back are enough.
  for (int step = 0; step < 2 && after != quotes_.begin(); ++step) {
    --after;
    if (after->first <= begin && end <= after->second) {
      return *after;
    }
  }
  return {0, 0};
}

bool Context::reported(std::uint32_t first, std::uint32_t last) {
  if (!has(Cue::Attribution) && !has(Cue::Objection)) {
    return false;
  }
  // "he told me I will kill you": attribution shortly before.
  const auto& attributions = cues(Cue::Attribution);
  auto next = std::upper_bound(attributions.begin(), attributions.end(), first,
                               [](std::uint32_t at, const Place& place) { return at < place.first; });
  if (next != attributions.begin()) {
    const Place& before = *(next - 1);
    if (before.last < first && first - before.last <= kAttributionReach) {
      return true;
    }
  }
  if (near(Cue::Objection, first, last, kObjectionReach)) {
    return true;
  }
  if (!quotes_known_) {
    find_quotes();
  }
  const auto [begin, end] = quote_around(first, last);
  if (begin == end) {
    return false;
  }
  // Quoted, and somewhere outside of this quotation the writer says whose words these are or what to think of them.
  for (Cue cue : {Cue::Attribution, Cue::Objection}) {
    for (const Place& place : cues(cue)) {
      if ((*tokens_)[place.last].end <= begin || (*tokens_)[place.first].begin >= end) {
        return true;
      }
    }
  }
  return false;
}

bool Context::negated(std::uint32_t first) const {
  const auto& places = cues(Cue::Negation);
  auto next = std::lower_bound(places.begin(), places.end(), first,
                               [](const Place& place, std::uint32_t at) { return place.first < at; });
  for (int step = 0; step < 2 && next != places.begin(); ++step) {
    --next;
    if (next->last + 1 == first) {
      return true;
    }
  }
  return false;
}

bool Context::idiom(std::uint32_t first, std::uint32_t last) const {
  // "I'll shoot you" against "shoot you an email": the idiom begins inside the find and goes on after it.
  const auto& places = cues(Cue::Idiom);
  auto next = std::upper_bound(places.begin(), places.end(), last,
                               [](std::uint32_t at, const Place& place) { return at < place.first; });
  for (int step = 0; step < 4 && next != places.begin(); ++step) {
    --next;
    if (next->last > last || (next->last == last && next->first <= first)) {
      return true;
    }
  }
  return false;
}

bool Context::near(Cue cue, std::uint32_t first, std::uint32_t last, std::uint32_t distance) const {
  const auto& places = cues(cue);
  const std::uint32_t from = first < distance ? 0 : first - distance;
  auto next = std::lower_bound(places.begin(), places.end(), from,
                               [](const Place& place, std::uint32_t at) { return place.first < at; });
  for (; next != places.end() && next->first <= last + distance; ++next) {
    if (next->last < first || next->first > last) {
      return true;
    }
  }
  return false;
}

}  // namespace heed::assess
