#include "adapters/sentences.h"

#include "text/utf8.h"

namespace heed::adapters {
namespace {

bool is_space(std::uint32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x3000;
}
bool is_line_end(std::uint32_t c) { return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029; }
bool is_stop(std::uint32_t c) { return c == '.' || c == '!' || c == '?' || c == 0x2026; }
/// These end a sentence whatever follows: the scripts that use them write no spaces.
bool is_wide_stop(std::uint32_t c) { return c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0x0964; }
bool is_closing(std::uint32_t c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x2019 || c == 0x201D || c == 0xBB || c == 0x300D ||
         c == 0x300F;
}

}  // namespace

std::uint32_t utf16_units(std::string_view text) {
  std::uint32_t units = 0;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xC0) != 0x80 ? (byte >= 0xF0 ? 2u : 1u) : 0u;
  }
  return units;
}

void split_sentences(std::string_view text, std::vector<Sentence>& out) {
  out.clear();
  std::size_t start = 0, last = 0;  // bytes of the open sentence: first, and behind its last visible one
  std::uint32_t start_unit = 0, last_unit = 0;
  bool open = false, stopped = false;  // stopped: nothing but stops and closing marks since a stop
  auto close = [&] {
    if (open) {
      out.push_back({text.substr(start, last - start), start_unit, last_unit});
      open = stopped = false;
    }
  };
  std::uint32_t unit = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint c = text::decode_utf8(text.substr(at));
    const std::uint32_t units = c.valid && c.value > 0xFFFF ? 2 : 1;
    const bool last_one = out.size() + 1 >= kSentencesMax;
    if (is_space(c.value) && c.valid) {
      if (!last_one && (stopped || is_line_end(c.value))) {
        close();
      }
    } else {
      if (!open) {
        open = true;
        start = at;
        start_unit = unit;
      }
      if (is_stop(c.value)) {
        stopped = true;
      } else if (!is_closing(c.value)) {
        stopped = false;
      }
      last = at + c.length;
      last_unit = unit + units;
      if (!last_one && is_wide_stop(c.value)) {
        close();
      }
    }
    at += c.length;
    unit += units;
  }
  close();
}

}  // namespace heed::adapters
