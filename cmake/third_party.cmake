# Targets ts::core and ts::python (C sources), Boost::headers, nlohmann_json::nlohmann_json, GTest::gtest.
#
# tree-sitter and its grammar must fit each other (ABI 15), so they are taken as a pair; the first door that opens wins:
#   1. -DTS_CORE_DIR= (holds lib/src/lib.c) and -DTS_PYTHON_DIR= (holds src/parser.c), for packagers and offline builds
#   2. npm ci --ignore-scripts from third_party/package-lock.json (sha512-pinned; nothing of Node is built or run)
#   3. the pinned release archives on GitHub
include(FetchContent)
set(TS_CORE_DIR "" CACHE PATH "tree-sitter 0.25 source tree")
set(TS_PYTHON_DIR "" CACHE PATH "tree-sitter-python 0.25 source tree")

set(core "${TS_CORE_DIR}")
set(python "${TS_PYTHON_DIR}")
if(NOT core OR NOT python)
  find_program(NPM_PROGRAM npm)
  if(NPM_PROGRAM)
    set(npm_dir ${PROJECT_BINARY_DIR}/third_party)
    set(lock ${PROJECT_SOURCE_DIR}/third_party/package-lock.json)
    file(SHA256 ${lock} lock_hash)
    set(stamp ${npm_dir}/${lock_hash})
    if(NOT EXISTS ${stamp})
      file(COPY ${PROJECT_SOURCE_DIR}/third_party/package.json ${lock} DESTINATION ${npm_dir})
      execute_process(COMMAND ${NPM_PROGRAM} ci --ignore-scripts --no-audit --no-fund --legacy-peer-deps --loglevel=error
        WORKING_DIRECTORY ${npm_dir} RESULT_VARIABLE npm_result)
      if(npm_result EQUAL 0)
        file(TOUCH ${stamp})
      endif()
    endif()
    if(EXISTS ${stamp})
      set(core ${npm_dir}/node_modules/tree-sitter/vendor/tree-sitter)
      set(python ${npm_dir}/node_modules/tree-sitter-python)
    endif()
  endif()
endif()
if(NOT core OR NOT python)
  FetchContent_Declare(ts_core SOURCE_SUBDIR no-cmake-here
    URL https://github.com/tree-sitter/tree-sitter/archive/refs/tags/v0.25.10.tar.gz
    URL_HASH SHA256=ad5040537537012b16ef6e1210a572b927c7cdc2b99d1ee88d44a7dcdc3ff44c)
  FetchContent_Declare(ts_python SOURCE_SUBDIR no-cmake-here
    URL https://github.com/tree-sitter/tree-sitter-python/archive/refs/tags/v0.25.0.tar.gz
    URL_HASH SHA256=4609a3665a620e117acf795ff01b9e965880f81745f287a16336f4ca86cf270c)
  FetchContent_MakeAvailable(ts_core ts_python)
  set(core ${ts_core_SOURCE_DIR})
  set(python ${ts_python_SOURCE_DIR})
endif()

add_library(ts_core STATIC ${core}/lib/src/lib.c)
target_include_directories(ts_core SYSTEM PUBLIC ${core}/lib/include PRIVATE ${core}/lib/src)
# Its scanners are called through pointers without parameter lists, as C allows.
target_compile_options(ts_core PRIVATE -O3 -w $<$<C_COMPILER_ID:Clang>:-fno-sanitize=function>)
target_compile_definitions(ts_core PRIVATE _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE NDEBUG)
add_library(ts::core ALIAS ts_core)
add_library(ts_python STATIC ${python}/src/parser.c ${python}/src/scanner.c)
target_include_directories(ts_python SYSTEM PUBLIC ${python}/bindings/c PRIVATE ${python}/src)
target_compile_options(ts_python PRIVATE -O3 -w)
add_library(ts::python ALIAS ts_python)

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
if(AWAITD_TESTS)
  find_package(GTest REQUIRED)
endif()
