# add_module(name SOURCES a.cc … USES base post … LINKS lib … [TEST_LINKS lib …] [PCH header …] [TEST_PCH header …])
#
# One folder = one library heed_<name>. USES is the list of folders whose headers it may include; it is
# checked on every build and it is not transitive: what a module includes it must name. LINKS are
# third-party libraries, private to the module. Every SOURCE x.cc with an x_test.cc beside it gets that
# test; further *_test.cc are named in TESTS. Tests of a module are one binary, <name>_test.
#
# PCH names headers that nearly every source of the folder includes: they are read once (with HEED_PCH, which release
# leaves off, so that a source that forgets an include is noticed there).
function(add_module name)
  cmake_parse_arguments(M "" "" "SOURCES;USES;LINKS;TESTS;TEST_USES;TEST_LINKS;TEST_SOURCES;PCH;TEST_PCH" ${ARGN})
  set(dir ${CMAKE_CURRENT_SOURCE_DIR})
  # A half-written module must not keep its neighbours from being configured; whoever links it still fails.
  foreach(file ${M_SOURCES} ${M_TESTS} ${M_TEST_SOURCES})
    if(NOT IS_ABSOLUTE ${file} AND NOT EXISTS ${dir}/${file}) # absolute: generated during the build
      message(WARNING "module ${name} is left out: there is no ${dir}/${file}")
      return()
    endif()
  endforeach()
  file(RELATIVE_PATH prefix ${CMAKE_SOURCE_DIR}/src ${dir})
  string(REPLACE "/" "_" target heed_${prefix})
  add_library(${target} STATIC ${M_SOURCES})
  target_link_libraries(${target} PUBLIC heed_flags fmt::fmt tl::expected PRIVATE ${M_LINKS})
  foreach(used ${M_USES})
    string(REPLACE "/" "_" used_target heed_${used})
    target_link_libraries(${target} PUBLIC ${used_target})
  endforeach()

  if(HEED_PCH AND M_PCH)
    list(TRANSFORM M_PCH REPLACE "^([^<].*)$" "<\\1>")
    target_precompile_headers(${target} PRIVATE <algorithm> <functional> <map> <memory> <string> <vector> ${M_PCH})
  endif()

  set(tests ${M_TESTS})
  foreach(source ${M_SOURCES})
    string(REGEX REPLACE "\\.cc$" "_test.cc" test ${source})
    if(EXISTS ${dir}/${test})
      list(APPEND tests ${test})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES tests)

  # The dependency rule. The stamp depends on every file of the folder, so an edit re-checks it.
  file(GLOB files CONFIGURE_DEPENDS ${dir}/*.cc ${dir}/*.h)
  set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${target}.uses)
  string(REPLACE ";" "," uses "${prefix};${M_USES}")
  string(REPLACE ";" "," test_uses "${prefix};${M_USES};${M_TEST_USES}")
  string(REPLACE ";" "|" file_arg "${files}")
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${CMAKE_COMMAND} -DUSES=${uses} -DTEST_USES=${test_uses} "-DFILES=${file_arg}" -DSTAMP=${stamp}
            -DMODULE=${prefix} -P ${CMAKE_SOURCE_DIR}/cmake/check_uses.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/check_uses.cmake VERBATIM)
  add_custom_target(${target}_uses DEPENDS ${stamp})
  add_dependencies(${target} ${target}_uses)

  if(HEED_TESTS AND tests)
    string(REGEX REPLACE "/.*" "" top ${prefix})
    if(HEED_TEST_MODULES AND NOT top IN_LIST HEED_TEST_MODULES)
      return()
    endif()
    string(REPLACE "/" "_" short ${prefix})
    add_executable(${short}_test ${tests} ${M_TEST_SOURCES})
    target_link_libraries(${short}_test PRIVATE ${target} ${M_LINKS} ${M_TEST_LINKS} GTest::gmock GTest::gtest_main)
    foreach(used ${M_TEST_USES})
      string(REPLACE "/" "_" used_target heed_${used})
      target_link_libraries(${short}_test PRIVATE ${used_target})
    endforeach()
    target_link_libraries(${short}_test PRIVATE heed_test_flags) # last: it takes warnings back
    if(NOT HEED_PCH)
      set(M_PCH "")
      set(M_TEST_PCH "")
    endif()
    list(TRANSFORM M_TEST_PCH REPLACE "^([^<].*)$" "<\\1>")
    target_precompile_headers(${short}_test PRIVATE <gtest/gtest.h> <gmock/gmock.h> ${M_PCH} ${M_TEST_PCH})
    include(GoogleTest)
    gtest_discover_tests(${short}_test TEST_PREFIX ${prefix}. PROPERTIES LABELS ${short} TIMEOUT 300
      DISCOVERY_TIMEOUT 60 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
endfunction()
