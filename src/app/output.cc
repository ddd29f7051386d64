#include "app/output.h"

#include <algorithm>
#include <cstdio>

#include "base/json.h"

namespace heed::app {
namespace {

std::string plain(const Output::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    std::string out = *text;
    // A terminal must not obey what a name or a file holds.
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return out;
  }
  if (const auto* n = std::get_if<std::int64_t>(&cell)) {
    return std::to_string(*n);
  }
  if (const bool* b = std::get_if<bool>(&cell)) {
    return *b ? "yes" : "no";
  }
  return "-";
}

void write(JsonWriter& out, const Output::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    out.value(*text);
  } else if (const auto* n = std::get_if<std::int64_t>(&cell)) {
    out.value(*n);
  } else if (const bool* b = std::get_if<bool>(&cell)) {
    out.value(*b);
  } else {
    out.null();
  }
}

/// Columns on a terminal: characters, not bytes.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void pad(std::string& line, std::string_view text, std::size_t to, bool right) {
  std::size_t gap = to > width(text) ? to - width(text) : 0;
  if (right) {
    line.append(gap, ' ').append(text);
  } else {
    line.append(text).append(gap, ' ');
  }
}

}  // namespace

Output& Output::fact(std::string key, std::string title, Cell value) {
  facts_.push_back({std::move(key), std::move(title), std::move(value)});
  return *this;
}

Output& Output::columns(std::vector<Column> columns, std::string items) {
  columns_ = std::move(columns);
  items_ = std::move(items);
  table_ = true;
  return *this;
}

Output& Output::row(std::vector<Cell> cells) {
  HEED_ASSERT(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
  return *this;
}

Output& Output::document(std::string key, std::string text) {
  document_key_ = std::move(key);
  document_ = std::move(text);
  return *this;
}

Output& Output::note(std::string sentence) {
  notes_.push_back(std::move(sentence));
  return *this;
}

std::string Output::text() const {
  std::string out;
  std::size_t title_width = 0;
  for (const Fact& fact : facts_) {
    title_width = std::max(title_width, width(fact.title));
  }
  for (const Fact& fact : facts_) {
    pad(out, fact.title, title_width + 2, false);
    out += plain(fact.value) + "\n";
  }
  if (!document_key_.empty()) {
    out += (facts_.empty() ? "" : "\n") + document_;
  }
  if (rows_.empty()) {
    return out;
  }
  if (!facts_.empty()) {
    out += '\n';
  }
  std::vector<std::size_t> widths;
  std::vector<bool> right;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t most = width(columns_[c].title);
    bool number = true;
    for (const auto& row : rows_) {
      most = std::max(most, width(plain(row[c])));
      number = number && !std::holds_alternative<std::string>(row[c]);
    }
    widths.push_back(most);
    right.push_back(number);
  }
  auto line = [&](auto&& text_of) {
    std::string made;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      made += c == 0 ? "" : "  ";
      pad(made, text_of(c), widths[c], right[c]);
    }
    made.erase(made.find_last_not_of(' ') + 1);
    out += made + "\n";
  };
  line([&](std::size_t c) { return columns_[c].title; });
  for (const auto& row : rows_) {
    line([&](std::size_t c) { return plain(row[c]); });
  }
  return out;
}

std::string Output::json() const {
  JsonWriter out;
  out.begin_object();
  for (const Fact& fact : facts_) {
    out.key(fact.key);
    write(out, fact.value);
  }
  if (!document_key_.empty()) {
    out.field(document_key_, document_);
  }
  if (table_) {
    out.key(items_).begin_array();
    for (const auto& row : rows_) {
      out.begin_object();
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        out.key(columns_[c].key);
        write(out, row[c]);
      }
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
  return out.take() + "\n";
}

int print(const Result<Output>& output, const Arguments& arguments) {
  if (!output) {
    return complain(output.error());
  }
  std::string out = arguments.flag("--json") ? output->json() : output->text();
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
  for (const std::string& sentence : output->notes()) {
    std::fprintf(stderr, "%s\n", sentence.c_str());
  }
  return output->exit;
}

Option json_option() {
  return {.name = "--json", .sentence = "Print JSON instead of a table", .kind = Option::Kind::Flag};
}

}  // namespace heed::app
