#include "match/term_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/bytes.h"

namespace heed::match {
namespace {

constexpr std::array<std::string_view, 9> kColumns = {"id",     "term", "category", "group",  "score",
                                                      "clause", "who",  "why",      "expires"};
enum Column : std::size_t { Id, Term, Category, Group, Score, ClauseId, Who, Why, Expires };
constexpr std::string_view kVersionMark = "# version ";

std::string_view next_cell(std::string_view& line) {
  const std::size_t tab = line.find('\t');
  const std::string_view cell = line.substr(0, tab);
  line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  return cell;
}

class Reader {
 public:
  Reader(std::string_view name, TermList& out) : name_(name), list_(out) { list_.name = name; }

  void read(std::string_view tsv) {
    if (tsv.size() > kListBytesMax || !valid_utf8(tsv)) {
      fault(fmt::format("a list is UTF-8 of at most {} bytes", kListBytesMax));
      return;
    }
    while (!tsv.empty()) {
      const std::size_t end = tsv.find('\n');
      std::string_view line = tsv.substr(0, end);
      tsv.remove_prefix(end == std::string_view::npos ? tsv.size() : end + 1);
      ++line_;
      if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
      }
      if (line.substr(0, kVersionMark.size()) == kVersionMark && list_.version.empty()) {
        list_.version = line.substr(kVersionMark.size());
      }
      if (line.empty() || line.front() == '#') {
        continue;
      }
      if (columns_.empty()) {
        read_header(line);
      } else {
        read_entry(line);
      }
      if (faults.size() > 100) {
        fault("and more; only the first faults are named");
        return;
      }
    }
    if (columns_.empty()) {
      fault("has no header line with the names of the columns");
    }
  }

  std::vector<FieldError> faults;

 private:
  void fault(std::string detail) {
    faults.push_back({fmt::format("{}:{}", name_, std::max<std::size_t>(line_, 1)), std::move(detail)});
  }

  void read_header(std::string_view line) {
    while (!line.empty()) {
      const std::string_view cell = next_cell(line);
      const auto found = std::find(kColumns.begin(), kColumns.end(), cell);
      const std::size_t column = static_cast<std::size_t>(found - kColumns.begin());
      if (found == kColumns.end()) {
        fault(fmt::format("unknown column; known are {}", fmt::join(kColumns, ", ")));
      } else if (std::find(columns_.begin(), columns_.end(), column) != columns_.end()) {
        fault(fmt::format("column '{}' is given twice", cell));
      }
      columns_.push_back(column);
    }
    for (Column needed : {Id, Term, Category, Score}) {
      if (std::find(columns_.begin(), columns_.end(), needed) == columns_.end()) {
        fault(fmt::format("column '{}' is missing", kColumns[needed]));
      }
    }
  }

  void read_entry(std::string_view line) {
    std::array<std::string_view, kColumns.size()> cells{};
    for (std::size_t column : columns_) {
      if (column < cells.size()) {
        cells[column] = next_cell(line);
      } else {
        next_cell(line);
      }
    }
    if (!line.empty()) {
      fault("has more cells than the header");
    }
    TermEntry entry;
    entry.line = line_;
    entry.id = cells[Id];
    entry.term = cells[Term];
    entry.category = cells[Category];
    entry.group = cells[Group];
    entry.clause = cells[ClauseId];
    entry.who = cells[Who];
    entry.why = cells[Why];
    if (entry.id.empty() || !ids_.insert(entry.id).second) {
      fault("id: must be there and unlike every other in the list");
    }
    if (entry.category.empty()) {
      fault("category: must be there");
    }
    const std::string_view score = cells[Score];
    const auto [stop, error] = std::from_chars(score.data(), score.data() + score.size(), entry.score);
    if (error != std::errc{} || stop != score.data() + score.size() || !(entry.score >= 0 && entry.score <= 1)) {
      fault("score: must be a number from 0 to 1");
    }
    if (!cells[Expires].empty()) {
      std::string text(cells[Expires]);
      auto time = parse_time(text.size() == 10 ? text + "T00:00:00Z" : text);
      if (time) {
        entry.expires = *time;
      } else {
        fault("expires: must be a date (2027-01-31) or an RFC 3339 time");
      }
    }
    if (auto parts = parse_term(entry.term); !parts) {
      fault("term: " + parts.error().message);
    }
    list_.entries.push_back(std::move(entry));
  }

  std::string_view name_;
  TermList& list_;
  std::size_t line_ = 0;
  std::vector<std::size_t> columns_;
  std::set<std::string> ids_;
};

std::string date_or_time(Time time) {
  std::string text = format_time(time);
  return text.substr(10) == "T00:00:00.000Z" ? text.substr(0, 10) : text;
}

}  // namespace

Result<TermList> parse_term_list(std::string_view name, std::string_view tsv) {
  TermList list;
  Reader reader(name, list);
  reader.read(tsv);
  if (reader.faults.empty()) {
    return list;
  }
  std::string message = fmt::format("list {} has faults:", name);
  for (const FieldError& fault : reader.faults) {
    message += "\n" + fault.pointer + ": " + fault.detail;
  }
  return fail(Code::InvalidInput, std::move(message), std::move(reader.faults));
}

std::string write_term_list(const TermList& list) {
  std::string out;
  if (!list.version.empty()) {
    out += fmt::format("{}{}\n", kVersionMark, list.version);
  }
  out += fmt::format("{}\n", fmt::join(kColumns, "\t"));
  for (const TermEntry& entry : list.entries) {
    out +=
        fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", entry.id, entry.term, entry.category, entry.group,
                    entry.score, entry.clause, entry.who, entry.why, entry.expires ? date_or_time(*entry.expires) : "");
  }
  return out;
}

Result<TermParts> parse_term(std::string_view term) {
  if (term.empty() || term.size() > kTermBytesMax) {
    return fail(Code::InvalidInput, fmt::format("must have 1 to {} bytes", kTermBytesMax));
  }
  TermParts parts;
  while (!term.empty()) {
    const std::size_t open = term.find_first_of("()|");
    if (open != 0) {
      parts.push_back({std::string(term.substr(0, open))});
    }
    if (open == std::string_view::npos) {
      break;
    }
    const std::size_t close = term.find_first_of("()", open + 1);
    if (term[open] != '(' || close == std::string_view::npos || term[close] != ')') {
      return fail(Code::InvalidInput, "'(a|b)' is not closed, is nested, or '|' stands outside of it");
    }
    std::string_view inside = term.substr(open + 1, close - open - 1);
    term.remove_prefix(close + 1);
    auto& choices = parts.emplace_back();
    for (bool more = true; more;) {
      const std::size_t bar = inside.find('|');
      choices.emplace_back(inside.substr(0, bar));
      more = bar != std::string_view::npos;
      inside.remove_prefix(more ? bar + 1 : inside.size());
    }
  }
  return parts;
}

Result<std::vector<std::string>> expand_term(std::string_view term) {
  const TermParts parts = TRY(parse_term(term));
  std::vector<std::string> phrases = {""};
  for (const auto& choices : parts) {
    if (phrases.size() * choices.size() > kExpansionsMax) {
      return fail(Code::TooLarge, fmt::format("stands for more than {} phrases", kExpansionsMax));
    }
    std::vector<std::string> longer;
    for (const std::string& choice : choices) {
      for (const std::string& phrase : phrases) {
        longer.push_back(phrase + " " + choice);
      }
    }
    phrases = std::move(longer);
  }
  return phrases;
}

}  // namespace heed::match
