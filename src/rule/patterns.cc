#include "rule/patterns.h"

#include <re2/re2.h>

#include <array>

namespace heed::rule {

struct Pattern::Impl {
  std::unique_ptr<re2::RE2> re;
};

namespace {
constexpr std::size_t kKept = 16;
constexpr std::uint64_t kCompileSteps = 5000;  // compiling a large one costs about as much
constexpr std::size_t kSearchBytes = 512;      // and beginning a search as looking at so many
}  // namespace

Pattern::Pattern() : impl_(std::make_unique<Impl>()) {}
Pattern::~Pattern() = default;

Result<std::unique_ptr<const Pattern>> Pattern::compile(std::string_view text, const Limits& limits) {
  if (text.size() > limits.pattern_bytes) {
    return fail(Code::TooLarge, "the pattern is longer than " + std::to_string(limits.pattern_bytes) + " bytes");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(limits.pattern_memory);
  auto pattern = std::make_unique<Pattern>();
  for (const char c : text) {
    pattern->hash_ = (pattern->hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  }
  pattern->hash_ ^= pattern->hash_ >> 29;
  pattern->impl_->re = std::make_unique<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  const re2::RE2& re = *pattern->impl_->re;
  if (!re.ok()) {
    const bool large = re.error_code() == re2::RE2::ErrorPatternTooLarge;
    return fail(large ? Code::TooLarge : Code::InvalidInput, "the pattern cannot be used: " + re.error());
  }
  if (re.ProgramSize() > limits.pattern_program) {
    return fail(Code::TooLarge, "the pattern is too large: " + std::to_string(re.ProgramSize()) + " instructions, " +
                                    std::to_string(limits.pattern_program) + " are allowed");
  }
  return std::unique_ptr<const Pattern>(std::move(pattern));
}

bool Pattern::found_in(std::string_view text) const {
  return impl_->re->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

std::size_t Pattern::cost(std::string_view text) const {
  // Where the automaton does not fit into its memory, RE2 follows all states of the program at once.
  return kSearchBytes + text.size() * (1 + static_cast<std::size_t>(impl_->re->ProgramSize()) / 4);
}

std::string_view Pattern::text() const { return impl_->re->pattern(); }

Result<std::shared_ptr<const Pattern>> PatternPool::get(std::string_view text, const Limits& limits) {
  if (auto known = made_.find(text); known != made_.end()) {
    return known->second;
  }
  std::shared_ptr<const Pattern> made = TRY(Pattern::compile(text, limits));
  made_.emplace(text, made);
  return made;
}

Value Patterns::search(Call& call, const Pattern& pattern, std::string_view text) {
  if (!call.spend(pattern.cost(text))) {
    return out_of_steps();
  }
  if (text.data() != subject_.data() || text.size() != subject_.size() || text.empty()) {
    return Value::boolean(pattern.found_in(text));
  }
  Answer& answer = answers_[pattern.hash() % answers_.size()];
  const bool same = answer.era == era_ && (answer.pattern == &pattern || (answer.pattern->hash() == pattern.hash() &&
                                                                          answer.pattern->text() == pattern.text()));
  if (!same) {
    answer = {era_, &pattern, pattern.found_in(text)};
  }
  return Value::boolean(answer.found);
}

Value search(Call& call, const Pattern& pattern, std::string_view text) {
  return call.spend(pattern.cost(text)) ? Value::boolean(pattern.found_in(text)) : out_of_steps();
}

struct Patterns::Impl {
  struct Kept {
    std::string text;
    std::unique_ptr<const Pattern> pattern;
    std::uint64_t used = 0;
  };
  std::array<Kept, kKept> kept;
  std::uint64_t uses = 0;
};

Patterns::Patterns() : impl_(std::make_unique<Impl>()) {}
Patterns::~Patterns() = default;

Value Patterns::matches(Call& call, std::string_view text, std::string_view pattern) {
  Impl::Kept* oldest = &impl_->kept[0];
  for (Impl::Kept& kept : impl_->kept) {
    if (kept.pattern != nullptr && kept.text == pattern) {
      kept.used = ++impl_->uses;
      return search(call, *kept.pattern, text);
    }
    if (kept.used < oldest->used) {
      oldest = &kept;
    }
  }
  if (!call.spend(64 * kCompileSteps)) {
    return out_of_steps();
  }
  auto compiled = Pattern::compile(pattern, call.limits);
  if (!compiled) {
    return make_error(call.arena, compiled.error().message);
  }
  *oldest = {std::string(pattern), *std::move(compiled), ++impl_->uses};
  return search(call, *oldest->pattern, text);
}

}  // namespace heed::rule
