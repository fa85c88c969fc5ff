/*  element.h - one number of an array, as it is stored

    An element is little-endian and has the size of its type, so that equal
    arrays have equal bytes on every machine. Conversions and sums give only one
    nan, the standard one.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_ELEMENT_H_INCLUDED
#define WEIR__MACHINE_VALUES_ELEMENT_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "weir/array.h"

//  Returns the size of an element in bytes.
size_t weir__element_bytes (weir_element_t type);

//  Returns the name of the type, for sentences.
const char *weir__element_name (weir_element_t type);

//  Stores a value. Returns 0; EINVAL when the value is not a number, or is a
//  real and the type is an integer type; ERANGE when it does not fit the type.
int weir__element_put (weir_element_t type, uint8_t *element,
                       weir_value_t value);

//  Loads the value of an element. Returns 0, or ERANGE when no value can hold
//  it.
int weir__element_get (weir_element_t type, const uint8_t *element,
                       weir_value_t *ret_value);

//  Adds a value to an element. Returns 0; EINVAL as weir__element_put;
//  EOVERFLOW when the sum of two integers does not fit the type. On failure the
//  element is unchanged.
int weir__element_add (weir_element_t type, uint8_t *element,
                       weir_value_t delta);

#endif
