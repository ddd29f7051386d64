# Node builds the web pages (web/). Where it is not wanted: -DHEED_WEB=OFF, and the binary serves the API alone.
option(HEED_WEB "Build the web pages into the binary (needs node and npm)" ON)
if(HEED_WEB)
  find_program(NODE NAMES node nodejs)
  find_program(NPM NAMES npm)
  if(NOT NODE OR NOT NPM)
    message(FATAL_ERROR "The web pages are built with node and npm, and one of them is not here: "
      "run script/setup, or apt-get install nodejs npm, or configure with -DHEED_WEB=OFF to build without the pages.")
  endif()
  execute_process(COMMAND ${NODE} --version OUTPUT_VARIABLE node_version OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REGEX REPLACE "^v" "" node_version "${node_version}")
  if(node_version VERSION_LESS 18)
    message(FATAL_ERROR "The web pages need node 18 or newer; ${NODE} is ${node_version}. "
      "Install a newer one, or configure with -DHEED_WEB=OFF to build without the pages.")
  endif()
endif()
