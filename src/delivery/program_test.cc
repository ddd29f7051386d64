#include "delivery/program.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <future>

#include "base/file.h"

namespace heed::delivery {
namespace {

class Program : public testing::Test {
 protected:
  std::string script(const std::string& body) {
    std::string path = (folder.path() / ("script" + std::to_string(++scripts))).string();
    HEED_ASSERT(write_file_atomically(path, "#!/bin/sh\n" + body));
    ::chmod(path.c_str(), 0700);
    return path;
  }
  Outcome run(Programs& programs, const std::string& path, std::string input = "{}") {
    std::promise<Outcome> outcome;
    programs.run(path, std::move(input), [&](Outcome o) { outcome.set_value(std::move(o)); });
    return outcome.get_future().get();
  }
  TempFolder folder;
  int scripts = 0;
};

TEST_F(Program, ReadsTheAlarmFromItsInputAndNoneOfOurSecrets) {
  ::setenv("HEED_SECRET_FOR_TEST", "hush", 1);
  Programs programs;
  const std::string out = (folder.path() / "out").string(), env = (folder.path() / "env").string();
  Outcome o = run(programs, script("cat > " + out + "\nenv > " + env + "\n"), R"({"type":"alarm.test"})");
  EXPECT_EQ(o.kind, Outcome::Kind::Delivered) << o.detail;
  EXPECT_EQ(*read_file(out), R"({"type":"alarm.test"})");
  EXPECT_EQ(read_file(env)->find("hush"), std::string::npos);
}

TEST_F(Program, IsTriedAgainWhenItFailsIsMissingOrHangs) {
  Programs programs;
  EXPECT_EQ(run(programs, script("exit 3\n")).detail, "it ended with 3");
  EXPECT_EQ(run(programs, (folder.path() / "nothing").string()).kind, Outcome::Kind::Retry);
  Programs impatient(Millis(50));
  EXPECT_EQ(run(impatient, script("sleep 600\n")).detail, "it did not end in time and was killed");
}

TEST_F(Program, IsLetGoAtStop) {
  std::promise<Outcome> running, waiting;
  {
    Programs programs;
    programs.run(script("sleep 600\n"), "{}", [&](Outcome o) { running.set_value(std::move(o)); });
    programs.run(script("exit 0\n"), "{}", [&](Outcome o) { waiting.set_value(std::move(o)); });
  }
  EXPECT_EQ(running.get_future().get().kind, Outcome::Kind::Retry);
  EXPECT_EQ(waiting.get_future().get().kind, Outcome::Kind::Retry);
}

}  // namespace
}  // namespace heed::delivery
