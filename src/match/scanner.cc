#include "match/scanner.h"

#include <fmt/format.h>

#include <future>
#include <iterator>

namespace heed::match {
namespace {

/// Posts that reach every table.
constexpr std::string_view kWarm[] = {"I think we should all go home now, what do you say? It's 5pm & I'm tired…",
                                      "so k1ll thеm s o o o n, f*ck yuorself, 14/88 (((x))) 𝐤𝐢𝐥𝐥 Привет Γειά"};

}  // namespace

Result<std::shared_ptr<const Scanner>> Scanner::make(Needs needs) {
  std::vector<FieldError> faults;
  std::shared_ptr<Scanner> out(new Scanner());
  // Takes what was made, or the faults with the place of each; what is no fault of a line or pattern ends it
  // at once.
  const auto take = [&](auto made, auto& to, std::string_view place) -> Result<void> {
    if (made) {
      to = *std::move(made);
    } else if (made.error().fields.empty()) {
      return tl::unexpected(std::move(made).error());
    } else {
      for (FieldError& fault : made.error().fields) {
        faults.push_back({std::string(place) + fault.pointer, std::move(fault.detail)});
      }
    }
    return {};
  };
  // Patterns are compiled beside the lists: whoever starts or reloads a server waits for both.
  auto folded = std::async(std::launch::async, [&] { return PatternSet::make(std::move(needs.folded)); });
  auto terms = Matcher::make(std::move(needs.lists));
  auto original = PatternSet::make(std::move(needs.original));
  auto folded_made = folded.get();
  TRY(take(std::move(terms), out->terms_, ""));
  TRY(take(std::move(folded_made), out->folded_, "folded:"));
  TRY(take(std::move(original), out->original_, "original:"));
  if (!faults.empty()) {
    std::string message = "lists or patterns have faults:";
    for (const FieldError& fault : faults) {
      message += fmt::format("\n{}: {}", fault.pointer, fault.detail);
    }
    return fail(Code::InvalidInput, std::move(message), std::move(faults));
  }
  return std::shared_ptr<const Scanner>(std::move(out));
}

void Scanner::prepare(std::string_view text, Prepared& out) const {
  out.original = text;
  text::fold(text, out.folded);
  text::tokenize(out.folded.text, out.tokens);
  text::unmask(out.folded.text, out.tokens, &terms_->vocabulary(), out.scratch, out.readings);
}

void Scanner::scan(const Prepared& post, Time when, Hits& out) const {
  terms_->scan(post.folded.text, post.tokens, post.readings, when, out.terms);
  folded_->scan(post.folded.text, out.folded_patterns);
  original_->scan(post.original, out.original_patterns);
}

void Scanner::warm() const {
  Prepared post;
  Hits hits;
  for (std::string_view text : kWarm) {
    prepare(text, post);
    scan(post, {}, hits);
  }
  folded_->warm();
  original_->warm();
}

}  // namespace heed::match
