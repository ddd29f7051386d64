#include "post/post.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <random>

namespace {
thread_local std::uint64_t allocations = 0;
}
#if !defined(__SANITIZE_ADDRESS__)  // which has its own
#define HEED_COUNTS_ALLOCATIONS 1
// Not inlined: else g++ sees free() on what new gave.
__attribute__((noinline)) void* operator new(std::size_t size) {
  ++allocations;
  void* p = std::malloc(size != 0 ? size : 1);
  if (p == nullptr) {
    std::abort();
  }
  return p;
}
__attribute__((noinline)) void operator delete(void* p) noexcept { std::free(p); }
__attribute__((noinline)) void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#endif

namespace heed::post {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

const Time kNow = *parse_time("2026-11-21T18:00:00.000Z");

const char* const kFull =
    R"({"id":"p1","kind":"message","text":"caf\u00e9 \"x\"","created_at":"2026-11-21T18:00:00.000Z","lang":"en",
 "author":{"id":"a9","handle":"x","created_at":"2020-01-01T00:00:00Z","followers":12,"client_hash":"ch"},
 "reply_to":{"post_id":"p0","account_id":"a1"},"quote_of":{"post_id":"q0","account_id":"a2"},
 "mentions":["a1","a3","a9","a3"],"links":["https://example.org/"],
 "media":[{"sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","type":"image/jpeg","url":"https://example.org/i"}],
 "attributes":{"client":"ios","n":3,"r":0.5,"b":true,"none":null},"extra":{"deep":[1,2]},"more":1})";

std::string minimal(const std::string& more = "") {
  return R"({"id":"p1","text":"t","author":{"id":"a"},"created_at":"2026-11-21T18:00:00Z")" + more + "}";
}

struct Parsed {
  JsonParser parser;
  Post post;
  Result<void> result;
  explicit Parsed(std::string_view json) : result(parse_post(parser, json, kNow, post)) {}
  std::vector<std::string> pointers() const {
    std::vector<std::string> out;
    if (!result) {
      EXPECT_EQ(result.error().code, Code::InvalidInput);
      for (const FieldError& field : result.error().fields) {
        out.push_back(field.pointer);
      }
    }
    return out;
  }
};

TEST(ParsePost, ReadsEveryField) {
  Parsed p(kFull);
  ASSERT_TRUE(p.result) << p.result.error().message;
  EXPECT_EQ(p.post.id, "p1");
  EXPECT_EQ(p.post.kind, Kind::Message);
  EXPECT_EQ(p.post.text, "caf\xC3\xA9 \"x\"");
  EXPECT_EQ(p.post.created_at, kNow);
  EXPECT_EQ(p.post.lang, "en");
  EXPECT_EQ(p.post.author.id, "a9");
  EXPECT_EQ(p.post.author.handle, "x");
  EXPECT_EQ(p.post.author.created_at, parse_time("2020-01-01T00:00:00Z").value());
  EXPECT_EQ(p.post.author.followers, 12);
  EXPECT_EQ(p.post.author.client_hash, "ch");
  EXPECT_EQ(p.post.reply_to.post_id, "p0");
  EXPECT_EQ(p.post.quote_of.account_id, "a2");
  EXPECT_THAT(p.post.mentions, ElementsAre("a1", "a3", "a9", "a3"));
  EXPECT_THAT(p.post.links, ElementsAre("https://example.org/"));
  ASSERT_EQ(p.post.media.size(), 1u);
  EXPECT_EQ(p.post.media[0].type, "image/jpeg");
  ASSERT_EQ(p.post.attributes.size(), 4u);
  EXPECT_EQ(p.post.attributes[0].name, "client");
  EXPECT_EQ(p.post.attributes[0].value.string(), "ios");
  EXPECT_EQ(p.post.attributes[2].value.number(), 0.5);
  EXPECT_EQ(p.post.attributes[3].value.boolean(), true);
  EXPECT_EQ(p.post.ignored_fields, 2u);
  EXPECT_EQ(p.post.raw, kFull);
}

TEST(ParsePost, LeavesNothingOfThePostBefore) {
  JsonParser parser;
  Post post;
  ASSERT_TRUE(parse_post(parser, kFull, kNow, post));
  ASSERT_TRUE(parse_post(parser, minimal(), kNow, post));
  EXPECT_EQ(post.kind, Kind::Post);
  EXPECT_TRUE(post.lang.empty() && post.author.handle.empty() && !post.author.created_at);
  EXPECT_EQ(post.author.followers, -1);
  EXPECT_FALSE(post.reply_to.present() || post.quote_of.present());
  EXPECT_TRUE(post.mentions.empty() && post.links.empty() && post.media.empty() && post.attributes.empty());
  EXPECT_EQ(post.ignored_fields, 0u);
}

TEST(ParsePost, TakesNullForAbsentAndAnEmptyText) {
  Parsed p(R"({"id":"p","text":"","lang":null,"reply_to":null,"mentions":null,"media":null,"attributes":null,
    "author":{"id":"a","handle":null,"followers":null},"created_at":"2026-11-21T18:00:00Z"})");
  EXPECT_TRUE(p.result);
  EXPECT_EQ(p.post.ignored_fields, 0u);
}

