#pragma once
#include <set>
#include <string>

#include "casework/in_line.h"
#include "casework/notices.h"

/// The kinds of notice, each in its own file, and what their texts are made of. Internal to notices*.cc.
namespace heed::casework {

/// "a", then "a b": each thing once, in the order it came.
class Phrases {
 public:
  explicit Phrases(std::string_view separator = " ") : separator_(separator) {}
  void add(std::string text) {
    if (!text.empty() && seen_.insert(text).second) {
      joined_ += (joined_.empty() ? "" : separator_) + text;
    }
  }
  const std::string& text() const { return joined_; }

 private:
  std::string separator_, joined_;
  std::set<std::string> seen_;
};

inline std::string cut(std::string_view text, std::size_t characters_max) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && n++ == characters_max) {
      return std::string(text.substr(0, i)) + "…";
    }
  }
  return std::string(text);
}

inline std::string day_text(Time time) { return format_time(time).substr(0, 10); }
inline std::string minute_text(Time time) {
  std::string t = format_time(time);
  return t.substr(0, 10) + " " + t.substr(11, 5) + " UTC";
}

Result<Parcel> render_order(ledger::View& view, const RenderEnv& env, const NoticeRow& notice);
Result<Parcel> render_alarm(ledger::View& view, const RenderEnv& env, const NoticeRow& notice);

}  // namespace heed::casework
