#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Where a simulated platform's posts get their words from.
namespace heed::simulate {

enum class Sort : std::uint8_t { Threat, Sexual, Insult, Address, Benign, Support };

struct Texts {
  std::vector<std::string> threat, sexual, insult, address, benign, support;
  std::string source;  ///< for the table: "samples written for Heed" or the file's name
};

/// Posts invented for Heed, built into the binary.
Texts sample_texts();
/// Real labelled posts from a TSV (plain or gzip) with the columns text, toxicity, insult, threat and
/// sexually_explicit; addresses and support still come from the samples, since no data set has them. InvalidInput
/// names the missing column or kind.
Result<Texts> texts_from(const std::string& path);

/// One concrete text of a template: "{a|b}" picks by `pick`, so that a hundred templates give thousands of posts.
std::string expand(std::string_view text, std::uint64_t pick);

}  // namespace heed::simulate
