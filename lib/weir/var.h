/*  var.h - one shared value

    As Python's Value in a Manager, with the type that it was made with: a var
    that holds an integer refuses a string. All operations are linearizable:
    each takes effect at one moment between call and return, in the owner's
    order. When a process that uses a var dies, what it has sent is applied;
    nothing else happens to the var.

    Values may be plain C values: weir_var_set (var, 100).

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMSGSIZE
    (a value over 64 MiB), EMFILE or ENOBUFS (no descriptor here, or no room at
    the owner, for this thread's connection), EACCES (the owner does not serve
    this process), EPROTO (it has thrown this process out), ENOMEM. On failure
    nothing has changed and no output is written. Values in `ret_` are owned by
    the caller (weir_value_clear).

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_VAR_H_INCLUDED
#define WEIR_VAR_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a var / opens the one with that name / opens the one that a reference
//  stands for. name: up to 255 bytes; NULL: none, see object.h.
//  NULL with EEXIST (new: the name is taken), ENOENT (there is none), EINVAL
//  (it is no var, or a bad argument), or as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_var_t *weir_var_new (weir_owner_t *owner,
                                                 const char *name,
                                                 weir_value_t initial);
WEIR_EXPORT WEIR_CHECK weir_var_t *weir_var_open (weir_owner_t *owner,
                                                  const char *name);
WEIR_EXPORT WEIR_CHECK weir_var_t *weir_var_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the var. Accepts NULL and
//  a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_var_destroy (weir_var_t **self_p);

//  Its value; as a plain number (EINVAL: it is none); sets it. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_var_get (weir_var_t *self,
                                         weir_value_t *ret_value);
WEIR_EXPORT WEIR_CHECK int weir_var_get_int (weir_var_t *self,
                                             int64_t *ret_integer);
WEIR_EXPORT WEIR_CHECK int weir_var_get_real (weir_var_t *self,
                                              double *ret_real);
WEIR_EXPORT int weir_var_set (weir_var_t *self, weir_value_t value);

//  Adds to it, in one step, and gives the sum (NULL: not wanted). EINVAL: not
//  a number, or a real is added to an integer. ERANGE: the sum does not fit
//  64 bits. Since 0.1.
WEIR_EXPORT int weir_var_add (weir_var_t *self, weir_value_t delta,
                              weir_value_t *ret_sum);

//  Sets it and gives the value that it had. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_var_exchange (weir_var_t *self,
                                              weir_value_t value,
                                              weir_value_t *ret_before);

//  Compare and set: when it equals `expected`, sets it to `desired`. 1 when it
//  was set, 0 when it was not, -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_var_cas (weir_var_t *self,
                                         weir_value_t expected,
                                         weir_value_t desired);

//  Waits until it equals a value / is at least that value / differs from it,
//  and gives what it is then (NULL: not wanted). Every change is looked at, so
//  no value is missed, however short it was there; whoever waits is told in the
//  order in which they began. To see each change, wait until it differs from
//  the value that you saw last. Returns 0, or -1 with EAGAIN (timeout 0: it is
//  not so), ETIMEDOUT, EINVAL (the value is of another type than the var's;
//  numbers compare with all numbers; at_least: the two have no order).
//  Since 0.1.
WEIR_EXPORT int weir_var_wait_equal (weir_var_t *self, weir_value_t value,
                                     weir_value_t *ret_value, int timeout_ms);
WEIR_EXPORT int weir_var_wait_at_least (weir_var_t *self, weir_value_t value,
                                        weir_value_t *ret_value,
                                        int timeout_ms);
WEIR_EXPORT int weir_var_wait_changed (weir_var_t *self, weir_value_t value,
                                       weir_value_t *ret_value, int timeout_ms);

//  Prints it as Python would, and a newline. Since 0.1.
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
