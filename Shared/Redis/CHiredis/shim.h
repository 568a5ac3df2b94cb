// What the adapter uses of hiredis: the protocol's reader. Sockets, timeouts and TLS are SwiftNIO's.
#ifndef LARDER_CHIREDIS_SHIM_H
#define LARDER_CHIREDIS_SHIM_H

#include <hiredis/read.h>

#endif
