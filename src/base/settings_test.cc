#include "base/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Type = SettingDef::Type;

std::vector<SettingDef> defs() {
  return {
      {.name = "http.port", .type = Type::Int, .fallback = "8080", .sentence = "Port.", .min = 0, .max = 65535},
      {.name = "http.trusted_proxies", .type = Type::List, .fallback = "::1,127.0.0.1", .sentence = "Proxies."},
      {.name = "log.level",
       .type = Type::Text,
       .fallback = "info",
       .sentence = "Level.",
       .choices = {"debug", "info", "warn", "error"}},
      {.name = "store.path", .type = Type::Text, .fallback = "data", .sentence = "Folder | path."},
      {.name = "store.flush", .type = Type::Bool, .fallback = "true", .sentence = "Flush."},
      {.name = "store.key", .type = Type::Text, .fallback = "", .sentence = "Key.", .secret = true},
  };
}

struct Case {
  /// Loads `toml`; the path in messages is shortened to "heed.toml".
  Result<Settings> load(std::string_view toml, const std::vector<std::string>& environment = {}) {
    std::string path = (folder.path() / "heed.toml").string();
    EXPECT_TRUE(write_file_atomically(path, toml));
    return Settings::load(defs(), path, environment);
  }
  std::vector<std::string> faults(std::string_view toml, const std::vector<std::string>& environment = {}) {
    Result<Settings> settings = load(toml, environment);
    std::vector<std::string> out;
    if (!settings) {
      for (const FieldError& e : settings.error().fields) {
        std::string where = e.pointer.substr(e.pointer.rfind('/') + 1);
        out.push_back(where + " " + e.detail);
      }
    }
    return out;
  }
  TempFolder folder;
};

TEST(Settings, DefaultsThenFileThenEnvironment) {
  Case c;
  Result<Settings> s = c.load("[http]\nport = 81\n[log]\nlevel = \"warn\"\n", {"HEED_LOG_LEVEL=error", "PATH=/bin"});
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(s->integer("http.port"), 81);
  EXPECT_EQ(s->text("log.level"), "error");
  EXPECT_EQ(s->text("store.path"), "data");
  EXPECT_TRUE(s->boolean("store.flush"));
  EXPECT_THAT(s->list("http.trusted_proxies"), ElementsAre("::1", "127.0.0.1"));
  std::string sources;
  for (const Settings::Held& h : s->held()) {
    sources += h.def->name + "=" + h.value + " (" + h.source + ")\n";
  }
  EXPECT_EQ(sources,
            "http.port=81 (file)\n"
            "http.trusted_proxies=::1,127.0.0.1 (default)\n"
            "log.level=error (environment)\n"
            "store.flush=true (default)\n"
            "store.key= (default)\n"
            "store.path=data (default)\n");
}

TEST(Settings, ShowAddressesUpToTheHostSinceTheRestMayOpenSomething) {
  auto shown = [](const std::string& value) {
    auto s = Settings::load({{.name = "hook", .fallback = "", .sentence = "Hook.", .address = true}}, "",
                            {"HEED_HOOK=" + value});
    EXPECT_TRUE(s) << s.error().message;
    EXPECT_EQ(s->text("hook"), value) << "what is used is the whole";
    return s->held().front().value;
  };
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("https://hooks.example"), "https://hooks.example");
  EXPECT_EQ(shown("https://hooks.example:8443/"), "https://hooks.example:8443");
  EXPECT_EQ(shown("https://hooks.example/services/T1/token"), "https://hooks.example/…");
  EXPECT_EQ(shown("https://hooks.example?key=token"), "https://hooks.example/…");
  EXPECT_EQ(shown("https://me:token@hooks.example/x"), "https://hooks.example/…");
  EXPECT_EQ(shown("smtps://me:to@ken@mail.example:465"), "smtps://mail.example:465");
  EXPECT_EQ(shown("https://a.example/token,mailto:on@call.example,command:/bin/ring"),
            "https://a.example/…,mailto:on@call.example,command:/bin/ring");
}

TEST(Settings, NoFileIsFineAndAnAbsentOneIsNot) {
  EXPECT_TRUE(Settings::load(defs(), "", {}));
  EXPECT_EQ(Settings::load(defs(), "/nowhere/heed.toml", {}).error().code, Code::NotFound);
}

TEST(Settings, EnvironmentReadsEveryType) {
  Result<Settings> s = Settings::load(
      defs(), "",
      {"HEED_HTTP_PORT=0", "HEED_STORE_FLUSH=off", "HEED_HTTP_TRUSTED_PROXIES= a , ,b", "HEED_STORE_PATH=a=b"});
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(s->integer("http.port"), 0);
  EXPECT_FALSE(s->boolean("store.flush"));
  EXPECT_THAT(s->list("http.trusted_proxies"), ElementsAre("a", "b"));
  EXPECT_EQ(s->text("store.path"), "a=b");
}

