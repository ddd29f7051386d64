#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "model/label.h"

namespace heed::model {

/// A post that people judged.
struct Sample {
  std::string source, text;
  std::array<std::int8_t, kLabels> labels{};  ///< 1, 0, or -1: unknown, which is not the same as 0
  std::uint8_t weak = 0;                      ///< bit n: label n came from a rule or a list of words, not from a person
  std::string target;                         ///< the group attacked; "none", or "" for unknown

  bool is_weak(std::size_t label) const { return (weak >> label & 1) != 0; }
};

struct Samples {
  std::vector<Sample> all;
  Digest digest{};  ///< SHA-256 of the text, unpacked
};

/// Reads tab-separated samples, plain or gzipped: a line of names, then source, id, text, the seven labels,
/// target, weak. InvalidInput names file and line. Files over 1 GiB unpacked are refused.
Result<Samples> read_samples(const std::filesystem::path& path);
Result<Samples> parse_samples(std::string_view tsv, std::string_view name);

}  // namespace heed::model
