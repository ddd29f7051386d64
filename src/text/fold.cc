#include "text/fold.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "text/fold_table.h"
#include "text/turned.h"
#include "text/utf8.h"

namespace heed::text {
namespace {

/// Appends the ASCII bytes at the head of `in` in lower case, eight a step; how many there were. They are
/// counted first, since room for more than is needed would have to be cleared again and again in mixed text.
std::size_t fold_ascii(std::string_view in, std::string& out) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ull, kHigh = 0x80 * kOnes;
  std::size_t count = 0;
  std::uint64_t word = 0;
  for (; count + 8 <= in.size(); count += 8) {
    std::memcpy(&word, in.data() + count, 8);
    if ((word & kHigh) != 0) {
      count += static_cast<std::size_t>(std::countr_zero(word & kHigh)) / 8;
      break;
    }
  }
  while (count < in.size() && static_cast<unsigned char>(in[count]) < 0x80) {
    ++count;
  }
  const std::size_t start = out.size();
  out.resize(start + count);
  char* const to = out.data() + start;
  std::size_t n = 0;
  for (; n + 8 <= count; n += 8) {
    std::memcpy(&word, in.data() + n, 8);
    // A byte's high bit is set by the first sum from 'A' on and by the second above 'Z'.
    const std::uint64_t upper = ((word + (0x80 - 'A') * kOnes) ^ (word + (0x7F - 'Z') * kOnes)) & kHigh;
    word |= upper >> 2;
    std::memcpy(to + n, &word, 8);
  }
  for (; n < count; ++n) {
    const char c = in[n];
    to[n] = static_cast<char>(c + ((static_cast<unsigned char>(c - 'A') < 26) << 5));
  }
  return count;
}

constexpr std::uint32_t kIndicatorFirst = 0x1F1E6, kIndicatorEnd = 0x1F200;

/// Regional indicators in a row at the head of `in`: whether they are flags, pair by pair, and not letters.
bool are_flags(std::string_view in, std::size_t& bytes) {
  unsigned first = 0;
  std::size_t count = 0;
  bool flags = true;
  for (bytes = 0; bytes < in.size(); bytes += 4) {
    const CodePoint c = decode_utf8(in.substr(bytes));
    if (!c.valid || c.value < kIndicatorFirst || c.value >= kIndicatorEnd) {
      break;
    }
    const unsigned letter = c.value - kIndicatorFirst;
    if (count % 2 == 1) {
      flags = flags && is_flag(first, letter);
    }
    first = letter;
    ++count;
  }
  return flags && count % 2 == 0;
}

/// Memory of the thread; empty.
std::vector<TurnedWords>& found_turned() {
  thread_local std::vector<TurnedWords> found;
  found.clear();
  return found;
}

class Folder {
 public:
  Folder(std::string_view in, Folded& out, UpsideDown words)
      : in_(in), out_(out), looked_(words == UpsideDown::Leave) {}

  void run() {
    while (at_ < in_.size()) {
      if (next_turned_ < turned_.size() && turned_[next_turned_].begin == at_) {
        put_turned(turned_[next_turned_++]);
        continue;
      }
      if (static_cast<unsigned char>(in_[at_]) < 0x80) {
        if (moved_) {
          out_.runs.push_back({here(), static_cast<std::uint32_t>(at_), 0});
          moved_ = false;
        }
        const std::size_t until = next_turned_ < turned_.size() ? turned_[next_turned_].begin : in_.size();
        at_ += fold_ascii(in_.substr(at_, until - at_), out_.text);
        last_ = 0;
        continue;
      }
      const CodePoint c = decode_utf8(in_.substr(at_));
      if (c.valid && may_be_turned(c.value) && !looked_ && look_for_turned()) {
        continue;  // from the beginning
      }
      if (!c.valid) {
        put(" ", 1);
        last_ = 0;
      } else if (c.value >= kIndicatorFirst && c.value < kIndicatorEnd) {
        put_indicators();
      } else {
        put_code_point(c);
      }
    }
  }

 private:
  std::uint32_t here() const { return static_cast<std::uint32_t>(out_.text.size()); }

  /// True when there are words upside down: then all begins anew, since some may be behind.
  bool look_for_turned() {
    looked_ = true;
    find_turned_words(in_, turned_);
    if (turned_.empty()) {
      return false;
    }
    out_.text.clear();
    out_.runs.clear();
    at_ = 0;
    moved_ = false;
    last_ = 0;
    return true;
  }

  void put_turned(TurnedWords words) {
    const std::uint32_t first = here();
    for (std::uint32_t end = words.end; end > words.begin;) {
      std::uint32_t begin = end - 1;
      while (begin > words.begin && (static_cast<unsigned char>(in_[begin]) & 0xC0) == 0x80) {
        --begin;
      }
      const std::uint32_t value = decode_utf8(in_.substr(begin)).value;
      if (is_unseen(value)) {
        end = begin;
        continue;
      }
      out_.runs.push_back({here(), begin, end - begin});
      const char letter = value == 0xA1 ? '!' : value == 0xBF ? '?' : value == 0x2D9 ? '.' : upright(value);
      if (letter != '\0') {
        out_.text += letter;
      } else if (value < 0x80) {
        out_.text += static_cast<char>(value);
      } else {
        out_.text += '\'';  // the marks that find_turned_words lets stand among letters
      }
      end = begin;
    }
    out_.turned.push_back({first, here()});
    at_ = words.end;
    moved_ = true;
    last_ = 0;
  }

