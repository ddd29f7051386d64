#pragma once
#include <string>

#include "casework/tables.h"
#include "ledger/store.h"

namespace heed::casework {

/// The language in which this person last had to do with us, as a tag such as "de"; "" when no case says. Of a link or
/// a token that says nothing, and of somebody who is known as an author only, this is what is left.
Result<std::string> language_of(ledger::View& view, const PersonHash& person);

}  // namespace heed::casework
