#include "adapters/perspective/analyze.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/perspective/comment_form.h"
#include "adapters/testing_scorer.h"
#include "base/json.h"

namespace heed::adapters::perspective {
namespace {

using ::testing::HasSubstr;

const testing::FakeScorer kScorer;

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// A request for TOXICITY with more members.
std::string request(std::string_view text, std::string_view more = "") {
  return "{\"comment\":{\"text\":" + quoted(text) + "},\"requestedAttributes\":{\"TOXICITY\":{}}" + std::string(more) +
         "}";
}

std::string answer(std::string_view body, std::string_view assumed = "") {
  auto got = analyze(body, kScorer, assumed);
  return got ? *got : "refused: " + got.error().error_type + " " + got.error().message;
}

Refusal refusal(std::string_view body) {
  auto got = analyze(body, kScorer);
  EXPECT_FALSE(got) << *got;
  return got ? Refusal{} : got.error();
}

TEST(Analyze, AnswersAsDocumented) {
  EXPECT_EQ(
      answer(request("so toxic", R"(,"clientToken":"t 1")")),
      R"({"attributeScores":{"TOXICITY":{"spanScores":[{"begin":0,"end":8,"score":{"value":0.9,"type":"PROBABILITY"}}],)"
      R"("summaryScore":{"value":0.9,"type":"PROBABILITY"}}},"languages":["en"],"clientToken":"t 1","detectedLanguages":["en"]})");
}

TEST(Analyze, ReadsSnakeCaseAndNullParameters) {
  const std::string camel = answer(
      R"({"comment":{"text":"profane threat."},"requestedAttributes":{"PROFANITY":{"scoreType":"PROBABILITY"},"INSULT":null},"doNotStore":true,"spanAnnotations":true})");
  EXPECT_THAT(camel, HasSubstr("\"INSULT\""));
  EXPECT_EQ(
      camel,
      answer(
          R"({"comment":{"text":"profane threat."},"requested_attributes":{"PROFANITY":{"score_type":"PROBABILITY"},"INSULT":null},"do_not_store":true,"span_annotations":true})"));
}

TEST(Analyze, IgnoresWhatItDoesNotKnow) {
  EXPECT_EQ(answer(request("so toxic", R"(,"novelty":{"a":[1]},"sessionId":"s","communityId":"Coral:x")")),
            answer(request("so toxic")));
}

TEST(Analyze, AnswersByTheNameThatWasAskedFor) {
  const std::string got = answer(
      R"({"comment":{"text":"toxic"},"requestedAttributes":{"TOXICITY@6":{},"TOXICITY_EXPERIMENTAL":{},"TOXICITY_FAST":{}}})");
  for (std::string_view name : {"\"TOXICITY@6\":{", "\"TOXICITY_EXPERIMENTAL\":{", "\"TOXICITY_FAST\":{"}) {
    EXPECT_THAT(got, HasSubstr(std::string(name)));
  }
}

TEST(Analyze, ScoresEachSentenceInUtf16UnitsWhenAsked) {
  const std::string got = answer(request("\xF0\x9F\x98\x80 hi. so toxic!", R"(,"spanAnnotations":true)"));
  EXPECT_THAT(
      got,
      HasSubstr(
          R"("spanScores":[{"begin":0,"end":6,"score":{"value":0.1,"type":"PROBABILITY"}},{"begin":7,"end":16,"score":{"value":0.9,)"));
}

TEST(Analyze, LeavesOutWhatIsBelowTheThreshold) {
  const std::string body =
      R"({"comment":{"text":"insult. fine."},"spanAnnotations":true,"requestedAttributes":{"TOXICITY":{"scoreThreshold":0.5},"INSULT":{"scoreThreshold":0.5},"THREAT":{"scoreThreshold":0}}})";
  const std::string got = answer(body);
  EXPECT_THAT(got, ::testing::Not(HasSubstr("TOXICITY")));
  EXPECT_THAT(got, HasSubstr(R"("INSULT":{"spanScores":[{"begin":0,"end":7,)"));
  EXPECT_THAT(got,
              ::testing::Not(HasSubstr(
                  R"("begin":8,"end":13,"score":{"value":0.1,"type":"PROBABILITY"}}],"summaryScore":{"value":0.9)")));
  EXPECT_THAT(got,
              HasSubstr(R"("THREAT":{"spanScores":[{"begin":0,"end":7,)"));  // 0 is a threshold that nothing is below
  EXPECT_THAT(
      refusal(R"({"comment":{"text":"x"},"requestedAttributes":{"TOXICITY":{"scoreThreshold":"high"}}})").message,
      HasSubstr("scoreThreshold"));
}

TEST(Analyze, GivesAtLeastOneSpanToWhomSpansAreEverything) {
  // No sentence by itself reaches the threshold, the whole does.
  struct Whole : testing::FakeScorer {
    bool score(std::string_view text, Scores& out) const override {
      out.of.fill(text.size() > 10 ? 0.8 : 0.2);
      return true;
    }
  };
  auto got = analyze(
      R"({"comment":{"text":"a b c. d e f."},"spanAnnotations":true,"requestedAttributes":{"TOXICITY":{"scoreThreshold":0.5}}})",
      Whole());
  ASSERT_TRUE(got);
  EXPECT_THAT(*got, HasSubstr(R"("spanScores":[{"begin":0,"end":13,"score":{"value":0.8,)"));
}

// --- errors -----------------------------------------------------------------------------------------------

TEST(Analyze, RefusesAnEmptyComment) {
  for (std::string_view body :
       {R"({"comment":{"text":""},"requestedAttributes":{"TOXICITY":{}}})",
        R"({"comment":{},"requestedAttributes":{"TOXICITY":{}}})", R"({"requestedAttributes":{"TOXICITY":{}}})",
        R"({"comment":{"text":" \n\t"},"requestedAttributes":{"TOXICITY":{}}})", "{}"}) {
    const Refusal got = refusal(body);
    EXPECT_EQ(got.error_type, "COMMENT_EMPTY") << body;
    EXPECT_EQ(got.message, "Comment must be non-empty.");
    EXPECT_EQ(got.code, 400);
    EXPECT_EQ(got.status, "INVALID_ARGUMENT");
  }
}

TEST(Analyze, TakesTwentyKilobytesAndNotAByteMore) {
  EXPECT_THAT(answer(request(std::string(kCommentBytesMax, 'a'))), HasSubstr("summaryScore"));
  EXPECT_EQ(refusal(request(std::string(kCommentBytesMax + 1, 'a'))).error_type, "COMMENT_TOO_LONG");
}

TEST(Analyze, RefusesARequestForNoAttributes) {
  for (std::string_view body : {R"({"comment":{"text":"a"}})", R"({"comment":{"text":"a"},"requestedAttributes":{}})",
                                R"({"comment":{"text":"a"},"requestedAttributes":null})"}) {
    EXPECT_EQ(refusal(body).error_type, "NO_REQUESTED_ATTRIBUTES") << body;
  }
}

TEST(Analyze, RefusesAttributesThatNoLabelMeansByName) {
  const Refusal got = refusal(R"({"comment":{"text":"a"},"requestedAttributes":{"TOXICITY":{},"FLIRTATION":{}}})");
  EXPECT_EQ(got.message, "Unknown requested attribute: FLIRTATION");
  EXPECT_EQ(got.error_type, "INVALID_REQUEST");
}

TEST(Analyze, RefusesAttributesThatTheModelLacks) {
  testing::FakeScorer scorer;
  scorer.without_explicit = true;
  auto got = analyze(R"({"comment":{"text":"a"},"requestedAttributes":{"SEXUALLY_EXPLICIT":{}}})", scorer);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "Unknown requested attribute: SEXUALLY_EXPLICIT");
}

TEST(Analyze, DropsWhatIsNotServedWhenAskedTo) {
  const std::string more = R"("dropUnsupportedAttributes":true)";
  EXPECT_THAT(answer(R"({"comment":{"text":"toxic"},"requestedAttributes":{"TOXICITY":{},"SPAM":{}},)" + more + "}"),
              ::testing::AllOf(HasSubstr("TOXICITY"), ::testing::Not(HasSubstr("SPAM"))));
  EXPECT_EQ(
      answer(R"({"comment":{"text":"toxic"},"requestedAttributes":{"TOXICITY":{}},"languages":["it"],)" + more + "}"),
      R"({"attributeScores":{},"languages":["it"],"detectedLanguages":["en"]})");
}

TEST(Analyze, RefusesALanguageThatAnAttributeDoesNotSupport) {
  const Refusal got = refusal(request("so toxic", R"(,"languages":["en","it"])"));
  EXPECT_EQ(got.message, "Attribute TOXICITY does not support request languages: en,it");
  EXPECT_EQ(got.error_type, "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE");
  EXPECT_EQ(got.attribute, "TOXICITY");
  EXPECT_EQ(got.requested_languages, (std::vector<std::string>{"en", "it"}));
  EXPECT_EQ(got.detected_languages, (std::vector<std::string>{"en"}));
  EXPECT_EQ(refusal(request("hallo")).message, "Attribute TOXICITY does not support request languages: de");
  EXPECT_EQ(refusal(request("so toxic", R"(,"languages":["123"])")).error_type, "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE");
}

TEST(Analyze, TakesTheRequestsWordForTheLanguage) {
  EXPECT_THAT(answer(request("hallo", R"(,"languages":["en-GB"])")),
              HasSubstr(R"("languages":["en-GB"],"detectedLanguages":["de","en"])"));
}

TEST(Analyze, SaysWhenTheLanguageCannotBeDetected) {
  EXPECT_EQ(refusal(request("zzz")).error_type, "LANGUAGE_DETECTION_FAILED");
  EXPECT_THAT(answer(request("zzz", R"(,"languages":["en"])")),
              HasSubstr(R"("languages":["en"],"detectedLanguages":[])"));
  EXPECT_THAT(answer(request("zzz"), "en"), HasSubstr(R"("languages":["en"],"detectedLanguages":[])"));
}

TEST(Analyze, GivesNoScoreWhereTheModelAbstains) {
  EXPECT_EQ(refusal(request("12345")).error_type, "LANGUAGE_DETECTION_FAILED");
  const Refusal named = refusal(request("12345", R"(,"languages":["en"])"));
  EXPECT_EQ(named.error_type, "LANGUAGE_DETECTION_FAILED");
  struct Sentences : testing::FakeScorer {  // abstains of sentences, not of the whole
    bool score(std::string_view text, Scores& out) const override {
      return testing::FakeScorer::score(text.size() > 10 ? "so toxic" : text, out);
    }
  };
  auto got = analyze(request("so toxic. 12345. fine.", R"(,"spanAnnotations":true)"), Sentences());
  ASSERT_TRUE(got);
  EXPECT_THAT(*got, HasSubstr(R"("begin":0,"end":9)"));
  EXPECT_THAT(*got, ::testing::Not(HasSubstr(R"("begin":10)")));
  EXPECT_THAT(*got, HasSubstr(R"("begin":17,"end":22)"));
}

TEST(Analyze, RefusesWhatWasNeverServed) {
  for (std::string_view type : {"STD_DEV_SCORE", "PERCENTILE", "RAW", "SCORE_TYPE_UNSPECIFIED", "NONSENSE"}) {
    const Refusal got = refusal(R"({"comment":{"text":"a"},"requestedAttributes":{"TOXICITY":{"scoreType":")" +
                                std::string(type) + "\"}}}");
    EXPECT_EQ(got.error_type, "INVALID_REQUEST");
    EXPECT_THAT(got.message, HasSubstr(std::string(type)));
  }
  for (std::string_view type : {"HTML", "TEXT_TYPE_UNSPECIFIED"}) {
    EXPECT_THAT(refusal(R"({"comment":{"text":"a","type":")" + std::string(type) +
                        R"("},"requestedAttributes":{"TOXICITY":{}}})")
                    .message,
                HasSubstr("PLAIN_TEXT"));
  }
}

