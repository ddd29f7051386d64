#include "assess/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "stream/windows.h"
#include "text/utf8.h"

namespace heed::assess {
namespace {

/// name, operator, value of one word of a statement.
struct Term {
  std::string name, op, value;
  std::size_t column = 0;
};

constexpr std::array<std::string_view, 6> kPostTerms = {"actor", "text", "mentions", "lang", "times", "every"};
constexpr std::array<std::string_view, 10> kExpectTerms = {"verdict",  "clause", "lane",   "review", "severity",
                                                           "category", "group",  "source", "span",   "score"};

template <std::size_t N>
bool among(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && stop == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool holds(double value, std::string_view op, double bound) {
  // Scores are sums of decimals; equality is meant to a thousandth.
  return op == ">=" ? value >= bound - 1e-9 : op == "<=" ? value <= bound + 1e-9 : std::abs(value - bound) < 1e-3;
}

class Runner {
 public:
  Runner(std::string_view name, const Assessor& assessor)
      : name_(name), assessor_(assessor), scratch_(assessor.scratch()) {}

  Result<ScenarioResult> run(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      rest_ = line_text_ = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      ++line_;
      skip_blanks();
      if (!rest_.empty() && rest_.front() != '#') {
        TRY(statement());
      }
    }
    return std::move(result_);
  }

 private:
  tl::unexpected<Error> refuse(std::string detail) const {
    return invalid(fmt::format("{}:{}:{}", name_, line_, line_text_.size() - rest_.size() + 1), std::move(detail));
  }
  void skip_blanks() {
    const std::size_t n = std::min(rest_.find_first_not_of(" \t\r"), rest_.size());
    rest_.remove_prefix(n);
  }

  Result<void> statement() {
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t\r"));
    if (word != "at" && word != "post" && word != "expect") {
      return refuse("a line begins with at, post or expect");
    }
    rest_.remove_prefix(word.size());
    skip_blanks();
    if (word == "at") {
      at_ = TRY(parse_time(rest_));
      return {};
    }
    std::vector<Term> terms;
    while (!rest_.empty()) {
      terms.push_back(TRY(term()));
      skip_blanks();
    }
    if (word == "post") {
      return post(terms);
    }
    return expect(terms);
  }

  Result<Term> term() {
    Term term;
    term.column = line_text_.size() - rest_.size() + 1;
    std::size_t n = rest_.find_first_of("=<> \t");
    if (n == std::string_view::npos || n == 0) {
      return refuse("name=value is expected here");
    }
    term.name = rest_.substr(0, n);
    rest_.remove_prefix(n);
    n = rest_.substr(0, 2) == ">=" || rest_.substr(0, 2) == "<=" ? 2 : rest_.front() == '=' ? 1 : 0;
    if (n == 0) {
      return refuse("=, >= or <= is expected here");
    }
    term.op = rest_.substr(0, n);
    rest_.remove_prefix(n);
    if (rest_.empty() || rest_.front() != '"') {
      n = std::min(rest_.find_first_of(" \t\r"), rest_.size());
      term.value = rest_.substr(0, n);
      rest_.remove_prefix(n);
      return term;
    }
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() != '\\') {
        term.value += rest_.front();
        rest_.remove_prefix(1);
        continue;
      }
      TRY(escape(term.value));
    }
    if (rest_.empty()) {
      return refuse("the closing quote is missing");
    }
    rest_.remove_prefix(1);
    return term;
  }

  Result<void> escape(std::string& out) {
    const char c = rest_.size() > 1 ? rest_[1] : '\0';
    if (c == '"' || c == '\\' || c == 'n') {
      out += c == 'n' ? '\n' : c;
      rest_.remove_prefix(2);
      return {};
    }
    const std::size_t close = rest_.find('}');
    std::uint32_t value = 0;
    if (c == 'u' && rest_.substr(2, 1) == "{" && close != std::string_view::npos) {
      const auto [stop, error] = std::from_chars(rest_.data() + 3, rest_.data() + close, value, 16);
      if (error == std::errc{} && stop == rest_.data() + close && value <= 0x10FFFF) {
        char bytes[4];
        out.append(bytes, text::encode_utf8(value, bytes));
        rest_.remove_prefix(close + 1);
        return {};
      }
    }
    return refuse("\\\", \\\\, \\n or \\u{200b} is expected here");
  }

