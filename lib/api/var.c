/*  var.c - one shared value

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/var.h"

#include <errno.h>

#include "client/handle.h"

struct weir_var {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__VAR, sizeof (weir_var_t)};

weir_var_t *(weir_var_new) (weir_owner_t *owner, const char *name,
                            weir_value_t initial)
{
    weir_value_t arg = initial;
    return weir__handle_new (&class, owner, name, &arg, 1);
}

weir_var_t *weir_var_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_var_t *weir_var_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_var_destroy (weir_var_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int weir_var_get (weir_var_t *self, weir_value_t *ret_value)
{
    return weir__handle_get (self, WEIR__OP (WEIR__VAR_GET), ret_value);
}

int weir_var_get_int (weir_var_t *self, int64_t *ret_integer)
{
    return weir__handle_integer (self, WEIR__OP (WEIR__VAR_GET), ret_integer);
}

int weir_var_get_real (weir_var_t *self, double *ret_real)
{
    return weir__handle_real (self, WEIR__OP (WEIR__VAR_GET), ret_real);
}

int (weir_var_set) (weir_var_t *self, weir_value_t value)
{
    return weir__handle_call (self, WEIR__OP (WEIR__VAR_SET, value), NULL);
}

int (weir_var_add) (weir_var_t *self, weir_value_t delta, weir_value_t *ret_sum)
{
    return weir__handle_call (self, WEIR__OP (WEIR__VAR_ADD, delta), ret_sum);
}

int (weir_var_exchange) (weir_var_t *self, weir_value_t value,
                         weir_value_t *ret_before)
{
    return weir__handle_get (self, WEIR__OP (WEIR__VAR_EXCHANGE, value),
                             ret_before);
}

int (weir_var_cas) (weir_var_t *self, weir_value_t expected,
                    weir_value_t desired)
{
    return (int) weir__handle_number (
        self, WEIR__OP (WEIR__VAR_CAS, expected, desired));
}

//  Waits for a condition on the value.
static int wait_for_value (weir_var_t *self, weir__operation_t *what,
                           weir_value_t *ret_value, int timeout_ms)
{
    what->timeout_ms = timeout_ms;
    return weir__handle_call (self, what, ret_value);
}

int (weir_var_wait_equal) (weir_var_t *self, weir_value_t value,
                           weir_value_t *ret_value, int timeout_ms)
{
    return wait_for_value (self, WEIR__OP (WEIR__VAR_WAIT_EQUAL, value),
                           ret_value, timeout_ms);
}

int (weir_var_wait_at_least) (weir_var_t *self, weir_value_t value,
                              weir_value_t *ret_value, int timeout_ms)
{
    return wait_for_value (self, WEIR__OP (WEIR__VAR_WAIT_AT_LEAST, value),
                           ret_value, timeout_ms);
}

int (weir_var_wait_changed) (weir_var_t *self, weir_value_t value,
                             weir_value_t *ret_value, int timeout_ms)
{
    return wait_for_value (self, WEIR__OP (WEIR__VAR_WAIT_CHANGED, value),
                           ret_value, timeout_ms);
}

int weir_var_print (weir_var_t *self, FILE *file)
{
    return weir__handle_print (self, WEIR__OP (WEIR__VAR_GET), file);
}
