#pragma once
#include <string>
#include <vector>

#include "policy/disclosure.h"
#include "policy/help_line.h"
#include "policy/ladder.h"
#include "policy/map_reader.h"
#include "policy/report_flow.h"

/// Readers of the pack's files beside clauses and notices; for load.cc. Faults go to the reader's collection.
namespace heed::policy {

DisclosureClause read_disclosure(MapReader& in, const std::string& id, const std::vector<std::string>& locales);
Ladder read_ladder(MapReader& in, const std::vector<std::string>& locales, const std::vector<std::string>& clauses);
ReportFlow read_report_flow(MapReader& in, const std::vector<std::string>& locales);
std::vector<HelpLine> read_help_lines(MapReader& in, const std::vector<std::string>& locales);

}  // namespace heed::policy