  Result<void> post(const std::vector<Term>& terms) {
    int times = 1;
    post_ = {};
    text_.clear();
    for (const Term& term : terms) {
      if (!among(term.name, kPostTerms) || term.op != "=") {
        return refuse(fmt::format("post knows {}", fmt::join(kPostTerms, ", ")));
      }
      if (term.name == "text") {
        text_ = term.value;
      } else if (term.name == "actor") {
        actor_ = term.value;
      } else if (term.name == "mentions") {
        mention_ = term.value;
      } else if (term.name == "times") {
        times = static_cast<int>(number_of(term.value).value_or(0));
      }
    }
    if (times < 1 || times > 1'000'000) {
      return refuse("times must be 1 to 1000000");
    }
    post_.id = "p1";
    post_.text = text_;
    post_.author.id = actor_;
    post_.created_at = at_;
    if (std::any_of(terms.begin(), terms.end(), [](const Term& term) { return term.name == "mentions"; })) {
      post_.mentions.push_back(mention_);
    }
    for (int i = 0; i < times; ++i) {
      assessor_.first_stage(post_, *scratch_, assessment_);
      assessor_.second_stage(post_, windows_, *scratch_, assessment_);
    }
    result_.posts += times;
    return {};
  }

  Result<void> expect(const std::vector<Term>& terms) {
    if (result_.posts == 0) {
      return refuse("expect speaks of a post; there is none yet");
    }
    std::vector<Term> of_signal;
    for (const Term& term : terms) {
      ++result_.expectations;
      if (term.name == "none") {
        const bool found = std::any_of(assessment_.signals.begin(), assessment_.signals.end(),
                                       [&](const Signal& signal) { return signal.category == term.value; });
        check(!found, term);
      } else if (!among(term.name, kExpectTerms)) {
        return refuse(fmt::format("expect knows {}, none", fmt::join(kExpectTerms, ", ")));
      } else if (term.name == "verdict") {
        check(term.value == verdict_name(assessment_.verdict), term);
      } else if (term.name == "clause") {
        check(term.value == (assessment_.clause == nullptr ? "none" : assessment_.clause->id), term);
      } else if (term.name == "lane") {
        check(term.value == policy::lane_name(assessment_.lane), term);
      } else if (term.name == "review") {
        check(term.value == (assessment_.review ? "yes" : "no"), term);
      } else if (term.name == "severity") {
        check(holds(assessment_.severity, term.op, number_of(term.value).value_or(-1)), term);
      } else {
        of_signal.push_back(term);
      }
    }
    if (!of_signal.empty()) {
      const bool found = std::any_of(assessment_.signals.begin(), assessment_.signals.end(), [&](const Signal& signal) {
        return std::all_of(of_signal.begin(), of_signal.end(), [&](const Term& term) { return fits(signal, term); });
      });
      check(found, of_signal.front());
    }
    return {};
  }

  bool fits(const Signal& signal, const Term& term) const {
    if (term.name == "score") {
      return holds(signal.score, term.op, number_of(term.value).value_or(-1));
    }
    const std::string_view value = term.name == "category" ? std::string_view(signal.category)
                                   : term.name == "group"  ? std::string_view(signal.group)
                                   : term.name == "source"
                                       ? std::string_view(signal.source)
                                       : std::string_view(text_).substr(signal.start, signal.end - signal.start);
    return value == term.value;
  }

  void check(bool good, const Term& term) {
    if (good) {
      return;
    }
    std::string got =
        fmt::format("verdict={} clause={} lane={} review={} severity={}", verdict_name(assessment_.verdict),
                    assessment_.clause == nullptr ? "none" : assessment_.clause->id,
                    policy::lane_name(assessment_.lane), assessment_.review ? "yes" : "no", assessment_.severity);
    for (const Signal& signal : assessment_.signals) {
      got += fmt::format("; {}/{} {} {} \"{}\"", signal.category, signal.group, signal.score, signal.source,
                         std::string_view(text_).substr(signal.start, signal.end - signal.start));
    }
    result_.failures.push_back(
        fmt::format("{}:{}: expected {}{}{}, got {}", name_, line_, term.name, term.op, term.value, got));
  }

  std::string_view name_;
  const Assessor& assessor_;
  std::unique_ptr<Scratch, ScratchDeleter> scratch_;
  stream::Windows windows_;
  std::string_view line_text_, rest_;
  std::size_t line_ = 0;
  Time at_ = from_ms(1'782'907'200'000);  // 2026-07-01T12:00:00Z
  std::string text_, actor_ = "u1", mention_;
  post::Post post_;
  Assessment assessment_;
  ScenarioResult result_;
};

}  // namespace

Result<ScenarioResult> run_scenario(std::string_view name, std::string_view text, const Assessor& assessor) {
  return Runner(name, assessor).run(text);
}

}  // namespace heed::assess
