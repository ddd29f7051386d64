#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace heed::match {

/// One line of a list: a word or phrase and what it means, with who put it there and why.
struct TermEntry {
  std::string id;        ///< unique in its list; in signals for staff
  std::string term;      ///< as written; see expand_term
  std::string category;  ///< of the signal; "context.*" yields none, it is for the assessor's judgement
  std::string group;
  double score = 0;    ///< 0 to 1
  std::string clause;  ///< "" leaves it to the policy (by category)
  std::string who, why;
  std::optional<Time> expires;  ///< posts created from then on are not matched
  std::size_t line = 0;         ///< in its file, from 1; 0 when not from a file
  bool operator==(const TermEntry&) const = default;
};

struct TermList {
  std::string name;     ///< "threats"
  std::string version;  ///< of the whole list
  std::vector<TermEntry> entries;
};

constexpr std::size_t kListBytesMax = 64u << 20;
constexpr std::size_t kTermBytesMax = 2000;
constexpr std::size_t kPhraseTokensMax = 12;
constexpr std::size_t kExpansionsMax = 20000;  ///< phrases expand_term spells out

/// Reads TSV: a first line "# version <v>", further lines starting with "#" are comments; a header line that
/// names the columns id, term, category, group, score, clause, who, why, expires in any order (id, term,
/// category, score are needed); one entry a line. A cell holds no tab and no line break; `expires` is a date
/// or an RFC 3339 time. InvalidInput collects every fault; its pointer is "name:line".
Result<TermList> parse_term_list(std::string_view name, std::string_view tsv);
/// The same list as TSV; parse_term_list gives it back.
std::string write_term_list(const TermList& list);

/// A term in parts, one after the other; each part is a choice of word sequences, "" where it may be missing.
/// "(i will|ill) kill (you|@|)" has three parts. A choice stands for whole words and is not nested; "@"
/// stands for any handle. InvalidInput says what is wrong with the term.
using TermParts = std::vector<std::vector<std::string>>;
Result<TermParts> parse_term(std::string_view term);
/// Every phrase a term stands for, spelled out. TooLarge for more than kExpansionsMax.
Result<std::vector<std::string>> expand_term(std::string_view term);

}  // namespace heed::match