TEST(Analyze, NeverScoresContextButBoundsIt) {
  const std::string plain = answer(request("fine"));
  EXPECT_EQ(answer(request("fine", R"(,"context":{"entries":[{"text":"toxic","type":"PLAIN_TEXT"},{}]})")), plain);
  EXPECT_EQ(
      answer(request(
          "fine",
          R"(,"context":{"articleAndParentComment":{"article":{"text":"toxic"},"parentComment":{"text":"severe"}}})")),
      plain);
  EXPECT_EQ(answer(request(
                "fine", ",\"context\":{\"entries\":[{\"text\":\"" + std::string(kContextEntryBytesMax, 'a') + "\"}]}")),
            plain);
  EXPECT_EQ(refusal(request("fine", ",\"context\":{\"entries\":[{\"text\":\"" +
                                        std::string(kContextEntryBytesMax + 1, 'a') + "\"}]}"))
                .error_type,
            "INVALID_REQUEST");
  EXPECT_EQ(
      refusal(request("fine",
                      R"(,"context":{"entries":[{"text":"a"}],"articleAndParentComment":{"article":{"text":"b"}}})"))
          .error_type,
      "INVALID_REQUEST");
  EXPECT_EQ(refusal(request("fine", R"(,"context":{"entries":"x"})")).error_type, "INVALID_REQUEST");
}

