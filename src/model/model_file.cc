#include "model/model_file.h"

#include <cmath>
#include <cstring>

#include "base/crypto.h"

namespace heed::model {
namespace {

constexpr std::string_view kMagic = "HEEDLIN1";
constexpr float kNumberMax = 1e6f;
constexpr std::size_t kHeadBytes = 320, kDigestBytes = 32;
static_assert(kHeadBytes % 64 == 0 && 8 + 4 + 4 + 32 + 32 + kLabels * sizeof(LabelNumbers) <= kHeadBytes);
static_assert(sizeof(LabelNumbers) == 6 * sizeof(float));

std::string_view digest_bytes(const auto& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Result<std::shared_ptr<const ModelFile>> ModelFile::read(std::string_view bytes, bool linked) {
  const auto refuse = [](std::string why) {
    return fail(Code::Corrupt, "the model file is refused: " + std::move(why));
  };
  if (bytes.size() < kMagic.size() || bytes.substr(0, kMagic.size() - 1) != kMagic.substr(0, kMagic.size() - 1)) {
    return refuse("it does not begin like a model of Heed");
  }
  if (bytes[kMagic.size() - 1] != kMagic.back()) {
    return refuse("its version is not one that this program reads; train it again or update Heed");
  }
  if (bytes.size() < kHeadBytes + kDigestBytes) {
    return refuse("it is cut off within its head");
  }
  std::uint32_t head = 0, log2 = 0;
  std::memcpy(&head, bytes.data() + 8, 4);
  std::memcpy(&log2, bytes.data() + 12, 4);
  if (head != kHeadBytes || log2 < kLinesLog2Min || log2 > kLinesLog2Max) {
    return refuse("its head states impossible sizes");
  }
  const std::size_t table_bytes = (std::size_t{1} << log2) * sizeof(Line);
  if (bytes.size() != kHeadBytes + table_bytes + kDigestBytes) {
    return refuse("it has " + std::to_string(bytes.size()) + " bytes and should have " +
                  std::to_string(kHeadBytes + table_bytes + kDigestBytes) +
                  "; it is cut off or something was appended");
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kDigestBytes);
  if (!linked && digest_bytes(sha256(body)) != bytes.substr(body.size())) {
    return refuse("its checksum does not match; copy it again");
  }
  auto file = std::make_shared<ModelFile>();
  std::memcpy(file->digest.data(), bytes.data() + body.size(), kDigestBytes);
  const char* name = bytes.data() + 16;
  file->name.assign(name, strnlen(name, kNameMax));
  std::memcpy(file->data_digest.data(), bytes.data() + 48, 32);
  std::memcpy(file->labels.data(), bytes.data() + 80, sizeof file->labels);
  for (const LabelNumbers& label : file->labels) {
    for (float number :
         {label.bias, label.word_scale, label.context_scale, label.slope, label.offset, label.threshold}) {
      if (!(std::abs(number) <= kNumberMax)) {  // also refuses what is not a number
        return refuse("one of its numbers is out of range");
      }
    }
  }
  file->lines_log2 = log2;
  const char* table = bytes.data() + kHeadBytes;
  if (linked && reinterpret_cast<std::uintptr_t>(table) % alignof(Line) == 0) {
    file->lines_ = reinterpret_cast<const Line*>(table);
  } else {
    std::memcpy(file->make_lines(log2).data(), table, table_bytes);
  }
  return std::shared_ptr<const ModelFile>(std::move(file));
}

std::string ModelFile::write() const {
  std::string out(kHeadBytes, '\0');
  const std::uint32_t sizes[2] = {kHeadBytes, lines_log2};
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  std::memcpy(out.data() + 8, sizes, sizeof sizes);
  std::memcpy(out.data() + 16, name.data(), std::min(name.size(), kNameMax));
  std::memcpy(out.data() + 48, data_digest.data(), data_digest.size());
  std::memcpy(out.data() + 80, labels.data(), sizeof labels);
  out.append(reinterpret_cast<const char*>(lines_), line_count() * sizeof(Line));
  const auto sum = sha256(out);
  out.append(digest_bytes(sum));
  return out;
}

std::vector<Line>& ModelFile::make_lines(unsigned log2) {
  lines_log2 = log2;
  owned_.assign(line_count(), Line{});
  lines_ = owned_.data();
  return owned_;
}

}  // namespace heed::model
