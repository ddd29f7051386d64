#include <fmt/format.h>

#include <algorithm>

#include "assess/assessor_parts.h"
#include "assess/shipped_classifier.h"
#include "model/second_classifier.h"
#include "policy/builtin.h"

namespace heed::assess {
namespace {

constexpr std::string_view kPhraseList = "rules' phrases";

/// All that the one scan has to look for: the lists, and as one more list the rules' phrases.
match::Scanner::Needs needs_of(const Book& book, std::vector<match::TermList> lists) {
  match::Scanner::Needs needs;
  needs.lists = std::move(lists);
  if (book.phrases.size() > 0) {
    match::TermList& phrases = needs.lists.emplace_back();
    phrases.name = kPhraseList;
    for (const std::string& phrase : book.phrases.all()) {
      match::TermEntry& entry = phrases.entries.emplace_back();
      entry.term = phrase;
      entry.line = phrases.entries.size();
    }
  }
  const auto put = [](const Names& texts, const std::vector<bool>& literal, std::vector<match::Pattern>& to) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      to.push_back({texts.all()[i], literal[i] ? match::Pattern::Kind::Literal : match::Pattern::Kind::Regex});
    }
  };
  put(book.folded, book.folded_literal, needs.folded);
  put(book.original, book.original_literal, needs.original);
  return needs;
}

}  // namespace

