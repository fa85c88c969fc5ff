/*  weir.h - the whole public surface of Weir

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_H_INCLUDED
#define WEIR_H_INCLUDED

#include "weir/error.h"
#include "weir/literals.h"
#include "weir/pipe.h"
#include "weir/prelude.h"
#include "weir/process.h"
#include "weir/value.h"

#endif
