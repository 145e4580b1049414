// How jemalloc is to work, which replaces malloc where the build found it (server/CMakeLists.txt). Few threads
// allocate: two arenas keep what several would hold back; freed pages go back to the system after a second. Source:
// jemalloc(3), "Tuning".
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
