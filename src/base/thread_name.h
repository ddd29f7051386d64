#pragma once

namespace heed {

/// Names the calling thread for `top -H`, `perf` and debuggers, as "heed-" and up to ten characters more.
void name_thread(const char* name);

}  // namespace heed
