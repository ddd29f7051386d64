# Every third-party library, found once. Rows with purpose and licence: docs/dependencies.md.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(tl-expected REQUIRED)
find_package(yaml-cpp REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(spdlog REQUIRED IMPORTED_TARGET spdlog)
if(HEED_TESTS)
  find_package(GTest REQUIRED)
endif()

add_library(heed_flags INTERFACE)
target_compile_options(heed_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wno-missing-field-initializers # every member has a default; naming the ones that differ is the point
  $<$<BOOL:${HEED_WERROR}>:-Werror>)
target_include_directories(heed_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
# Not relative to the build: a log line or an assertion must not name the machine it was built on.
target_compile_options(heed_flags INTERFACE -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

# Tests convert and shadow freely, and a preset may compile them in less time than what they test.
add_library(heed_test_flags INTERFACE)
target_compile_options(heed_test_flags INTERFACE -Wno-conversion -Wno-shadow ${HEED_TEST_FLAGS})
