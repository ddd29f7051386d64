#include "api/testing_routes.h"

#include <sstream>
#include <string_view>

namespace heed::api {
namespace {

/// "METHOD path | who": key:<scope>, users, guests, roles, everybody. "!" before it: of a case, so that for a stranger
/// it is not there.
constexpr std::string_view kRows = R"(
GET /docs/problems | everybody
GET /healthz | everybody
GET /legal-notice | everybody
POST /legal-notice | everybody
GET /metrics | everybody
GET /openapi.json | everybody
GET /readyz | everybody
PUT /v1/accounts/{id} | key:accounts:write
DELETE /v1/accounts/{id} | key:accounts:write
GET /v1/actions | key:actions:read
POST /v1/actions/{id}/result | key:actions:write
GET /v1/alarms | triage reviewer lead legal admin
POST /v1/alarms/{id}/acknowledgement | triage reviewer lead legal admin
GET /v1/appeals | reviewer lead
POST /v1/appeals/{id}/decision | reviewer lead
POST /v1/assess | key:posts:write triage reviewer lead legal analyst admin
GET /v1/cases | key:cases:read users guests triage reviewer lead legal
! GET /v1/cases/{id} | key:cases:read users guests triage reviewer lead legal
! GET /v1/cases/{id}/items | key:cases:read users guests triage reviewer lead legal
! GET /v1/cases/{id}/timeline | key:cases:read users guests triage reviewer lead legal
GET /v1/cases/{id}/authors | triage reviewer lead legal
GET /v1/cases/{id}/links | triage reviewer lead legal
GET /v1/cases/{id}/claims | triage reviewer lead legal
GET /v1/macros | triage reviewer lead legal
GET /v1/colleagues | triage reviewer lead legal
POST /v1/searches | triage reviewer lead legal
POST /v1/cases/{id}/decisions | reviewer lead
POST /v1/cases/{id}/decisions/preview | reviewer lead
POST /v1/cases/{id}/escalation | triage reviewer lead legal
POST /v1/cases/{id}/holds | lead legal
DELETE /v1/cases/{id}/holds/{hold} | lead legal
! POST /v1/cases/{id}/messages | users guests triage reviewer lead legal
! POST /v1/cases/{id}/relief | users guests
! DELETE /v1/cases/{id}/relief/{kind} | users guests
! POST /v1/cases/{id}/desk-code | users guests
POST /v1/cases/{id}/evidence | users guests
! GET /v1/cases/{id}/evidence | users guests triage reviewer lead legal
GET /v1/cases/{id}/evidence/{piece} | users guests triage reviewer lead legal
POST /v1/cases/{id}/handover | triage reviewer lead legal
POST /v1/cases/{id}/question | triage reviewer lead legal
DELETE /v1/cases/{id}/question | triage reviewer lead legal
GET /v1/contacts | lead legal
POST /v1/contacts | triage reviewer lead legal
GET /v1/delegations | key:reports:read users
POST /v1/delegations | key:reports:write users
DELETE /v1/delegations/{id} | key:reports:write users
POST /v1/delegations/{id}/links | key:reports:write users
POST /v1/delegate-links | everybody
POST /v1/delegate-links/openings | everybody
GET /v1/desk/answers | triage reviewer lead legal
POST /v1/desk/openings | triage reviewer lead legal
GET /v1/handovers | triage reviewer lead legal
POST /v1/handovers/{id}/acknowledgement | triage reviewer lead legal
POST /v1/handovers/{id}/return | triage reviewer lead legal
GET /v1/me/data | users guests
DELETE /v1/me/data | users guests
GET /v1/me/mail | users guests
PUT /v1/me/mail | users guests
POST /v1/me/code | users guests
GET /v1/claims | triage reviewer lead legal
PUT /v1/claims/{id} | triage reviewer lead legal
DELETE /v1/claims/{id} | triage reviewer lead legal
POST /v1/decisions/{id}/appeals | key:reports:write users guests
POST /v1/decisions/{id}/reversal | reviewer lead
GET /v1/proposals | reviewer lead
GET /v1/proposals/{id} | reviewer lead
POST /v1/proposals/{id}/preview | reviewer lead
POST /v1/proposals/{id}/confirmation | reviewer lead
POST /v1/proposals/{id}/return | reviewer lead
POST /v1/proposals/{id}/acknowledgement | reviewer lead
DELETE /v1/proposals/{id} | reviewer lead
POST /v1/second-looks | reviewer lead
GET /v1/second-looks | lead
POST /v1/second-looks/{id}/answer | reviewer lead
POST /v1/second-looks/{id}/settlement | lead
POST /v1/decisions/{id}/golden | lead
DELETE /v1/decisions/{id}/golden | lead
GET /v1/agreement | lead analyst admin
POST /v1/events | key:events:write
POST /v1/guest-reports | everybody
GET /v1/notices | key:notices:read users guests
GET /v1/piles | key:reports:write users triage reviewer lead legal
GET /v1/policy | everybody
POST /v1/posts | key:posts:write
PUT /v1/posts/{id} | key:posts:write
DELETE /v1/posts/{id} | key:posts:write
GET /v1/queues | triage reviewer lead legal
GET /v1/queues/{name} | triage reviewer lead legal
POST /v1/queues/{name}/claims | triage reviewer lead legal
PUT /v1/relations | key:relations:write
GET /v1/report-flow | everybody
POST /v1/report-links | key:reports:write
POST /v1/report-links/openings | everybody
GET /v1/reports | key:reports:read users guests
POST /v1/reports | key:reports:write users triage reviewer lead legal
GET /v1/reports/{id} | key:reports:read users guests
POST /v1/reports/{id}/withdrawal | key:reports:write users guests
DELETE /v1/session | triage reviewer lead legal analyst admin unready
GET /v1/session | triage reviewer lead legal analyst admin unready
POST /v1/session | everybody
GET /v1/sessions | triage reviewer lead legal analyst admin unready
DELETE /v1/sessions/{id} | triage reviewer lead legal analyst admin unready
POST /v1/session/password | triage reviewer lead legal analyst admin unready
POST /v1/session/second-factor | triage reviewer lead legal analyst admin unready
PUT /v1/session/second-factor | triage reviewer lead legal analyst admin unready
POST /v1/session/second-factor/removal | triage reviewer lead legal analyst admin unready
GET /v1/pack | lead analyst admin
GET /v1/pack/file | lead analyst admin
POST /v1/pack/trials | lead analyst admin
GET /v1/keys | admin
POST /v1/keys | admin
DELETE /v1/keys/{id} | admin
GET /v1/deliveries | lead admin
POST /v1/deliveries/{id}/replay | lead admin
GET /v1/members | lead admin
PUT /v1/members/{id} | admin
POST /v1/members/{id}/invitation | admin
GET /v1/members/{id}/sessions | admin
DELETE /v1/members/{id}/sessions | admin
DELETE /v1/members/{id}/sessions/{session} | admin
GET /v1/invitations | lead admin
POST /v1/invitations | lead admin
DELETE /v1/invitations/{id} | lead admin
POST /v1/invitations/openings | everybody
POST /v1/invitations/acceptances | everybody
GET /v1/ties | triage reviewer lead legal analyst admin
POST /v1/ties | triage reviewer lead legal analyst admin
DELETE /v1/ties/{id} | triage reviewer lead legal analyst admin
GET /v1/cases/{id}/walls | lead
POST /v1/cases/{id}/unmaskings | reviewer lead legal
POST /v1/access-log/searches | lead admin
POST /v1/rules/{id}/mode | lead admin
POST /v1/rules/{id}/effects/reversal | lead admin
GET /v1/rules/{id}/effects | lead analyst admin
GET /v1/rules | lead analyst admin
GET /v1/figures | everybody
GET /v1/decisions | lead
GET /v1/workload | lead
GET /v1/settings | admin
GET /v1/shift | triage reviewer lead legal
POST /v1/shift | triage reviewer lead legal
GET /v1/pack/versions | lead analyst admin
GET /v1/pack/versions/{number}/file | lead analyst admin
GET /v1/standing | users guests
GET /v1/signing-key | everybody
! POST /v1/cases/{id}/file | users guests
! GET /v1/cases/{id}/file | users guests
POST /test/clock | everybody
)";

}  // namespace

std::vector<RouteRow> route_rows() {
  std::vector<RouteRow> out;
  std::istringstream lines{std::string(kRows)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    RouteRow row;
    std::string word;
    if (!(words >> word)) {
      continue;
    }
    row.of_case = word == "!";
    if (row.of_case) {
      words >> word;
    }
    row.method = word;
    words >> row.path >> word;
    while (words >> word) {
      row.who.insert(word);
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace heed::api
