#include <libxml/xmlversion.h>
// Debian's libxml2 is built with ICU, whose headers collide with the ICU inside Foundation. Only a
// structure that we never touch has members for it.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
