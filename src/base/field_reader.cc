#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"

namespace heed {
namespace {

constexpr std::size_t kErrorsMax = 100;    // one hostile request must not get a megabyte of answer
constexpr std::size_t kNameBytesMax = 64;  // of an unknown name in the answer

std::string child_pointer(const std::string& parent, std::string_view name) {
  std::string pointer = parent + '/';
  for (char c : name) {  // RFC 6901
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

std::string count_of(std::size_t n, std::string_view unit) {
  return fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s");
}

}  // namespace

FieldReader::FieldReader(Json object, std::string pointer) : object_(object), pointer_(std::move(pointer)) {
  known_.reserve(16);
  if (!object_.is_object()) {
    errors_.push_back({pointer_, "must be an object"});
  }
}

/// Missing also for null: an optional field may be given as null.
Json FieldReader::find(std::string_view name) {
  known_.push_back(name);
  Json value = object_[name];
  return value.is_null() ? Json() : value;
}

Json FieldReader::any(std::string_view name) {
  known_.push_back(name);
  return object_[name];
}

void FieldReader::error(std::string_view name, std::string detail) {
  if (errors_.size() < kErrorsMax) {
    errors_.push_back({name.empty() ? pointer_ : child_pointer(pointer_, name), std::move(detail)});
  }
}

std::string_view FieldReader::required_string(std::string_view name, std::size_t bytes_min, std::size_t bytes_max) {
  Json value = find(name);
  if (value.missing()) {
    if (object_.is_object()) {
      error(name, "is required");
    }
    return {};
  }
  std::optional<std::string_view> text = value.string();
  if (!text) {
    error(name, "must be a string");
    return {};
  }
  if (text->size() < bytes_min) {
    error(name, bytes_min == 1 ? "must not be empty" : "must have at least " + count_of(bytes_min, "byte"));
    return {};
  }
  if (text->size() > bytes_max) {
    error(name, fmt::format("must have at most {} (has {})", count_of(bytes_max, "byte"), text->size()));
    return {};
  }
  return *text;
}

std::string_view FieldReader::optional_string(std::string_view name, std::size_t bytes_max) {
  Json value = find(name);
  if (value.missing()) {
    return {};
  }
  std::optional<std::string_view> text = value.string();
  if (!text) {
    error(name, "must be a string");
    return {};
  }
  if (text->size() > bytes_max) {
    error(name, fmt::format("must have at most {} (has {})", count_of(bytes_max, "byte"), text->size()));
    return {};
  }
  return *text;
}

bool FieldReader::optional_bool(std::string_view name, bool fallback) {
  Json value = find(name);
  std::optional<bool> b = value.boolean();
  if (!b && !value.missing()) {
    error(name, "must be true or false");
  }
  return b.value_or(fallback);
}

std::int64_t FieldReader::optional_int(std::string_view name, std::int64_t min, std::int64_t max,
                                       std::int64_t fallback) {
  Json value = find(name);
  if (value.missing()) {
    return fallback;
  }
  std::optional<std::int64_t> n = value.integer();
  if (!n || *n < min || *n > max) {
    error(name, fmt::format("must be a whole number from {} to {}", min, max));
    return fallback;
  }
  return *n;
}

std::optional<Time> FieldReader::optional_time(std::string_view name) {
  Json value = find(name);
  if (value.missing()) {
    return std::nullopt;
  }
  std::optional<std::string_view> text = value.string();
  if (!text) {
    error(name, "must be a string with an RFC 3339 time");
    return std::nullopt;
  }
  Result<Time> time = parse_time(*text);
  if (!time) {
    error(name, time.error().message);
    return std::nullopt;
  }
  return *time;
}

std::optional<Time> FieldReader::required_time(std::string_view name) {
  Json value = object_[name];
  if (object_.is_object() && (value.missing() || value.is_null())) {
    error(name, "is required");
  }
  return optional_time(name);
}

std::string_view FieldReader::optional_choice(std::string_view name, const std::vector<std::string_view>& allowed,
                                              std::string_view fallback) {
  Json value = find(name);
  if (value.missing()) {
    return fallback;
  }
  std::optional<std::string_view> text = value.string();
  auto found = text ? std::find(allowed.begin(), allowed.end(), *text) : allowed.end();
  if (found == allowed.end()) {
    error(name, fmt::format("must be one of: {}", fmt::join(allowed, ", ")));
    return fallback;
  }
  return *found;
}

Json FieldReader::optional_object(std::string_view name) {
  Json value = find(name);
  if (!value.missing() && !value.is_object()) {
    error(name, "must be an object");
    return {};
  }
  return value;
}

Json FieldReader::optional_array(std::string_view name, std::size_t size_max) {
  Json value = find(name);
  if (value.missing()) {
    return {};
  }
  if (!value.is_array()) {
    error(name, "must be an array");
    return {};
  }
  if (value.size() > size_max) {
    error(name, fmt::format("must have at most {} (has {})", count_of(size_max, "element"), value.size()));
    return {};
  }
  return value;
}

std::vector<std::string_view> FieldReader::optional_strings(std::string_view name, std::size_t size_max,
                                                            std::size_t bytes_max) {
  std::vector<std::string_view> out;
  Json array = optional_array(name, size_max);
  out.reserve(array.size());
  std::size_t i = 0;
  array.each([&](Json element) {
    std::optional<std::string_view> text = element.string();
    if (text && !text->empty() && text->size() <= bytes_max) {
      out.push_back(*text);
    } else if (errors_.size() < kErrorsMax) {
      errors_.push_back({fmt::format("{}/{}", child_pointer(pointer_, name), i),
                         fmt::format("must be a string of 1 to {}", count_of(bytes_max, "byte"))});
    }
    ++i;
  });
  return out;
}

void FieldReader::merge(std::vector<FieldError> errors) {
  for (FieldError& e : errors) {
    if (errors_.size() < kErrorsMax) {
      errors_.push_back(std::move(e));
    }
  }
}

std::vector<FieldError> FieldReader::take_errors(bool refuse_unknown) {
  std::vector<bool> seen(known_.size());
  object_.members([&](std::string_view name, Json) {
    auto at = std::find(known_.begin(), known_.end(), name);
    if (at == known_.end()) {
      if (refuse_unknown) {
        error(utf8_prefix(name, kNameBytesMax), "is not a known field");
      }
      return;
    }
    auto which = static_cast<std::size_t>(at - known_.begin());
    if (seen[which]) {
      error(name, "is given more than once");
    }
    seen[which] = true;
  });
  return std::exchange(errors_, {});
}

Result<void> FieldReader::done(bool refuse_unknown) {
  std::vector<FieldError> errors = take_errors(refuse_unknown);
  if (errors.empty()) {
    return {};
  }
  const FieldError& first = errors.front();
  std::string message = first.pointer.empty() ? "the document " + first.detail : first.pointer + " " + first.detail;
  if (errors.size() > 1) {
    message += fmt::format("; {} in all", count_of(errors.size(), "fault"));
  }
  return fail(Code::InvalidInput, std::move(message), std::move(errors));
}

}  // namespace heed
