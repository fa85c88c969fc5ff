/*  var.h - one shared value

    As Python's Value in a Manager. A var keeps the type that it was made with:
    a var that holds an integer refuses a string. When a process that uses a var
    dies, the requests that it has sent are done; nothing else happens to the
    var.

    Values may be plain C values: weir_var_set (var, 100).

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_VAR_H_INCLUDED
#define WEIR_VAR_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a var. name: NULL for none. initial: its first value, which sets its
//  type.
WEIR_EXPORT WEIR_CHECK weir_var_t *weir_var_new (weir_owner_t *owner,
                                                 const char *name,
                                                 weir_value_t initial);

//  Opens the var with that name.
WEIR_EXPORT WEIR_CHECK weir_var_t *weir_var_open (weir_owner_t *owner,
                                                  const char *name);

//  Opens the var that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_var_t *weir_var_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The var itself remains.
WEIR_EXPORT void weir_var_destroy (weir_var_t **self_p);

//  Gets the value.
WEIR_EXPORT WEIR_CHECK int weir_var_get (weir_var_t *self,
                                         weir_value_t *ret_value);

//  Gets the value as an integer. Fails with EINVAL when it is not one.
WEIR_EXPORT WEIR_CHECK int weir_var_get_int (weir_var_t *self,
                                             int64_t *ret_integer);

//  Gets the value as a real; an integer is converted. Fails with EINVAL when it
//  is not a number.
WEIR_EXPORT WEIR_CHECK int weir_var_get_real (weir_var_t *self,
                                              double *ret_real);

//  Sets the value. Fails with EINVAL when its type is another one than the
//  var's; a var of reals takes an integer and converts it.
WEIR_EXPORT int weir_var_set (weir_var_t *self, weir_value_t value);

//  Adds to the number, in one step.
//  ret_sum: the sum; NULL when not wanted.
//  Fails with EINVAL (the value or delta is not a number, or a real is added to
//  an integer) or ERANGE (the sum does not fit 64 bits).
WEIR_EXPORT int weir_var_add (weir_var_t *self, weir_value_t delta,
                              weir_value_t *ret_sum);

//  Sets the value and gets the value before, in one step. Fails as
//  weir_var_set.
//  ret_before: the value before.
WEIR_EXPORT WEIR_CHECK int weir_var_exchange (weir_var_t *self,
                                              weir_value_t value,
                                              weir_value_t *ret_before);

//  Compares and sets, in one step: sets the value to `desired` if it equals
//  `expected` (as weir_value_equal).
//  Returns 1 when the value was set, 0 when it was not, -1 on failure (as
//  weir_var_set).
WEIR_EXPORT WEIR_CHECK int weir_var_cas (weir_var_t *self,
                                         weir_value_t expected,
                                         weir_value_t desired);

//  Waits up to `timeout_ms` until the value equals `value`. The owner checks
//  every change, so no value is missed, however briefly it was there. Waiters
//  resume in the order in which they began to wait.
//  ret_value: the value that ended the wait; NULL when not wanted.
//  Fails with EAGAIN (timeout 0: it is not equal), ETIMEDOUT, or EINVAL
//  (`value` has another type than the var; all numbers compare with each
//  other).
WEIR_EXPORT int weir_var_wait_equal (weir_var_t *self, weir_value_t value,
                                     weir_value_t *ret_value, int timeout_ms);

//  Waits up to `timeout_ms` until the value is at least `value`. Otherwise as
//  weir_var_wait_equal, and fails with EINVAL also when the two have no order.
WEIR_EXPORT int weir_var_wait_at_least (weir_var_t *self, weir_value_t value,
                                        weir_value_t *ret_value,
                                        int timeout_ms);

//  Waits up to `timeout_ms` until the value differs from `value`. Otherwise as
//  weir_var_wait_equal. To see every change, wait with the value that the last
//  call gave.
WEIR_EXPORT int weir_var_wait_changed (weir_var_t *self, weir_value_t value,
                                       weir_value_t *ret_value, int timeout_ms);

//  Prints the value as Python would, and a newline. Fails with EINVAL when
//  `file` is NULL, or with the error of the write.
WEIR_EXPORT int weir_var_print (weir_var_t *self, FILE *file);

WEIR_END_C

#define weir_var_new(owner, name, initial) \
    (weir_var_new) (owner, name, weir_value (initial))
#define weir_var_set(self, value) (weir_var_set) (self, weir_value (value))
#define weir_var_add(self, delta, ret_sum) \
    (weir_var_add) (self, weir_value (delta), ret_sum)
#define weir_var_exchange(self, value, ret_before) \
    (weir_var_exchange) (self, weir_value (value), ret_before)
#define weir_var_wait_equal(self, value, ret_value, timeout_ms) \
    (weir_var_wait_equal) (self, weir_value (value), ret_value, timeout_ms)
#define weir_var_wait_at_least(self, value, ret_value, timeout_ms) \
    (weir_var_wait_at_least) (self, weir_value (value), ret_value, timeout_ms)
#define weir_var_wait_changed(self, value, ret_value, timeout_ms) \
    (weir_var_wait_changed) (self, weir_value (value), ret_value, timeout_ms)
#define weir_var_cas(self, expected, desired) \
    (weir_var_cas) (self, weir_value (expected), weir_value (desired))

#endif