  /// `folded` stands for the next `length` bytes.
  void put(std::string_view folded, std::size_t length) {
    if (folded.size() != length || moved_) {
      if (!folded.empty()) {
        out_.runs.push_back({here(), static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(length)});
      }
      moved_ = true;
    }
    out_.text.append(folded);
    at_ += length;
  }

  void put_code_point(CodePoint c) {
    const FoldEntry entry = fold_entry(c.value);
    if (entry.kind == FoldEntry::Kind::Composes && last_ != 0) {
      if (const std::uint32_t together =
              fold_together(last_, entry.text.empty() || entry.keeps ? c.value : decode_utf8(entry.text).value)) {
        return compose(together, c.length);
      }
    }
    const bool same = entry.kind == FoldEntry::Kind::Same || (entry.kind == FoldEntry::Kind::Composes && entry.keeps);
    const std::string_view folded = same ? in_.substr(at_, c.length) : entry.text;
    if (same) {
      last_ = c.value;
      last_folded_ = here();
      last_original_ = static_cast<std::uint32_t>(at_);
    } else if (!folded.empty()) {
      std::size_t head = folded.size() - 1;
      while (head > 0 && (static_cast<unsigned char>(folded[head]) & 0xC0) == 0x80) {
        --head;
      }
      last_ = head + 1 < folded.size() ? decode_utf8(folded.substr(head)).value : 0;
      last_folded_ = here() + static_cast<std::uint32_t>(head);
      last_original_ = static_cast<std::uint32_t>(at_);
    }
    put(folded, c.length);
  }

  /// The last letter and the next `length` bytes are one letter.
  void compose(std::uint32_t letter, std::size_t length) {
    out_.text.resize(last_folded_);
    while (!out_.runs.empty() && out_.runs.back().folded >= last_folded_) {
      out_.runs.pop_back();
    }
    at_ += length;
    out_.runs.push_back({last_folded_, last_original_, static_cast<std::uint32_t>(at_) - last_original_});
    moved_ = true;
    char buffer[4];
    out_.text.append(buffer, encode_utf8(letter, buffer));
    last_ = letter;
  }

  void put_indicators() {
    std::size_t bytes = 0;
    const bool flags = are_flags(in_.substr(at_), bytes);
    for (const std::size_t end = at_ + bytes; at_ < end;) {
      const char letter = static_cast<char>('a' + (decode_utf8(in_.substr(at_)).value - kIndicatorFirst));
      put(flags ? in_.substr(at_, 4) : std::string_view(&letter, 1), 4);
    }
    last_ = 0;
  }

  std::string_view in_;
  Folded& out_;
  std::vector<TurnedWords>& turned_ = found_turned();
  std::size_t next_turned_ = 0;
  bool looked_;  ///< for words upside down, or is not to
  std::size_t at_ = 0;
  bool moved_ = false;      ///< the next byte needs a run of its own
  std::uint32_t last_ = 0;  ///< letter above ASCII that was written last and that a mark may join
  std::uint32_t last_folded_ = 0, last_original_ = 0;
};

}  // namespace

void fold(std::string_view utf8, Folded& out, UpsideDown words) {
  out.text.clear();
  out.runs.clear();
  out.turned.clear();
  Folder(utf8, out, words).run();
}

Folded::Span Folded::original(std::uint32_t begin, std::uint32_t end) const {
  Span out{original_start(begin), original_end(end)};
  for (const Span& words : turned) {
    if (words.end <= begin || words.start >= end) {
      continue;
    }
    // Of the part in there the last character stands first; what is before and behind stands as ever.
    const std::uint32_t from = std::max(begin, words.start), to = std::min(end, words.end);
    const std::uint32_t first = original_start(to - 1), last = original_end(from + 1);
    out.start = begin < words.start ? std::min(out.start, first) : first;
    out.end = end > words.end ? std::max(out.end, last) : last;
    if (begin < words.start) {
      out.end = std::max(out.end, original_end(words.start));
    }
  }
  return out;
}

const Folded::Run* Folded::run_at(std::uint32_t at) const {
  auto after = std::upper_bound(runs.begin(), runs.end(), at,
                                [](std::uint32_t value, const Run& run) { return value < run.folded; });
  return after == runs.begin() ? nullptr : &*(after - 1);
}

std::uint32_t Folded::original_start(std::uint32_t at) const {
  const Run* run = run_at(at);
  return run == nullptr ? at : run->length != 0 ? run->original : run->original + (at - run->folded);
}

std::uint32_t Folded::original_end(std::uint32_t end) const {
  if (end == 0) {
    return 0;
  }
  const Run* run = run_at(end - 1);
  return run == nullptr ? end : run->length != 0 ? run->original + run->length : run->original + (end - run->folded);
}

}  // namespace heed::text
