#pragma once
#include <optional>
#include <string>

#include "casework/context.h"

/// Talks with people who come to the desk, ring or write. A party makes a code on her page and reads it out; it opens
/// her case for talk, once, within fifteen minutes. What was said is logged with the clause it rests on.
namespace heed::casework {

inline constexpr Millis kDeskCodeLife = std::chrono::minutes(15);

/// Under which name a person of staff speaks in one case: the same for all of its parties, another one in every other
/// case, and from it nothing leads to the person ("R-7K3M").
std::string staff_pseudonym(const access::Hasher& hasher, StaffId staff, CaseId case_id);

/// Eight characters of Crockford's base 32, "7K3M-92QF": 40 bits, drawn from the system's source.
std::string draw_desk_code();
/// The code's keyed hash; nothing when it cannot be one. Case, spaces and hyphens do not matter, O is 0, I and L are 1.
std::optional<Hash16> desk_code_key(const access::Hasher& hasher, std::string_view code);

struct DeskCode {
  std::string code;
  Time until{};
};
/// Voids the one before. NotFound when there is no such party.
Result<DeskCode> make_desk_code(Context& context, CaseId case_id, int party);

struct DeskOpening {
  ContactId contact;
  CaseId case_id;
  PartyRow party;
  std::string as;
};
/// Uses the code up. NotFound for one that is wrong, void, used or too old: all alike.
Result<DeskOpening> open_at_desk(Context& context, const std::optional<Hash16>& code, StaffId staff,
                                 ContactChannel channel);

struct ContactCommand {
  std::optional<CaseId> case_id;  ///< none: the talk concerns no case
  int party = 0;                  ///< 0: with somebody who is none
  StaffId staff;
  ContactChannel channel{};
  std::string clause;  ///< a disclosure clause, or a clause of the rules
  bool neutral = false;
  std::string said;
};
/// InvalidInput for a clause that the policy in force does not have; NotFound for no such case or party.
Result<ContactId> log_contact(Context& context, const ContactCommand& command);

}  // namespace heed::casework
