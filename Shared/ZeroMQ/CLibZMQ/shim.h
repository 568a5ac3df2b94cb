#ifndef LARDER_CLIBZMQ_SHIM_H
#define LARDER_CLIBZMQ_SHIM_H

#include <zmq.h>

#endif
