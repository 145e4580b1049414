# cmake -DOUT=x.cc -DSYMBOL=name -DFILES="a;b" -P embed.cmake
set(text "#include \"analysis/knowledge/embedded.h\"\nnamespace awaitd::analysis {\nextern const EmbeddedFile ${SYMBOL}[];\nextern const unsigned ${SYMBOL}_count;\nconst EmbeddedFile ${SYMBOL}[] = {\n")
set(count 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  # Hex keeps CMake's own list and escape syntax out of the content; long literals are split for older compilers.
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
  string(REGEX REPLACE "(\\\\x0a)" "\\1\"\n\"" escaped "${escaped}")
  string(LENGTH "${hex}" length)
  math(EXPR length "${length} / 2")
  string(APPEND text "{\"${name}\", {\"${escaped}\", ${length}}},\n")
  math(EXPR count "${count} + 1")
endforeach()
if(count EQUAL 0)  # C++ has no array of size zero
  string(APPEND text "{}\n")
endif()
string(APPEND text "};\nconst unsigned ${SYMBOL}_count = ${count};\n}  // namespace awaitd::analysis\n")
file(WRITE ${OUT} "${text}")
