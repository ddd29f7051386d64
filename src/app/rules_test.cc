#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "app/commands.h"
#include "base/file.h"
#include "base/json.h"
#include "policy/builtin.h"

namespace heed::app {
namespace {

constexpr std::string_view kNonsense = "wibblefrotz";

/// The built-in pack with one more entry in a list.
std::filesystem::path changed_pack(const TempFolder& temp) {
  const std::filesystem::path folder = temp.path() / "pack";
  for (const policy::BuiltinFile& file : policy::default_policy_files("")) {
    const std::filesystem::path path = folder / file.name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << file.bytes;
  }
  std::ofstream(folder / "lists" / "extra.tsv") << "id\tterm\tcategory\tscore\n1\t" << kNonsense << "\tinsult\t0.8\n";
  return folder;
}

const Command& backtest() {
  static const Command rules = rules_command();
  return *std::find_if(rules.commands.begin(), rules.commands.end(),
                       [](const Command& one) { return one.name == "backtest"; });
}

Arguments arguments_of(const std::map<std::string, std::string>& given) {
  Arguments out;
  for (const Option& option : backtest().options) {
    const auto at = given.find(option.name);
    if (at != given.end()) {
      out.set(option.name, {at->second}, true);
    } else {
      out.set(option.name, option.fallback.empty() ? std::vector<std::string>() : std::vector{option.fallback}, false);
    }
  }
  out.set("--json", {"true"}, true);
  return out;
}

/// What the command prints, as JSON.
std::string printed(const Arguments& arguments, int exit = kOk) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(backtest().run(arguments), exit);
  return testing::internal::GetCapturedStdout();
}

TEST(Backtest, ReadsLabelledTextsPackedOrNot) {
  const TempFolder temp;
  const std::filesystem::path pack = changed_pack(temp);
  const std::string tsv =
      "source\tid\ttext\ttoxicity\tsevere_toxicity\tidentity_attack\tinsult\tprofanity\tthreat\tsexually_explicit\t"
      "target\tweak\n"
      "s\t1\tyou " +
      std::string(kNonsense) +
      "\t1\t\t\t\t\t\t\tnone\t\n"
      "s\t2\tthe " +
      std::string(kNonsense) +
      " is a bird\t0\t\t\t\t\t\t\tnone\t\n"
      "s\t3\tthe soup was lovely\t0\t\t\t\t\t\t\tnone\t\n";
  const std::string plain = (temp.path() / "a.tsv").string(), packed = (temp.path() / "a.tsv.gz").string();
  std::ofstream(plain) << tsv;
  gzFile file = gzopen(packed.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, tsv.data(), static_cast<unsigned>(tsv.size())), static_cast<int>(tsv.size()));
  gzclose(file);
  std::string first;
  for (const std::string& name : {plain, packed}) {
    const std::string out = printed(arguments_of({{"file", name}, {"--pack", pack.string()}}));
    JsonParser parser;
    const auto json = parser.parse(out);
    ASSERT_TRUE(json) << out;
    EXPECT_NE(out.find("allow -> flag"), std::string::npos) << out;
    EXPECT_NE(out.find("0.500"), std::string::npos) << out;  // one of two was labelled a violation
    EXPECT_TRUE(first.empty() || first == out);
    first = out;
  }
}

TEST(Backtest, SaysWhatIsWrongWithItsPack) {
  const TempFolder temp;
  Arguments arguments = arguments_of({{"file", (temp.path() / "none.ndjson").string()},
                                      {"--pack", (temp.path() / "nowhere").string()},
                                      {"--data", (temp.path() / "none").string()}});
  testing::internal::CaptureStderr();
  EXPECT_NE(backtest().run(arguments), kOk);
  EXPECT_NE(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace heed::app
