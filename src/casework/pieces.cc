#include "casework/pieces.h"

#include <algorithm>

#include "casework/intake.h"
#include "casework/picture.h"

namespace heed::casework {
namespace {

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    const std::size_t more = c < 0x80                ? 0
                             : c >= 0xC2 && c < 0xE0 ? 1
                             : c >= 0xE0 && c < 0xF0 ? 2
                             : c >= 0xF0 && c < 0xF5 ? 3
                                                     : 9;
    if (more == 9 || i + more >= text.size()) {
      return false;
    }
    for (std::size_t k = 1; k <= more; ++k) {
      if ((static_cast<std::uint8_t>(text[i + k]) & 0xC0) != 0x80) {
        return false;
      }
    }
    const auto next = static_cast<std::uint8_t>(text[i + (more > 0 ? 1 : 0)]);
    if ((c == 0xE0 && next < 0xA0) || (c == 0xED && next > 0x9F) || (c == 0xF0 && next < 0x90) ||
        (c == 0xF4 && next > 0x8F)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

bool is_plain(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           const auto u = static_cast<std::uint8_t>(c);
           return (u < 0x20 && c != '\n' && c != '\r' && c != '\t') || u == 0x7F;
         });
}

/// What begins like a program, a page or a document of another kind is no plain text, though it may be written in
/// letters.
bool begins_otherwise(std::string_view text) {
  std::string head;
  for (char c : text.substr(0, 512)) {
    if (!head.empty() || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) {
      head += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  for (std::string_view other :
       {"<!doctype", "<html", "<svg", "<?xml", "<?php", "<script", "#!", "%pdf-", "{\\rtf", "\xEF\xBB\xBF<"}) {
    if (head.starts_with(other)) {
      return true;
    }
  }
  return head.find("<script") != std::string::npos;
}

}  // namespace

Result<File> file_of(std::string bytes) {
  if (bytes.empty() || bytes.size() > kPieceBytesMax) {
    return fail(Code::TooLarge, bytes.empty() ? "this file is empty" : "a file may have 4 MiB at most");
  }
  if (bytes.starts_with("\x89PNG") || bytes.starts_with("\xFF\xD8")) {
    Picture picture = TRY(rewrite_picture(bytes));
    return File{std::move(picture.type), std::move(picture.bytes)};
  }
  if (is_plain(bytes) && !begins_otherwise(bytes)) {
    return File{"text/plain", std::move(bytes)};
  }
  return fail(
      Code::InvalidInput,
      "only pictures (PNG, JPEG) and plain text are taken, so that nothing harmful reaches those who look at it; "
      "please send a picture of the screen, or the words themselves");
}

Result<PieceRow> add_piece(Context& context, const PieceCommand& command) {
  auto party = TRY(context.party(command.case_id, command.party));
  if (!party || party->slot == 0) {
    return fail(Code::NotFound, "there is no such party in this case");
  }
  std::int64_t bytes = static_cast<std::int64_t>(command.file.bytes.size());
  const std::vector<PieceRow> before = TRY(pieces_of(context.tx(), command.case_id, command.party));
  for (const PieceRow& row : before) {
    bytes += row.size;
  }
  if (before.size() >= static_cast<std::size_t>(kPiecesMax) || bytes > kPiecesBytesMax) {
    return fail(Code::Conflict, "no more than 50 pieces and 40 MiB can be added to one case");
  }
  PieceAdded event;
  event.piece = context.mint<PieceId>();
  event.party = command.party;
  event.form = command.form;
  event.type = command.form == PieceForm::File ? command.file.type : "";
  event.size = static_cast<std::int64_t>(command.form == PieceForm::File ? command.file.bytes.size()
                                                                         : command.about_json.size());
  event.provenance = Provenance::Reporter;
  const CaseRow* home = TRY(context.case_row(command.case_id));
  const Heard& heard = command.heard;
  if (brings_forward(*home, *party, heard)) {
    event.urgency = join_urgency(context, home, heard.lane, heard.severity, heard.clause);
  }
  const auto slot = static_cast<std::uint64_t>(party->slot);
  std::vector<ledger::Body> bodies{{"n", slot, command.about_json}};
  if (command.form == PieceForm::File) {
    bodies.push_back({"blob", slot, command.file.bytes});
  }
  TRY(context.append(command.case_id, event, bodies, command.actor));
  TRY(raise_words(context, {command.case_id, command.party, WordsAs::Evidence, command.words, heard}));
  return *TRY(ledger::get<PieceRow>(context.tx(), event.piece.value));
}

Result<std::vector<PieceRow>> pieces_of(ledger::View& view, CaseId case_id, int party) {
  std::vector<PieceRow> out;
  auto all = ledger::cells(case_id);
  auto one = ledger::cells(case_id, party);
  TRY(ledger::scan<PieceRow>(
      view, {.index = PieceRow::kByCase, .prefix = party == 0 ? ledger::Cells(all) : ledger::Cells(one)},
      [&](const PieceRow& row) { out.push_back(row); }));
  std::sort(out.begin(), out.end(), [](const PieceRow& a, const PieceRow& b) { return a.id < b.id; });
  return out;
}

}  // namespace heed::casework
