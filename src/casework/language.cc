#include "casework/language.h"

namespace heed::casework {

Result<std::string> language_of(ledger::View& view, const PersonHash& person) {
  constexpr std::size_t kCasesMax = 100;  // newest first; whoever is in more has said it lately or not at all
  std::string found;
  auto prefix = ledger::cells(person);
  TRY(ledger::scan<PartyRow>(view,
                             {.index = PartyRow::kByPerson, .prefix = prefix, .descending = true, .limit = kCasesMax},
                             [&](const PartyRow& row) {
                               found = row.locale;
                               return found.empty();
                             }));
  return found;
}

}  // namespace heed::casework
