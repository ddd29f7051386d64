#include "text/fold_table.h"

#include <unicode/normalizer2.h>

#include <array>

#include "base/result.h"

namespace heed::text {

#include "fold_table.inc"  // written by make_fold_table.cc

std::uint32_t fold_together(std::uint32_t first, std::uint32_t second) {
  static const icu::Normalizer2& nfc = []() -> const icu::Normalizer2& {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* found = icu::Normalizer2::getNFCInstance(error);
    HEED_ASSERT(U_SUCCESS(error) && found != nullptr && "ICU carries its own normalization data");
    return *found;
  }();
  const UChar32 together = nfc.composePair(static_cast<UChar32>(first), static_cast<UChar32>(second));
  if (together < 0) {
    return 0;
  }
  const auto c = static_cast<std::uint32_t>(together);
  const FoldEntry entry = fold_entry(c);
  return entry.kind == FoldEntry::Kind::Same || (entry.kind == FoldEntry::Kind::Composes && entry.keeps) ? c : 0;
}

bool is_flag(unsigned first, unsigned second) {
  // The two-letter regions of CLDR that have a flag.
  static constexpr std::string_view kRegions =
      "acadaeafagaiamaoaqarasatauawaxazbabbbdbebfbgbhbibjblbmbnbobqbrbsbtbvbwbybzcacccdcfcgchcickclcmcncocpcr"
      "cucvcwcxcycz"
      "dedgdjdkdmdodzeaeceeegehereseteufifjfkfmfofrgagbgdgegfggghgiglgmgngpgqgrgsgtgugwgyhkhmhnhrhthuicidieil"
      "iminioiqirisit"
      "jejmjojpkekgkhkikmknkpkrkwkykzlalblclilklrlsltlulvlymamcmdmemfmgmhmkmlmmmnmompmqmrmsmtmumvmwmxmymznanc"
      "nenfngninlnonp"
      "nrnunzompapepfpgphpkplpmpnprpsptpwpyqarerorsrurwsasbscsdsesgshsisjskslsmsnsosrssstsvsxsysztatctdtftgth"
      "tjtktltmtntotr"
      "tttvtwtzuaugumunusuyuzvavcvevgvivnvuwfwsxkyeytzazmzw";
  static const auto flags = [] {
    std::array<bool, 26 * 26> set{};
    for (std::size_t i = 0; i + 1 < kRegions.size(); i += 2) {
      set[static_cast<std::size_t>(kRegions[i] - 'a') * 26 + static_cast<std::size_t>(kRegions[i + 1] - 'a')] = true;
    }
    return set;
  }();
  return first < 26 && second < 26 && flags[first * 26 + second];
}

}  // namespace heed::text
