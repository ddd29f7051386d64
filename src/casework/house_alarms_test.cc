#include "casework/house_alarms.h"

#include <gtest/gtest.h>

namespace heed::casework {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class HouseAlarmsTest : public ::testing::Test {
 protected:
  static Environment rota() {
    Environment env;
    env.alarm_channel = Channel::Webhook;
    env.rota_next = {Channel::Mail};
    return env;
  }
  /// Says every minute that it is so; how often somebody was called, and at which places of the rota.
  std::vector<int> said_for(Millis time) {
    std::vector<int> levels;
    for (const Time end = now + time; now < end; now += minutes(1)) {
      alarms.ring("disk", "It is full.", now);
      for (const auto& call : alarms.due(now)) {
        levels.push_back(call.level);
      }
    }
    return levels;
  }

  Environment env = rota();
  HouseAlarms alarms{env};
  Time now = from_ms(1'700'000'000'000);
};

TEST_F(HouseAlarmsTest, GoesRoundTheRotaAndThenCallsOnceAnHour) {
  EXPECT_EQ(said_for(minutes(60)), (std::vector<int>{0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(said_for(hours(3)).size(), 3U);
  EXPECT_EQ(alarms.ringing().size(), 1U);
}

TEST_F(HouseAlarmsTest, CallsNobodyOnceItIsOverAndStaysListedUntilSomebodyLooked) {
  said_for(minutes(5));
  now += minutes(30);
  EXPECT_TRUE(alarms.due(now).empty());
  ASSERT_EQ(alarms.ringing().size(), 1U);
  alarms.ring("disk", "It is full again.", now);
  auto calls = alarms.due(now);
  ASSERT_EQ(calls.size(), 1U) << "it came back and nobody had looked";
  EXPECT_EQ(calls[0].sentence, "It is full again.");
}

TEST_F(HouseAlarmsTest, AcknowledgedKeepsSilentForSixHoursWhileItGoesOn) {
  said_for(minutes(5));
  const NoticeId id = alarms.ringing().at(0).id;
  const StaffId ann{Ulid::from_view("0123456789abcdef")}, bob{Ulid::from_view("abcdef0123456789")};
  ASSERT_TRUE(alarms.acknowledge(id, ann, now));
  const auto again = alarms.acknowledge(id, bob, now + minutes(1));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->staff, ann) << "the first name stays";
  EXPECT_EQ(again->acknowledged_at, now);
  EXPECT_TRUE(said_for(hours(6)).empty());
  EXPECT_EQ(said_for(minutes(1)).size(), 1U) << "still so";
  EXPECT_EQ(alarms.all().size(), 2U);
}

TEST_F(HouseAlarmsTest, WhatComesBackAfterItWasOverIsAnAlarmOfItsOwn) {
  said_for(minutes(2));
  ASSERT_TRUE(alarms.acknowledge(alarms.ringing().at(0).id, StaffId{}, now));
  now += minutes(20);
  EXPECT_EQ(said_for(minutes(1)), std::vector<int>{0});
}

TEST_F(HouseAlarmsTest, AGivenUpCallGoesToTheNextAtOnce) {
  alarms.ring("disk", "It is full.", now);
  const auto first = alarms.due(now);
  ASSERT_EQ(first.size(), 1U);
  alarms.given_up(first[0].id, now);
  const auto next = alarms.due(now);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].level, 1);
}

TEST_F(HouseAlarmsTest, RemembersAHundredAndForgetsTheAcknowledgedFirst) {
  alarms.ring("first", "Nobody looked.", now);
  for (int i = 0; i < 150; ++i) {
    now += minutes(20);
    alarms.ring("disk", "It is full.", now);
    for (const auto& alarm : alarms.ringing()) {
      if (alarm.what == "disk") {
        alarms.acknowledge(alarm.id, StaffId{}, now);
      }
    }
  }
  EXPECT_EQ(alarms.all().size(), 100U);
  ASSERT_EQ(alarms.ringing().size(), 1U);
  EXPECT_EQ(alarms.ringing()[0].what, "first");
  EXPECT_FALSE(alarms.acknowledge(NoticeId{}, StaffId{}, now));
}

}  // namespace
}  // namespace heed::casework
