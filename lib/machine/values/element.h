/*  element.h - one number of an array, as it is stored

    Little-endian, in as many bytes as its type says, so that equal arrays are
    equal bytes on every machine. There is one nan that a conversion or a sum
    gives.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_ELEMENT_H_INCLUDED
#define WEIR__MACHINE_VALUES_ELEMENT_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "weir/array.h"

//  Its size in bytes. / Its name, for sentences.
size_t weir__element_bytes (weir_element_t type);
const char *weir__element_name (weir_element_t type);

//  Stores a value. Returns 0; EINVAL: it is no number, or a real for an
//  integer; ERANGE: it does not fit.
int weir__element_put (weir_element_t type, uint8_t *element,
                       weir_value_t value);

//  Reads a value. Returns 0; ERANGE: no value can hold it.
int weir__element_get (weir_element_t type, const uint8_t *element,
                       weir_value_t *ret_value);

//  Adds a value. Returns 0; EINVAL as weir__element_put; EOVERFLOW: the sum of
//  two integers does not fit, nothing has changed.
int weir__element_add (weir_element_t type, uint8_t *element,
                       weir_value_t delta);

#endif
