#include <sqlite3.h>

// Swift cannot call a function with a variable list of arguments.
static inline int sqlite3_config_memory_statistics(int isOn) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, isOn);
}
