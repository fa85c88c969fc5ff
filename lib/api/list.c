/*  list.c - a shared list of values

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/list.h"

#include <errno.h>

#include "client/handle.h"

struct weir_list {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__LIST, sizeof (weir_list_t)};

weir_list_t *weir_list_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&class, owner, name, NULL, 0);
}

weir_list_t *weir_list_new_with (weir_owner_t *owner, const char *name,
                                 weir_value_t items)
{
    return weir__handle_new (&class, owner, name, &items, 1);
}

weir_list_t *weir_list_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_list_t *weir_list_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_list_destroy (weir_list_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int (weir_list_append) (weir_list_t *self, weir_value_t value)
{
    return weir__handle_call (self, WEIR__OP (WEIR__LIST_APPEND, value), NULL);
}

int weir_list_extend (weir_list_t *self, weir_value_t items)
{
    return weir__handle_call (self, WEIR__OP (WEIR__LIST_EXTEND, items), NULL);
}

int (weir_list_insert) (weir_list_t *self, int64_t index, weir_value_t value)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__LIST_INSERT, weir_value_int (index), value),
        NULL);
}

int weir_list_get (weir_list_t *self, int64_t index, weir_value_t *ret_value)
{
    return weir__handle_get (
        self, WEIR__OP (WEIR__LIST_GET, weir_value_int (index)), ret_value);
}

int weir_list_get_int (weir_list_t *self, int64_t index, int64_t *ret_integer)
{
    return weir__handle_integer (
        self, WEIR__OP (WEIR__LIST_GET, weir_value_int (index)), ret_integer);
}

int weir_list_get_real (weir_list_t *self, int64_t index, double *ret_real)
{
    return weir__handle_real (
        self, WEIR__OP (WEIR__LIST_GET, weir_value_int (index)), ret_real);
}

int (weir_list_set) (weir_list_t *self, int64_t index, weir_value_t value)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__LIST_SET, weir_value_int (index), value), NULL);
}

int weir_list_delete (weir_list_t *self, int64_t index)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__LIST_DELETE, weir_value_int (index)), NULL);
}

int weir_list_pop (weir_list_t *self, int64_t index, weir_value_t *ret_value)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__LIST_POP, weir_value_int (index)), ret_value);
}

int weir_list_pop_wait (weir_list_t *self, int64_t index,
                        weir_value_t *ret_value, int timeout_ms)
{
    weir__operation_t *pop =
        WEIR__OP (WEIR__LIST_POP_WAIT, weir_value_int (index));
    pop->timeout_ms = timeout_ms;
    return weir__handle_call (self, pop, ret_value);
}

int (weir_list_add) (weir_list_t *self, int64_t index, weir_value_t delta,
                     weir_value_t *ret_sum)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__LIST_ADD, weir_value_int (index), delta),
        ret_sum);
}

int (weir_list_remove) (weir_list_t *self, weir_value_t value)
{
    return weir__handle_call (self, WEIR__OP (WEIR__LIST_REMOVE, value), NULL);
}

int64_t (weir_list_index) (weir_list_t *self, weir_value_t value)
{
    return (weir_list_index_in) (self, value, WEIR_SLICE_END, WEIR_SLICE_END);
}

int64_t (weir_list_index_in) (weir_list_t *self, weir_value_t value,
                              int64_t start, int64_t stop)
{
    return weir__handle_number (self, WEIR__OP (WEIR__LIST_INDEX, value,
                                                weir__bound (start),
                                                weir__bound (stop)));
}

int64_t (weir_list_count) (weir_list_t *self, weir_value_t value)
{
    return weir__handle_number (self, WEIR__OP (WEIR__LIST_COUNT, value));
}

int (weir_list_contains) (weir_list_t *self, weir_value_t value)
{
    int64_t count = (weir_list_count) (self, value);
    return count < 0 ? -1 : count > 0;
}

int weir_list_reverse (weir_list_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__LIST_REVERSE), NULL);
}

int weir_list_sort (weir_list_t *self, bool reverse)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__LIST_SORT, weir_value_bool (reverse)), NULL);
}

int weir_list_get_slice (weir_list_t *self, weir_slice_t slice,
                         weir_value_t *ret_items)
{
    return weir__handle_get (
        self,
        WEIR__OP (WEIR__LIST_GET_SLICE, weir__bound (slice.start),
                  weir__bound (slice.stop), weir__bound (slice.step)),
        ret_items);
}

int weir_list_set_slice (weir_list_t *self, weir_slice_t slice,
                         weir_value_t items)
{
    return weir__handle_call (
        self,
        WEIR__OP (WEIR__LIST_SET_SLICE, weir__bound (slice.start),
                  weir__bound (slice.stop), weir__bound (slice.step), items),
        NULL);
}

int weir_list_delete_slice (weir_list_t *self, weir_slice_t slice)
{
    return weir__handle_call (
        self,
        WEIR__OP (WEIR__LIST_DELETE_SLICE, weir__bound (slice.start),
                  weir__bound (slice.stop), weir__bound (slice.step)),
        NULL);
}

int weir_list_items (weir_list_t *self, weir_value_t *ret_items)
{
    return weir_list_get_slice (self, WEIR_SLICE_ALL, ret_items);
}

int64_t weir_list_size (weir_list_t *self)
{
    return weir__handle_number (self, WEIR__OP (WEIR__LIST_SIZE));
}

int weir_list_clear (weir_list_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__LIST_CLEAR), NULL);
}

int weir_list_print (weir_list_t *self, FILE *file)
{
    weir_value_t none = weir_value_nil ();
    return weir__handle_print (
        self, WEIR__OP (WEIR__LIST_GET_SLICE, none, none, none), file);
}
