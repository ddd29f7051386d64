#include "model/model_file.h"
#include "model/sentence_file.h"

// The assembler copies the file: a source with two million numbers would take the compiler half a minute.
asm(".section .rodata\n"
    ".balign 64\n"
    "heed_builtin_model_begin:\n"
    ".incbin \"" HEED_MODEL_PATH
    "\"\n"
    "heed_builtin_model_end:\n"
    ".byte 0\n"
    ".balign 64\n"
    "heed_builtin_sentence_begin:\n"
    ".incbin \"" HEED_SENTENCE_PATH
    "\"\n"
    "heed_builtin_sentence_end:\n"
    ".byte 0\n"
    ".text\n");
extern "C" {
extern const char heed_builtin_model_begin[];
extern const char heed_builtin_model_end[];
extern const char heed_builtin_sentence_begin[];
extern const char heed_builtin_sentence_end[];
}

namespace heed::model {

std::string_view builtin_model() {
  return {heed_builtin_model_begin, static_cast<std::size_t>(heed_builtin_model_end - heed_builtin_model_begin)};
}

std::string_view builtin_sentence_model() {
  return {heed_builtin_sentence_begin,
          static_cast<std::size_t>(heed_builtin_sentence_end - heed_builtin_sentence_begin)};
}

}  // namespace heed::model
