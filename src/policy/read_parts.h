#pragma once
#include <string>
#include <vector>

#include "policy/disclosure.h"
#include "policy/help_line.h"
#include "policy/ladder.h"
#include "policy/map_reader.h"

/// Readers of the pack's files beside clauses and notices; for load.cc. Faults go to the reader's collection.
namespace heed::policy {

DisclosureClause read_disclosure(MapReader& in, const std::string& id, const std::vector<std::string>& locales);
Ladder read_ladder(MapReader& in, const std::vector<std::string>& locales, const std::vector<std::string>& clauses);
std::vector<HelpLine> read_help_lines(MapReader& in, const std::vector<std::string>& locales);

}  // namespace heed::policy
