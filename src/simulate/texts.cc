#include "simulate/texts.h"

#include <zlib.h>

#include <map>
#include <memory>

#include "policy/builtin.h"

namespace heed::simulate {
namespace {

constexpr std::size_t kTextBytesMax = 2000;

std::vector<std::string_view> split(std::string_view line, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    std::size_t end = line.find(by);
    parts.push_back(line.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    line.remove_prefix(end + 1);
  }
}

template <class F>
void each_line(std::string_view text, F&& f) {
  for (std::string_view line : split(text, '\n')) {
    if (!line.empty()) {
      f(line);
    }
  }
}

void read_samples(std::string_view name, Texts& out) {
  each_line(policy::sample_file(name), [&](std::string_view line) {
    auto parts = split(line, '\t');
    if (parts.size() < 2) {
      return;
    }
    std::string text(parts[1]);
    if (parts[0] == "threat") {
      out.threat.push_back(text);
    } else if (parts[0] == "sexual") {
      out.sexual.push_back(text);
    } else if (parts[0] == "insult") {
      out.insult.push_back(text);
    } else if (parts[0] == "address") {
      out.address.push_back(text);
    } else if (parts[0] == "benign") {
      out.benign.push_back(text);
    } else if (parts[0] == "support") {
      out.support.push_back(text);
    }
  });
}

struct GzCloser {
  void operator()(gzFile file) const { gzclose(file); }
};

/// gzopen reads plain files as they are.
Result<std::string> read_gz(const std::string& path) {
  std::unique_ptr<std::remove_pointer_t<gzFile>, GzCloser> file(gzopen(path.c_str(), "rb"));
  if (!file) {
    return fail(Code::NotFound, "cannot open " + path);
  }
  std::string out;
  char buffer[1 << 16];
  for (;;) {
    int n = gzread(file.get(), buffer, sizeof buffer);
    if (n < 0) {
      return fail(Code::InvalidInput, path + " is not readable as gzip");
    }
    if (n == 0) {
      return out;
    }
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

Texts sample_texts() {
  Texts out;
  out.source = "samples written for Heed";
  read_samples("campaigner_abuse.tsv", out);
  read_samples("benign.tsv", out);
  read_samples("support.tsv", out);
  return out;
}

Result<Texts> texts_from(const std::string& path) {
  Texts out = sample_texts();
  out.threat.clear();
  out.sexual.clear();
  out.insult.clear();
  out.benign.clear();
  out.source = path.substr(path.rfind('/') + 1);
  std::string bytes = TRY(read_gz(path));
  std::map<std::string, std::size_t, std::less<>> columns;
  bool first = true;
  each_line(bytes, [&](std::string_view line) {
    auto cells = split(line, '\t');
    if (first) {
      first = false;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        columns[std::string(cells[i])] = i;
      }
      return;
    }
    auto cell = [&](std::string_view name) {
      auto at = columns.find(name);
      return at == columns.end() || at->second >= cells.size() ? std::string_view() : cells[at->second];
    };
    std::string_view text = cell("text");
    if (text.empty() || text.size() > kTextBytesMax) {
      return;
    }
    if (cell("threat") == "1") {
      out.threat.emplace_back(text);
    } else if (cell("sexually_explicit") == "1" && cell("toxicity") == "1") {
      out.sexual.emplace_back(text);
    } else if (cell("insult") == "1") {
      out.insult.emplace_back(text);
    } else if (cell("toxicity") == "0" && cell("identity_attack") == "0") {
      out.benign.emplace_back(text);
    }
  });
  for (const char* name : {"text", "toxicity", "identity_attack", "insult", "threat", "sexually_explicit"}) {
    if (!columns.contains(name)) {
      return fail(Code::InvalidInput, path + " has no column " + name);
    }
  }
  if (out.threat.empty() || out.sexual.empty() || out.insult.empty() || out.benign.empty()) {
    return fail(Code::InvalidInput, path + " has no posts of one of the sorts threat, sexual, insult, benign");
  }
  return out;
}

std::string expand(std::string_view text, std::uint64_t pick) {
  std::string out;
  while (!text.empty()) {
    std::size_t open = text.find('{');
    std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      out += text;
      break;
    }
    out += text.substr(0, open);
    auto choices = split(text.substr(open + 1, close - open - 1), '|');
    out += choices[pick % choices.size()];
    pick = pick / choices.size() + 0x9E3779B9U;
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace heed::simulate
