#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "casework/context.h"
#include "casework/words.h"

/// Evidence from elsewhere that a party adds to her case: words, a link, a file. Its provenance is `reporter`: it
/// informs a reviewer and alone permits no machine's act. Files are known by what they hold, never by name, and are
/// only ever given back as something to save.
namespace heed::casework {

inline constexpr std::size_t kPieceBytesMax = 4 << 20;
inline constexpr int kPiecesMax = 50;                      ///< of one party in one case
inline constexpr std::int64_t kPiecesBytesMax = 40 << 20;  ///< of one party in one case, together

struct File {
  std::string type, bytes;
};
/// A picture, written anew, or plain text in UTF-8. Anything else is refused by a reason that can be shown to whoever
/// sent it: documents, archives, programs, moving pictures.
Result<File> file_of(std::string bytes);

struct PieceCommand {
  CaseId case_id;
  int party = 0;
  PieceForm form{};
  std::string about_json;  ///< {"text","url","name","about"}: body "n"
  File file;               ///< for a file
  Ulid actor{};            ///< the delegation, when a delegate adds it
  std::string words = {};  ///< what it says in words, file included
  Heard heard = {};        ///< of those
};
/// Conflict beyond the limits; NotFound when there is no such party.
Result<PieceRow> add_piece(Context& context, const PieceCommand& command);

/// Oldest first; of all parties with `party` 0.
Result<std::vector<PieceRow>> pieces_of(ledger::View& view, CaseId case_id, int party = 0);

}  // namespace heed::casework
