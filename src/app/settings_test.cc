#include "app/settings.h"

#include <gtest/gtest.h>

#include <set>

#include "base/file.h"

namespace heed::app {
namespace {

Settings settings_with(std::vector<std::string> environment) {
  auto settings = Settings::load(all_settings(), "", environment);
  EXPECT_TRUE(settings) << settings.error().message;
  return *std::move(settings);
}

TEST(AppSettings, EveryNameIsThereOnceAndSaysWhatItDoes) {
  std::set<std::string> names;
  for (const SettingDef& def : all_settings()) {
    EXPECT_TRUE(names.insert(def.name).second) << def.name;
    EXPECT_FALSE(def.sentence.empty()) << def.name;
  }
  EXPECT_GT(names.size(), 40u);
}

TEST(AppSettings, KeysLieBesideTheDataUnlessNamed) {
  auto where = places(settings_with({"HEED_DATA_DIR=/srv/heed/data/"}));
  ASSERT_TRUE(where) << where.error().message;
  EXPECT_EQ(where->data, "/srv/heed/data");
  EXPECT_EQ(where->keys, "/srv/heed/data-keys");
  EXPECT_EQ(places(settings_with({"HEED_DATA_DIR=/srv/d", "HEED_KEYS_DIR=/k"}))->keys, "/k");
}

TEST(AppSettings, KeysInsideTheDataAreRefused) {
  for (const char* keys : {"/srv/d", "/srv/d/keys", "/srv/d/../d/keys"}) {
    auto where = places(settings_with({"HEED_DATA_DIR=/srv/d", std::string("HEED_KEYS_DIR=") + keys}));
    EXPECT_FALSE(where) << keys;
  }
}

TEST(AppSettings, UserKeysComeFromFileAndSecret) {
  TempFolder folder;
  EXPECT_TRUE(user_keys(settings_with({}))->empty());
  EXPECT_FALSE(user_keys(settings_with({"HEED_USERS_HS256_SECRET=short"})));
  EXPECT_EQ(user_keys(settings_with({"HEED_USERS_HS256_SECRET=" + std::string(32, 's')}))->size(), 1u);
  ASSERT_TRUE(write_file_atomically(folder.path() / "jwks",
                                    R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","alg":"EdDSA",)"
                                    R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})"));
  const std::string file = "HEED_USERS_JWKS_FILE=" + (folder.path() / "jwks").string();
  EXPECT_EQ(user_keys(settings_with({file}))->size(), 1u);
  EXPECT_EQ(user_keys(settings_with({file, "HEED_USERS_HS256_SECRET=" + std::string(32, 's')}))->size(), 2u);
  ASSERT_TRUE(write_file_atomically(folder.path() / "jwks", "nonsense"));
  EXPECT_FALSE(user_keys(settings_with({file})));
}

}  // namespace
}  // namespace heed::app
