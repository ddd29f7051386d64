#include "api/resources.h"

#include "api/decided.h"

namespace heed::api {

std::vector<Resource> all_resources(const Desk& desk) {
  return {post_routes(),         assess_routes(),
          account_routes(),      report_routes(),
          guest_report_routes(), report_flow_routes(),
          report_link_routes(),  legal_notice_routes(),
          pile_routes(),         case_routes(),
          search_routes(),       case_people_routes(),
          case_item_routes(),    case_work_routes(),
          queue_routes(),        decision_routes(),
          appeal_routes(),       action_routes(),
          file_routes(),         standing_routes(),
          notice_routes(),       alarm_routes(),
          event_routes(),        hold_routes(),
          delegation_routes(),   delegate_opening_routes(),
          contact_routes(),      question_routes(),
          handover_routes(),     proposal_routes(),
          second_look_routes(),  case_evidence_routes(),
          my_data_routes(),      my_mail_routes(),
          identity_routes(),     figure_routes(),
          decided_routes(),      setting_routes(),
          shift_routes(),        rule_routes(),
          pack_routes(),         key_routes(),
          delivery_routes(),     policy_routes(),
          session_routes(),      member_routes(),
          tie_routes(),          look_routes(),
          system_routes(desk)};
}

}  // namespace heed::api