TEST(Analyze, RefusesWhatIsNoRequest) {
  for (std::string_view body :
       {"", "[]", "null", "{", "\"text\"", R"({"comment":"text"})", R"({"comment":{"text":7}})",
        R"({"comment":{"text":"a"},"requestedAttributes":["TOXICITY"]})",
        R"({"comment":{"text":"a"},"requestedAttributes":{"TOXICITY":1}})",
        R"({"comment":{"text":"a"},"languages":"en"})", R"({"comment":{"text":"a"},"languages":[1]})",
        R"({"comment":{"text":"a"},"doNotStore":"yes"})", R"({"comment":{"text":"a"},"clientToken":1})"}) {
    const Refusal got = refusal(body);
    EXPECT_EQ(got.code, 400) << body;
    EXPECT_EQ(got.error_type, "INVALID_REQUEST") << body;
  }
}

TEST(Analyze, ReadsTextThatAClientCutThroughAnEmoji) {
  EXPECT_THAT(answer(R"({"comment":{"text":"toxic \ud83d"},"requestedAttributes":{"TOXICITY":{}}})"),
              HasSubstr(R"("begin":0,"end":7)"));
}

// --- their shape ------------------------------------------------------------------------------------------

TEST(Refusals, AreWrittenAsClientsTestThem) {
  auto got = response(refusal(request("so toxic", R"(,"languages":["it"])")));
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(
      got.body,
      R"({"error":{"code":400,"message":"Attribute TOXICITY does not support request languages: it","status":"INVALID_ARGUMENT",)"
      R"("details":[{"@type":"type.googleapis.com/google.commentanalyzer.v1alpha1.Error","errorType":"LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",)"
      R"("languageNotSupportedByAttributeError":{"attribute":"TOXICITY","requestedLanguages":["it"],"detectedLanguages":["en"]}}]}})");
}

TEST(Refusals, SayWhatKeysAndRatesMean) {
  auto body = [](const Error& error, bool given = true) { return response(refusal_of(error, Millis(1500), given)); };
  EXPECT_THAT(
      body({Code::Unauthorized, ""}).body,
      HasSubstr(
          R"("code":403,"message":"API key not valid. Please pass a valid API key.","status":"PERMISSION_DENIED")"));
  EXPECT_THAT(body({Code::Unauthorized, ""}, false).body, HasSubstr(R"("status":"PERMISSION_DENIED")"));
  EXPECT_EQ(body({Code::Denied, ""}).status, 403);
  auto often = body({Code::TooMany, "too often"});
  EXPECT_EQ(often.status, 429);
  EXPECT_THAT(often.body, HasSubstr(R"("status":"RESOURCE_EXHAUSTED")"));
  EXPECT_EQ(often.headers.front(), std::pair(std::string("Retry-After"), std::string("2")));
  EXPECT_EQ(body({Code::Unavailable, "starting"}).status, 503);
  EXPECT_EQ(body({Code::Corrupt, "secret of ours"}).body.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace heed::adapters::perspective
