# Helpers shared by the three libraries and the tests.
# g++ 12 sees overlaps in std::string + that are not there (GCC 105651); clang 19 sees libstdc++ 12's own use of
# get_temporary_buffer in std::stable_sort.
set(AWAITD_WARNINGS -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Werror
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

# awaitd_library(NAME): a static library of every .cc below the calling folder, warnings as errors.
function(awaitd_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${AWAITD_WARNINGS})
endfunction()

# awaitd_embed(TARGET SYMBOL FILES...): compiles text files into TARGET as
#   extern const awaitd::analysis::EmbeddedFile awaitd::analysis::SYMBOL[]; SYMBOL_count (see analysis/knowledge/embedded.h).
function(awaitd_embed target symbol)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=${symbol} "-DFILES=${ARGN}" -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
