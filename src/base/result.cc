#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace heed {

void invariant_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "heed: broken invariant: %s (%s:%d). This is a bug of ours; please report it.\n", what, file,
               line);
  std::abort();
}

}  // namespace heed
