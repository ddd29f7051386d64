#include "post/member_reader.h"

#include <algorithm>

namespace heed::post {

std::string Path::text() const {
  std::string out = up != nullptr ? up->text() : std::string();
  if (name.data() == nullptr) {
    return up != nullptr ? out + "/" + std::to_string(index) : out;
  }
  out += '/';
  for (char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

void Faults::add(const Path& at, std::string_view detail) {
  if (++found_ <= kFaultsMax) {
    errors_.push_back({at.text(), std::string(detail)});
  }
}

Result<void> Faults::result(std::string_view what) {
  if (none()) {
    return {};
  }
  // Pointers may hold names that a person chose, so they stay in `fields` and out of the message.
  std::string message = std::string(what) + " refused: " + std::to_string(found_) +
                        (found_ == 1 ? " faulty field, " : " faulty fields, the first ") + errors_.front().detail;
  return fail(Code::InvalidInput, std::move(message), std::move(errors_));
}

std::string_view read_string(Json value, const Path& at, std::size_t bytes_min, std::size_t bytes_max, Faults& faults) {
  std::optional<std::string_view> text = value.string();
  if (!text) {
    faults.add(at, "must be a string");
    return {};
  }
  if (text->size() < bytes_min) {
    faults.add(at, "must not be empty");
    return {};
  }
  if (text->size() > bytes_max) {
    faults.add(at, "is longer than " + std::to_string(bytes_max) + " bytes");
    return {};
  }
  return *text;
}

std::string_view read_token(Json value, const Path& at, std::size_t bytes_min, std::size_t bytes_max, Faults& faults) {
  std::string_view text = read_string(value, at, bytes_min, bytes_max, faults);
  bool control =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control) {
    faults.add(at, "holds a control character");
    return {};
  }
  return text;
}

std::optional<Time> read_time(Json value, const Path& at, Faults& faults) {
  std::optional<std::string_view> text = value.string();
  if (!text) {
    faults.add(at, "must be a string with an RFC 3339 time");
    return std::nullopt;
  }
  // Refuse by length first: an error costs more than a parse.
  Result<Time> time = text->size() <= 64 ? parse_time(*text) : fail(Code::InvalidInput, "too long");
  if (!time) {
    faults.add(at, "is not an RFC 3339 time such as 2026-11-21T18:00:00.000Z");
    return std::nullopt;
  }
  return *time;
}

std::int64_t read_count(Json value, const Path& at, std::int64_t fallback, Faults& faults) {
  std::optional<std::int64_t> number = value.integer();
  if (!number || *number < 0) {
    faults.add(at, "must be a whole number from 0");
    return fallback;
  }
  return *number;
}

bool read_bool(Json value, const Path& at, bool fallback, Faults& faults) {
  std::optional<bool> flag = value.boolean();
  if (!flag) {
    faults.add(at, "must be true or false");
    return fallback;
  }
  return *flag;
}

bool is_object(Json value, const Path& at, Faults& faults) {
  if (!value.is_object()) {
    faults.add(at, "must be an object");
    return false;
  }
  return true;
}

}  // namespace heed::post
