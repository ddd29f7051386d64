#pragma once
#include <vector>

#include "api/desk.h"

namespace heed::api {

Resource post_routes();
Resource assess_routes();
Resource account_routes();
Resource report_routes();
Resource guest_report_routes();
Resource report_flow_routes();
Resource report_link_routes();
Resource legal_notice_routes();
Resource pile_routes();
Resource case_routes();
Resource search_routes();
Resource pack_routes();
Resource key_routes();
Resource delivery_routes();
Resource case_people_routes();
Resource case_item_routes();
Resource case_work_routes();
Resource file_routes();
Resource standing_routes();
Resource queue_routes();
Resource decision_routes();
Resource appeal_routes();
Resource action_routes();
Resource notice_routes();
Resource alarm_routes();
Resource event_routes();
Resource hold_routes();
Resource delegation_routes();
Resource delegate_opening_routes();
Resource contact_routes();
Resource question_routes();
Resource handover_routes();
Resource proposal_routes();
Resource second_look_routes();
Resource case_evidence_routes();
Resource my_data_routes();
Resource my_mail_routes();
Resource identity_routes();
Resource setting_routes();
Resource shift_routes();
Resource figure_routes();
Resource rule_routes();
Resource policy_routes();
Resource session_routes();
Resource member_routes();
Resource tie_routes();
Resource look_routes();
schema::Text member_schema();
Resource system_routes(const Desk& desk);

std::vector<Resource> all_resources(const Desk& desk);

}  // namespace heed::api
