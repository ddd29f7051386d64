#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/localized.h"

namespace heed::policy {

/// Kinds of data about a person that somebody outside may ask for, in growing order of intrusion.
enum class DataKind : std::uint8_t { PublicPosts, Basic, Connection, Traffic, Content };
std::string_view data_kind_name(DataKind kind);

/// When the person whose data it is hears of it.
enum class TellUser : std::uint8_t {
  NotConcerned,  ///< nothing about a user leaves the house under this clause
  Before,        ///< before it happens, with a copy of the request
  After,         ///< as soon as the danger is over
};

/// One answer to one question about what leaves the house and to whom: "what do you give the police?". The user's page,
/// the desk, the portal for authorities and every refusal cite the same clause and version, so that two people who ask
/// hear the same. policies/<pack>/disclosure/<id>.yaml.
struct DisclosureClause {
  std::string id;  ///< "emergency"
  std::string version;
  Localized question, answer;  ///< as anybody may read them
  Localized refusal;  ///< to an authority whose request does not meet this clause: what is missing, what would do
  std::vector<DataKind> gives;     ///< at most these; empty: nothing
  std::vector<std::string> needs;  ///< what a request must bring, from kDisclosureNeeds
  bool two_people = false;         ///< two people of staff release it
  bool call_back = false;          ///< only after a call to a number from a public directory, never one in the request
  Millis answer_within{0};         ///< 0: no clock
  Millis review_within{0};         ///< somebody else looks at it again after it went out; 0: no
  Millis kept{0};                  ///< how long what was set aside stays; 0: nothing is set aside
  TellUser tell_user = TellUser::NotConcerned;
  Millis delay_max{0};  ///< longest one step of a delay of telling the user; each needs a reason and a date
  std::string law;
};

/// What a request may have to bring; the words of `needs`.
extern const std::vector<std::string_view> kDisclosureNeeds;

}  // namespace heed::policy
