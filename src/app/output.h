#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/command.h"
#include "base/clock.h"

namespace heed::app {

/// What a command has to say: facts, then a table; both may be empty. Shown aligned for a person, or as one JSON
/// object: the facts as its members and the table as an array of objects under `items`.
class Output {
 public:
  using Cell = std::variant<std::monostate, std::string, std::int64_t, bool>;
  struct Column {
    std::string key, title;
  };

  Output& fact(std::string key, std::string title, Cell value);
  Output& columns(std::vector<Column> columns, std::string items = "items");
  Output& row(std::vector<Cell> cells);
  /// A text of many lines, printed as it is.
  Output& document(std::string key, std::string text);
  /// A sentence for a person only; goes to stderr.
  Output& note(std::string sentence);
  int exit = kOk;

  std::string text() const;
  std::string json() const;
  const std::vector<std::string>& notes() const { return notes_; }
  std::size_t rows() const { return rows_.size(); }

 private:
  struct Fact {
    std::string key, title;
    Cell value;
  };
  std::vector<Fact> facts_;
  std::string document_key_, document_;
  bool table_ = false;
  std::string items_ = "items";
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::string> notes_;
};

inline Output::Cell cell(Time time) { return format_time(time); }
inline Output::Cell cell(std::uint64_t n) { return static_cast<std::int64_t>(n); }

/// Prints to stdout what `arguments` asks for (--json or not); returns its exit code, or complains.
int print(const Result<Output>& output, const Arguments& arguments);
Option json_option();

}  // namespace heed::app