TEST(ParsePost, NamesEveryFaultAtOnce) {
  Parsed p(R"({"id":7,"text":null,"kind":"tweet","created_at":"yesterday","lang":5,"author":{"handle":1,"followers":-4},
    "reply_to":[],"mentions":["a",3,""],"links":"x","media":[{"sha256":"zz"},{"type":"a"},4],
    "attributes":{"a/b~c":{},"l":[1]}})");
  EXPECT_THAT(p.pointers(), UnorderedElementsAre("/id", "/text", "/kind", "/created_at", "/lang", "/author/handle",
                                                 "/author/followers", "/author/id", "/reply_to", "/mentions/1",
                                                 "/mentions/2", "/links", "/media/0/sha256", "/media/1", "/media/2",
                                                 "/attributes/a~1b~0c", "/attributes/l"));
}

TEST(ParsePost, RefusesARepeatedKeyAnywhere) {
  EXPECT_THAT(Parsed(minimal(R"(,"id":"p2")")).pointers(), ElementsAre("/id"));
  EXPECT_THAT(Parsed(minimal(R"(,"zzz":1,"zzz":1)")).pointers(), ElementsAre("/zzz"));
  EXPECT_THAT(Parsed(minimal(R"(,"lang":null,"lang":"en")")).pointers(), ElementsAre("/lang"));
  EXPECT_THAT(Parsed(minimal(R"(,"attributes":{"a":null,"a":2})")).pointers(), ElementsAre("/attributes/a"));
  EXPECT_THAT(Parsed(minimal(R"(,"reply_to":{"post_id":"1","post_id":"1"})")).pointers(),
              ElementsAre("/reply_to/post_id"));
}

TEST(ParsePost, RefusesControlCharactersInIdsButNotInText) {
  EXPECT_THAT(Parsed(R"({"id":"p\u0000","text":"a\u0000b","author":{"id":"a\n"},"created_at":"2026-11-21T18:00:00Z"})")
                  .pointers(),
              UnorderedElementsAre("/id", "/author/id"));
}

TEST(ParsePost, HoldsItsLimits) {
  auto of = [](const std::string& name, const std::string& element, std::size_t n) {
    std::string json = ",\"" + name + "\":[";
    for (std::size_t i = 0; i < n; ++i) {
      json += (i != 0 ? "," : "") + element;
    }
    return minimal(json + "]");
  };
  EXPECT_TRUE(Parsed(of("mentions", "\"a\"", kMentionsMax)).result);
  EXPECT_THAT(Parsed(of("mentions", "\"a\"", kMentionsMax + 1)).pointers(), ElementsAre("/mentions"));
  EXPECT_THAT(Parsed(of("links", "\"a\"", kLinksMax + 1)).pointers(), ElementsAre("/links"));
  EXPECT_THAT(Parsed(of("media", R"({"url":"u"})", kMediaMax + 1)).pointers(), ElementsAre("/media"));
  auto with_text = [](std::size_t n) {
    return R"({"id":"p","author":{"id":"a"},"created_at":"2026-11-21T18:00:00Z","text":")" + std::string(n, 'x') +
           "\"}";
  };
  EXPECT_TRUE(Parsed(with_text(kTextBytesMax)).result);
  EXPECT_THAT(Parsed(with_text(kTextBytesMax + 1)).pointers(), ElementsAre("/text"));
  std::string attributes = ",\"attributes\":{";
  for (std::size_t i = 0; i <= kAttributesMax; ++i) {
    attributes += (i != 0 ? ",\"" : "\"") + std::to_string(i) + "\":1";
  }
  EXPECT_THAT(Parsed(minimal(attributes + "}")).pointers(), ElementsAre("/attributes"));
  std::string unknown;
  for (int i = 0; i < 300; ++i) {
    unknown += ",\"u" + std::to_string(i) + "\":1";
  }
  EXPECT_EQ(Parsed(minimal(unknown)).pointers().size(), 1u);
  std::string long_id = R"({"text":"","author":{"id":"a"},"created_at":"2026-11-21T18:00:00Z","id":")";
  EXPECT_TRUE(Parsed(long_id + std::string(kIdBytesMax, 'i') + "\"}").result);
  EXPECT_THAT(Parsed(long_id + std::string(kIdBytesMax + 1, 'i') + "\"}").pointers(), ElementsAre("/id"));
}

TEST(ParsePost, NamesAtMostThirtyTwoFaults) {
  std::string json = ",\"mentions\":[";
  for (int i = 0; i < 900; ++i) {
    json += i != 0 ? ",1" : "1";
  }
  EXPECT_EQ(Parsed(minimal(json + "]")).pointers().size(), 32u);
}

