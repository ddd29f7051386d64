#include "model/sample.h"

#include <zlib.h>

#include <memory>

namespace heed::model {
namespace {

constexpr std::size_t kColumns = 12, kUnpackedMax = std::size_t{1} << 30;
constexpr std::string_view kHeader =
    "source\tid\ttext\ttoxicity\tsevere_toxicity\tidentity_attack\tinsult\tprofanity\tthreat\tsexually_"
    "explicit\ttarget\tweak";

std::size_t split(std::string_view line, char separator, std::array<std::string_view, kColumns>& out) {
  std::size_t n = 0;
  for (;;) {
    const std::size_t end = line.find(separator);
    if (n < out.size()) {
      out[n] = line.substr(0, end);
    }
    ++n;
    if (end == std::string_view::npos) {
      return n;
    }
    line.remove_prefix(end + 1);
  }
}

}  // namespace

Result<Samples> parse_samples(std::string_view tsv, std::string_view name) {
  Samples samples;
  samples.digest = sha256(tsv);
  std::size_t number = 0;
  while (!tsv.empty()) {
    const std::size_t end = tsv.find('\n');
    const std::string_view line = tsv.substr(0, end);
    tsv.remove_prefix(end == std::string_view::npos ? tsv.size() : end + 1);
    const auto refuse = [&](std::string_view why) {
      return fail(Code::InvalidInput, std::string(name) + ":" + std::to_string(number) + ": " + std::string(why));
    };
    if (++number == 1) {
      if (line != kHeader) {
        return refuse("the first line must name the columns: source, id, text, seven labels, target, weak");
      }
      continue;
    }
    std::array<std::string_view, kColumns> cells;
    if (split(line, '\t', cells) != kColumns) {
      return refuse("a line must have 12 columns");
    }
    Sample& sample = samples.all.emplace_back();
    sample.source = cells[0];
    sample.text = cells[2];
    sample.target = cells[10];
    for (std::size_t i = 0; i < kLabels; ++i) {
      const std::string_view cell = cells[3 + i];
      if (cell != "" && cell != "0" && cell != "1") {
        return refuse("a label must be 1, 0 or empty");
      }
      sample.labels[i] = static_cast<std::int8_t>(cell.empty() ? -1 : cell == "1" ? 1 : 0);
    }
    for (std::string_view weak = cells[11]; !weak.empty();) {
      const std::string_view one = weak.substr(0, weak.find(','));
      weak.remove_prefix(std::min(weak.size(), one.size() + 1));
      for (std::size_t i = 0; i < kLabels; ++i) {
        if (one == kLabelNames[i]) {
          sample.weak = static_cast<std::uint8_t>(sample.weak | 1u << i);
        }
      }
    }
  }
  return samples;
}

Result<Samples> read_samples(const std::filesystem::path& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) {
    return fail(Code::NotFound, "cannot open " + path.string());
  }
  std::string tsv;
  for (;;) {
    constexpr unsigned kChunk = 1 << 20;
    const std::size_t size = tsv.size();
    tsv.resize(size + kChunk);
    const int got = gzread(file.get(), tsv.data() + size, kChunk);
    if (got < 0) {
      return fail(Code::Corrupt, path.string() + " cannot be unpacked");
    }
    tsv.resize(size + static_cast<std::size_t>(got));
    if (got == 0) {
      break;
    }
    if (tsv.size() > kUnpackedMax) {
      return fail(Code::TooLarge, path.string() + " has more than 1 GiB");
    }
  }
  return parse_samples(tsv, path.filename().string());
}

}  // namespace heed::model