Result<std::shared_ptr<const Assessor>> Assessor::make(std::shared_ptr<const policy::Policy> policy, const Files& lists,
                                                       const Files& rules, SecondLook second) {
  std::vector<FieldError> faults;
  std::vector<match::TermList> parsed;
  for (const auto& [name, tsv] : lists) {
    auto list = match::parse_term_list(name, tsv);
    if (list) {
      parsed.push_back(*std::move(list));
    } else {
      std::move(list.error().fields.begin(), list.error().fields.end(), std::back_inserter(faults));
    }
  }
  std::shared_ptr<Assessor> assessor(new Assessor());
  Impl& impl = *assessor->impl_;
  impl.policy = std::move(policy);
  impl.look = second;
  const auto& clauses = impl.policy->clauses;
  Book book;
  impl.address_category = book.categories.add(kAddressCategory);
  impl.sign_category = book.categories.add(kWarningSign);
  for (const match::TermList& list : parsed) {
    book.lists.add(list.name);
    Impl::Source& source = impl.sources.emplace_back();
    source.name = "list:" + list.name;
    source.version = list.version;
    for (const match::TermEntry& entry : list.entries) {
      Impl::Meaning& meaning = source.meanings.emplace_back();
      const std::string pointer = fmt::format("{}:{}", list.name, entry.line);
      if (entry.category.substr(0, 8) == "context.") {
        meaning.cue = cue_of(entry.category);
        if (meaning.cue == Cue::None && entry.category != match::Matcher::kFiller) {
          faults.push_back({pointer, "category: no such context; see policies/README.md"});
        }
        continue;
      }
      meaning.finds = true;
      meaning.clause =
          entry.clause.empty() ? impl.policy->for_category(entry.category) : impl.policy->find(entry.clause);
      if (meaning.clause == nullptr) {
        faults.push_back({pointer, entry.clause.empty() ? "category: no clause of the policy lists it; name a clause"
                                                        : "clause: the policy has no such clause"});
        continue;
      }
      meaning.category = book.categories.add(entry.category);
      meaning.clause_index = static_cast<std::size_t>(meaning.clause - clauses.data());
    }
  }
  if (faults.empty()) {
    impl.plan = TRY(Plan::make(*impl.policy, std::move(book), rules));
    match::Scanner::Needs needs = needs_of(impl.plan->book(), std::move(parsed));
    if (impl.plan->book().phrases.size() > 0) {
      impl.phrase_list = static_cast<std::uint32_t>(needs.lists.size() - 1);
    }
    auto scanner = match::Scanner::make(std::move(needs));
    if (scanner) {
      impl.scanner = *std::move(scanner);
    } else {
      faults = std::move(scanner.error().fields);
      if (faults.empty()) {
        return tl::unexpected(std::move(scanner).error());
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
  impl.address_clause = impl.policy->for_category(kAddressCategory);
  impl.classifier = shipped_classifier();
  impl.second = shipped_second_classifier();
  return std::shared_ptr<const Assessor>(std::move(assessor));
}

std::string_view second_look_name(SecondLook look) {
  return look == SecondLook::Never ? "never" : look == SecondLook::Near ? "near" : "reports";
}

SecondLook second_look_of(std::string_view name) {
  return name == "never" ? SecondLook::Never : name == "near" ? SecondLook::Near : SecondLook::Reports;
}

std::shared_ptr<const model::Classifier> shipped_classifier() {
  static const std::shared_ptr<const model::Classifier> shipped = model::LinearClassifier::builtin();
  return shipped;
}

std::shared_ptr<const model::Classifier> shipped_second_classifier() {
  static const std::shared_ptr<const model::Classifier> shipped = model::SecondClassifier::builtin();
  return shipped;
}

void make_tables() {
  text::Folded folded;
  text::fold("\xC3\xA9", folded);
  (void)shipped_classifier();
  (void)shipped_second_classifier();
}

std::shared_ptr<const Assessor> Assessor::make_default(std::shared_ptr<const policy::Policy> policy,
                                                       SecondLook second) {
  Files lists, rules;
  for (const policy::BuiltinFile& file : policy::default_policy_files("lists/")) {
    const std::string_view name = file.name.substr(6, file.name.size() - 6 - 4);  // "lists/", ".tsv"
    lists.emplace_back(std::string(name), std::string(file.bytes));
  }
  for (const policy::BuiltinFile& file : policy::default_policy_files("rules/")) {
    rules.emplace_back(std::string(file.name), std::string(file.bytes));
  }
  auto assessor = make(std::move(policy), lists, rules, second);
  HEED_ASSERT(assessor &&
              "the built-in lists and rules fit the policy; the test of the default pack says what is wrong");
  return *std::move(assessor);
}

void Assessor::warm() const {
  impl_->scanner->warm();
  const auto scratch = this->scratch();
  Assessment out;
  post::Post post;
  for (const std::string_view text :
       {"Good morning @anna, the 9:30 is late again: https://example.org", "y0u are a l i a r and I h*te you!!",
        "Der Zug hat heute wieder Versp\xC3\xA4tung"}) {
    post.text = text;
    impl_->assess(text, &post, {}, nullptr, *scratch, out);  // not as posts: rules count what they are true of
  }
}

namespace {

/// What the windows of a post know by which `lately` accounts wrote hostile posts at its targets, its author the last.
void fill_windows(const post::Post& post, int lately, Scratch& scratch) {
  stream::Windows windows({.authors = 1024, .targets = 1024});
  post.targets(scratch.targets);
  for (int i = 1; i < lately; ++i) {
    const std::string other = fmt::format("other {}", i);
    windows.add({other, scratch.targets, post.created_at - std::chrono::minutes(i % 60), true}, nullptr);
  }
  windows.add({post.author.id, scratch.targets, post.created_at, lately > 0}, &scratch.seen);
}

}  // namespace

std::vector<FieldError> Assessor::check_examples() const {
  std::vector<FieldError> failed;
  const auto scratch = this->scratch();
  Assessment out;
  JsonParser parser;
  post::Post post;
  for (std::uint32_t number = 0; number < plan().rules().size(); ++number) {
    const RuleText& rule = plan().rules()[number].text;
    const bool asks_windows = plan().rules()[number].need.windows;
    for (const RuleExample& example : rule.examples) {
      const std::string pointer = fmt::format("{}:{}:1", rule.file, example.line);
      if (auto read = post::parse_post(parser, example.json, *parse_time("2026-07-01T12:00:00Z"), post); !read) {
        failed.push_back({pointer, "the example is no post: " + read.error().message});
        continue;
      }
      model::Scores given;
      for (std::size_t i = 0; i < model::kLabels; ++i) {
        const auto at = example.scores.find(std::string(model::kLabelNames[i]));
        given.probability[i] = at == example.scores.end() ? 0 : static_cast<float>(at->second);
      }
      if (asks_windows) {
        fill_windows(post, example.lately, *scratch);
      }
      impl_->assess(post.text, &post, post.created_at, example.scores.empty() ? nullptr : &given, *scratch, out,
                    asks_windows ? &scratch->seen : nullptr);
      const bool true_of_it = plan().holds(number, scratch->view, scratch->rules);
      if (true_of_it != example.match) {
        std::string scores;
        for (std::size_t i = 0; i < model::kLabels && out.scores.abstained == model::Abstention::None; ++i) {
          scores += fmt::format(" {}={:.3f}", model::kLabelNames[i], out.scores.probability[i]);
        }
        failed.push_back(
            {pointer, fmt::format("rule {} {} \"{}\"; the model says{}", rule.id,
                                  example.match ? "does not match its example" : "matches what it must not match",
                                  example.text, scores.empty() ? " nothing" : scores)});
      }
    }
  }
  return failed;
}

}  // namespace heed::assess