TEST(ParsePost, RefusesATimeMoreThanFiveMinutesAhead) {
  auto at = [](const char* time) {
    return std::string(R"({"id":"p","text":"","author":{"id":"a"},"created_at":")") + time + "\"}";
  };
  EXPECT_TRUE(Parsed(at("2026-11-21T18:05:00.000Z")).result);
  EXPECT_TRUE(Parsed(at("1999-01-01T00:00:00+02:00")).result);
  EXPECT_THAT(Parsed(at("2026-11-21T18:05:00.001Z")).pointers(), ElementsAre("/created_at"));
}

TEST(ParsePost, RefusesWhatIsNoPost) {
  for (const char* json :
       {"", " ", "[]", "1", "\"x\"", "null", "{", "{}", "{\"id\":\"p\"}x", "\xFF", "{\"id\":\"\\ud800\"}"}) {
    Parsed p(json);
    ASSERT_FALSE(p.result) << json;
    EXPECT_EQ(p.result.error().code, Code::InvalidInput) << json;
  }
  Parsed invalid_utf8(R"({"id":"p","author":{"id":"a"},"created_at":"2026-11-21T18:00:00Z","text":")"
                      "\xC3\x28"
                      "\"}");
  EXPECT_FALSE(invalid_utf8.result);
  Parsed deep(minimal(",\"x\":" + std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(deep.result);
}

TEST(ParsePost, KeepsNamesThatPeopleChoseOutOfItsMessage) {
  Parsed p(minimal(R"(,"attributes":{"secret name":[]})"));
  ASSERT_FALSE(p.result);
  EXPECT_EQ(p.result.error().message.find("secret"), std::string::npos);
}

TEST(ParsePost, AllocatesNothingForValidPostsOnceWarm) {
  JsonParser parser;
  Post post;
  std::vector<std::string_view> targets;
  std::string full = kFull;
  std::string small = minimal();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(parse_post(parser, full, kNow, post));
    post.targets(targets);
  }
  std::uint64_t before = allocations;
  bool ok = true;
  for (int i = 0; i < 100; ++i) {
    ok = ok && parse_post(parser, i % 2 == 0 ? full : small, kNow, post).has_value();
    post.targets(targets);
  }
#ifdef HEED_COUNTS_ALLOCATIONS
  EXPECT_GT(before, 0u);  // they are counted
#endif
  EXPECT_EQ(allocations, before);
  EXPECT_TRUE(ok);
}

TEST(ParsePost, SurvivesAnyChangedByte) {
  std::mt19937 random(7);
  JsonParser parser;
  Post post;
  std::vector<std::string_view> targets;
  for (int i = 0; i < 20000; ++i) {
    std::string json = kFull;
    for (unsigned k = 0; k <= random() % 3; ++k) {
      json[random() % json.size()] = static_cast<char>(random());
    }
    if (random() % 8 == 0) {
      json.resize(random() % json.size());
    }
    Result<void> result = parse_post(parser, json, kNow, post);
    if (result) {
      post.targets(targets);
      EXPECT_FALSE(post.id.empty());
      EXPECT_FALSE(post.author.id.empty());
    } else {
      EXPECT_EQ(result.error().code, Code::InvalidInput);
    }
  }
}

TEST(PostTargets, AreOnceEachAndWithoutTheAuthor) {
  Parsed p(kFull);
  std::vector<std::string_view> targets = {"left over"};
  p.post.targets(targets);
  EXPECT_THAT(targets, ElementsAre("a1", "a2", "a3"));
}

TEST(PostTargets, AreOnceEachWhenThereAreMany) {
  Post post;
  std::vector<std::string> names;
  for (int i = 0; i < 500; ++i) {
    names.push_back("m" + std::to_string(i % 100));
  }
  post.mentions.assign(names.begin(), names.end());
  post.author.id = "m7";
  std::vector<std::string_view> targets;
  post.targets(targets);
  EXPECT_EQ(targets.size(), 99u);
}

std::vector<std::string> split(LineSplitter& splitter, const std::string& bytes, std::size_t step) {
  std::vector<std::string> out;
  auto take = [&](std::uint64_t number, std::string_view line, bool too_long) {
    out.push_back(std::to_string(number) + (too_long ? "!" : ":") + std::string(line));
  };
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    splitter.feed(std::string_view(bytes).substr(at, step), take);
  }
  splitter.finish(take);
  return out;
}

TEST(LineSplitter, GivesTheSameLinesHoweverTheBytesAreCut) {
  const std::string bytes = "one\r\n\n  \ntwo\n" + std::string(40, 'x') + "\nthree\n" + std::string(20, 'y') + "\nend";
  LineSplitter whole(20);
  std::vector<std::string> expected = split(whole, bytes, bytes.size());
  EXPECT_THAT(expected, ElementsAre("1:one", "4:two", "5!", "6:three", "7:" + std::string(20, 'y'), "8:end"));
  for (std::size_t step = 1; step < 50; ++step) {
    LineSplitter splitter(20);
    EXPECT_EQ(split(splitter, bytes, step), expected) << step;
  }
}

}  // namespace
}  // namespace heed::post
