#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "simulate/texts.h"

/// The first story: a woman gets fifty threats and insults an hour, for twelve hours, from 86 accounts, inside the
/// ordinary traffic of a platform. She reports once. Played over HTTP with the server's manual clock.
namespace heed::simulate {

struct CampaignerOptions {
  std::string url;                                             ///< http://host:port
  std::string key;                                             ///< platform key with every scope and test_clock
  std::vector<std::pair<std::string, std::string>> reviewers;  ///< name, password; two
  Time start{};                                                ///< when the first post comes, by the server's clock
  int abusive = 600, senders = 86, benign = 3000;
  Millis length = std::chrono::hours(12);
  Millis report_after = std::chrono::hours(8);
  std::uint64_t seed = 1;
  std::string suffix;  ///< appended to ids, so that the story can be played twice on one server
  std::function<void(const std::string&)> progress;  ///< may be empty
};

/// What happened, counted by the platform's side and again from the case's ledger.
struct CampaignerResult {
  std::string texts, case_id, number;
  Time reported_at{}, closed_at{};
  int posts_sent = 0, posts_refused = 0;
  int cases = 0;               ///< open or closed cases that hold posts aimed at her
  int taken_at_once = 0;       ///< posts that her one report took
  int joined_later = 0;        ///< posts that came after it, unasked
  int found_before = 0;        ///< posts that Heed had brought to a person before she said anything
  int items = 0, authors = 0;  ///< of her case, from the ledger
  int excluded_benign = 0;     ///< abusive posts that are in no case (0 is right)
  int violations = 0, left_up = 0;
  bool quote_left_up = false;
  int false_alarms = 0;  ///< ordinary posts by others that Heed brought to a person, and that stayed up
  int address_posts = 0;
  Millis address_seen_max{};          ///< longest from an address being posted to a person having it
  Millis life_seen_max{};             ///< the same for every post in the lane of threats to life
  bool address_past_sleeper = false;  ///< one reached a reviewer while another slept over the same case
  int deleted_with_evidence = 0;      ///< posts deleted by their sender whose words the reviewer still saw
  int blocked_accounts = 0, friends_blocked = 0;
  int orders = 0, confirmed = 0;
  std::map<std::string, int> orders_by_kind, clauses;
  int told_reporter = 0, told_authors = 0;
  std::map<std::string, int> ledger;  ///< events of her case by kind
  std::vector<std::string> faults;    ///< what the ledger and the platform's count disagree on; empty is right
};

/// Plays it. Fails when the server is not in test mode, refuses a call, or does not answer.
Result<CampaignerResult> play_campaigner(const CampaignerOptions& options, const Texts& texts);

}  // namespace heed::simulate
