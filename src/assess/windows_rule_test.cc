#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assess/assessor.h"
#include "assess/plan.h"
#include "policy/builtin.h"
#include "stream/windows.h"

namespace heed::assess {
namespace {

std::shared_ptr<const Assessor> assessor_of(const std::string& when) {
  const std::string rule = fmt::format(
      "- id: w\n  version: \"1\"\n  clause: targeted_harassment\n  why: \"w\"\n  when: |\n    {}\n"
      "  signals: [{{category: harassment, score: 0.6}}]\n  mode: on\n"
      "  examples:\n    match: [\"a\"]\n    no_match: [\"b\"]\n",
      when);
  auto made = Assessor::make(policy::default_policy(), {{"x", "id\tterm\tcategory\tscore\n1\tbadword\tinsult\t0.9\n"}},
                             {{"w.yaml", rule}});
  EXPECT_TRUE(made) << made.error().message;
  return made ? *made : nullptr;
}

/// One stream of posts through both stages.
class Stream {
 public:
  explicit Stream(const std::string& when) : assessor_(assessor_of(when)), scratch_(assessor_->scratch()) {}
  /// Whether the rule is true of it.
  bool post(std::string_view author, std::string_view target, std::string_view text, int minute = 0) {
    post::Post post;
    post.author.id = author;
    post.text = text;
    post.created_at = *parse_time("2026-07-01T12:00:00Z") + std::chrono::minutes(minute);
    if (!target.empty()) {
      post.mentions.push_back(target);
    }
    assessor_->first_stage(post, *scratch_, out_);
    assessor_->second_stage(post, windows_, *scratch_, out_);
    return std::any_of(out_.signals.begin(), out_.signals.end(),
                       [](const Signal& signal) { return signal.source == "rule:w"; });
  }
  const Assessor& assessor() const { return *assessor_; }
  std::uint64_t fired() const { return assessor_->plan().figures()[0].fired; }
  std::uint64_t errors() const { return assessor_->plan().figures()[0].errors; }

 private:
  std::shared_ptr<const Assessor> assessor_;
  std::unique_ptr<Scratch, ScratchDeleter> scratch_;
  stream::Windows windows_;
  Assessment out_;
};

TEST(WindowRules, FireOnceEnoughAccountsCame) {
  Stream stream("authors_at_target(60) >= 3 && list(\"x\")");
  EXPECT_FALSE(stream.post("a", "t", "badword"));
  EXPECT_FALSE(stream.post("b", "t", "badword"));
  EXPECT_FALSE(stream.post("b", "t", "badword"));
  EXPECT_TRUE(stream.post("c", "t", "badword"));
  EXPECT_FALSE(stream.post("d", "u", "badword"));
  EXPECT_FALSE(stream.post("d", "t", "hello"));
  EXPECT_FALSE(stream.post("d", "t", "badword", 61));
  EXPECT_EQ(stream.fired(), 1u);
  EXPECT_EQ(stream.errors(), 0u);
}

TEST(WindowRules, CountAnAuthorsPostsHostileOrNot) {
  Stream stream("posts_by_author(10) > 2");
  EXPECT_FALSE(stream.post("a", "", "hello"));
  EXPECT_FALSE(stream.post("a", "", "hello again"));
  EXPECT_TRUE(stream.post("a", "", "and again"));
  EXPECT_FALSE(stream.post("b", "", "hello"));
}

TEST(WindowRules, MayAskForFewAsWellAsForMany) {
  Stream stream("posts_by_author_at_target(60) < 2 && post.mentions > 0 && list(\"x\")");
  EXPECT_TRUE(stream.post("a", "t", "badword"));
  EXPECT_FALSE(stream.post("a", "t", "badword"));
  EXPECT_TRUE(stream.post("b", "t", "badword"));
}

TEST(WindowRules, NeedNoWindowsWhereTheRestDecides) {
  Stream stream("list(\"x\") || posts_at_target(60) >= 100");
  EXPECT_TRUE(stream.post("a", "t", "badword"));
  EXPECT_EQ(stream.fired(), 1u);
}

TEST(WindowRules, CountAFaultOfTheirOwn) {
  Stream stream("authors_at_target(post.words - 1) >= 1");
  EXPECT_FALSE(stream.post("a", "t", "badword"));  // a window of no minutes
  EXPECT_EQ(stream.errors(), 1u);
  EXPECT_TRUE(stream.post("a", "t", "badword badword"));
}

TEST(WindowRules, ReadAPostOnceUnlessAnotherWasReadSince) {
  const auto assessor = assessor_of("authors_at_target(60) >= 1 && list(\"x\")");
  const auto scratch = assessor->scratch(), other = assessor->scratch();
  post::Post post, next;
  post.author.id = "a", next.author.id = "b";
  post.text = "badword", next.text = "good morning";
  post.created_at = next.created_at = *parse_time("2026-07-01T12:00:00Z");
  post.mentions.push_back("t");
  const auto judged = [&](Scratch& second, bool read_another) {
    stream::Windows windows;
    Assessment out, between;
    assessor->first_stage(post, *scratch, out);
    const std::uint64_t first = out.reading;
    if (read_another) {
      assessor->first_stage(next, second, between);
    }
    assessor->second_stage(post, windows, second, out);
    EXPECT_EQ(out.signals.size(), 2u) << "the list's and the rule's";
    for (const Signal& signal : out.signals) {
      EXPECT_EQ(signal.end, 7u);
    }
    return out.reading == first;
  };
  EXPECT_TRUE(judged(*scratch, false));
  EXPECT_FALSE(judged(*scratch, true));
  EXPECT_FALSE(judged(*other, false));
  EXPECT_FALSE(judged(*other, true));
}

TEST(WindowRules, AreNotTrueOfATextAlone) {
  Stream stream("posts_by_author(10) >= 0");
  const auto scratch = stream.assessor().scratch();
  Assessment out;
  stream.assessor().assess_text("badword", *scratch, out);
  EXPECT_TRUE(out.windows_decide);
  EXPECT_EQ(stream.fired(), 0u);
}

}  // namespace
}  // namespace heed::assess
