#pragma once
#include "api/desk.h"
#include "casework/plane.h"

namespace heed::api {

/// The words of API.md.
const std::vector<std::string_view>& symptom_words();
const std::vector<std::string_view>& channel_words();

/// A mail address is checked for the one thing that matters here: that it can be one. Delivery tells the rest.
bool may_be_mail(std::string_view text);

/// Reads a report's body: every fault by pointer, all at once. Denied for a pile by somebody who may not take it.
Result<casework::ReportRequest> read_report(const Call& call, Json body);

/// As the one who reported sees it; platform and staff also get the case. In reports.cc.
std::string receipt_json(const Call& call, const casework::Receipt& receipt, std::string_view case_key = {});
schema::Text receipt_schema();

schema::Text report_schema();
extern const char* const kReportExample;

}  // namespace heed::api