TEST(Settings, CollectsEveryFaultWithLineAndColumn) {
  Case c;
  EXPECT_THAT(c.faults("speed = 1\n"
                       "[http]\n"
                       "  prot = 80\n"
                       "  port = 65536\n"
                       "trusted_proxies = [\"a\", 1]\n"
                       "[stroe]\n"
                       "path = \"x\"\n"
                       "[store]\n"
                       "path = 7\n"
                       "flush = \"true\"\n"
                       "[log.level]\n"
                       "x = 1\n",
                       {"HEED_HTTP_PORT=http", "HEED_LOG_LEVEL=loud", "HEED_STORE_PATHS=x", "HEED_STORE_PATH_FILE=/x"}),
              testing::UnorderedElementsAre(
                  "heed.toml:1:1 there is no setting speed",
                  "heed.toml:3:3 there is no setting http.prot; did you mean http.port?",
                  "heed.toml:4:3 http.port must be from 0 to 65535",
                  "heed.toml:5:1 http.trusted_proxies must be an array of strings without commas",
                  testing::StartsWith("heed.toml:6:2 there is no setting stroe"),
                  "heed.toml:9:1 store.path must be a string", "heed.toml:10:1 store.flush must be true or false",
                  "heed.toml:11:6 log.level must be a string", "HEED_HTTP_PORT http.port must be a whole number",
                  "HEED_LOG_LEVEL log.level must be one of: debug, info, warn, error",
                  "HEED_STORE_PATHS there is no such setting; did you mean HEED_STORE_PATH?",
                  "HEED_STORE_PATH_FILE there is no such setting; did you mean HEED_STORE_PATH?"));
}

TEST(Settings, OrphanedVariablesOfThePlatformAreLeftAlone) {
  EXPECT_TRUE(Settings::load(defs(), "", {"HEED_PORT=tcp://10.0.0.1:80", "HEED_SERVICE_HOST=10.0.0.1", "HEED", ""}));
}

TEST(Settings, BrokenTomlNamesLineAndColumn) {
  Case c;
  for (std::string_view toml :
       std::vector<std::string_view>{"[http]\nport = \n", "[http]\nport = 1\nport = 2\n", "[http\n", "a = \"\xFF\"\n",
                                     "a = 'x\n", "port = 99999999999999999999\n", std::string_view("a\0=1", 4)}) {
    std::vector<std::string> faults = c.faults(toml);
    ASSERT_EQ(faults.size(), 1u) << toml;
    EXPECT_THAT(faults[0], testing::StartsWith("heed.toml:")) << toml;
  }
  EXPECT_EQ(c.faults("a = " + std::string(100'000, '[')).size(), 1u);
}

TEST(Settings, SecretsComeFromFilesAndAreNotShown) {
  Case c;
  std::string key = (c.folder.path() / "key").string();
  ASSERT_TRUE(write_file_atomically(key, "hush hush\r\n"));
  Result<Settings> s = c.load("", {"HEED_STORE_KEY_FILE=" + key});
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(s->text("store.key"), "hush hush");
  for (const Settings::Held& h : s->held()) {
    EXPECT_THAT(h.value, testing::Not(HasSubstr("hush")));
    EXPECT_TRUE(h.def->name != "store.key" || h.value == "(set)");
  }
  EXPECT_THAT(c.faults("", {"HEED_STORE_KEY_FILE=" + key, "HEED_STORE_KEY=x"}),
              ElementsAre("HEED_STORE_KEY_FILE is set together with HEED_STORE_KEY; set only one of them"));
  EXPECT_THAT(c.faults("", {"HEED_STORE_KEY_FILE=/nowhere/key"}), ElementsAre(HasSubstr("there is no file")));
}

TEST(Settings, ReferenceListsEverySetting) {
  std::string table = Settings::reference(defs());
  for (const SettingDef& def : defs()) {
    EXPECT_THAT(table, HasSubstr("| `" + def.name + "` |"));
  }
  EXPECT_THAT(table, HasSubstr("| a whole number, 0 to 65535 | `8080` | Port. |"));
  EXPECT_THAT(table, HasSubstr("`HEED_STORE_KEY` or `HEED_STORE_KEY_FILE`"));
  EXPECT_THAT(table, HasSubstr("Folder \\| path."));
}

TEST(SettingsDeathTest, AskingForAnUndeclaredSettingIsABug) {
  Settings s = *Settings::load(defs(), "", {});
  EXPECT_DEATH(s.text("nonsense"), "broken invariant");
  EXPECT_DEATH(s.text("http.port"), "broken invariant");
}

}  // namespace
}  // namespace heed
