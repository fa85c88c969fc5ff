/*  dict.c - a shared dict: keys to values, in insertion order

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/dict.h"

#include "client/handle.h"

struct weir_dict {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__DICT, sizeof (weir_dict_t)};

weir_dict_t *weir_dict_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&class, owner, name, NULL, 0);
}

weir_dict_t *weir_dict_new_with (weir_owner_t *owner, const char *name,
                                 weir_value_t map)
{
    return weir__handle_new (&class, owner, name, &map, 1);
}

weir_dict_t *weir_dict_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_dict_t *weir_dict_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_dict_destroy (weir_dict_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int (weir_dict_set) (weir_dict_t *self, weir_value_t key, weir_value_t value)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_SET, key, value),
                              NULL);
}

int (weir_dict_get) (weir_dict_t *self, weir_value_t key,
                     weir_value_t *ret_value)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_GET, key), ret_value);
}

int (weir_dict_get_int) (weir_dict_t *self, weir_value_t key,
                         int64_t *ret_integer)
{
    return weir__handle_integer (self, WEIR__OP (WEIR__DICT_GET, key),
                                 ret_integer);
}

int (weir_dict_get_real) (weir_dict_t *self, weir_value_t key, double *ret_real)
{
    return weir__handle_real (self, WEIR__OP (WEIR__DICT_GET, key), ret_real);
}

int (weir_dict_get_or) (weir_dict_t *self, weir_value_t key,
                        weir_value_t fallback, weir_value_t *ret_value)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_GET, key, fallback),
                             ret_value);
}

int (weir_dict_contains) (weir_dict_t *self, weir_value_t key)
{
    return (int) weir__handle_number (self,
                                      WEIR__OP (WEIR__DICT_CONTAINS, key));
}

int (weir_dict_delete) (weir_dict_t *self, weir_value_t key)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_DELETE, key), NULL);
}

int (weir_dict_pop) (weir_dict_t *self, weir_value_t key,
                     weir_value_t *ret_value)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_POP, key), ret_value);
}

int (weir_dict_pop_or) (weir_dict_t *self, weir_value_t key,
                        weir_value_t fallback, weir_value_t *ret_value)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_POP, key, fallback),
                              ret_value);
}

int weir_dict_popitem (weir_dict_t *self, weir_value_t *ret_item)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_POPITEM), ret_item);
}

int (weir_dict_setdefault) (weir_dict_t *self, weir_value_t key,
                            weir_value_t value, weir_value_t *ret_value)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__DICT_SETDEFAULT, key, value), ret_value);
}

int (weir_dict_add) (weir_dict_t *self, weir_value_t key, weir_value_t delta,
                     weir_value_t *ret_sum)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_ADD, key, delta),
                              ret_sum);
}

int (weir_dict_cas) (weir_dict_t *self, weir_value_t key, weir_value_t expected,
                     weir_value_t desired)
{
    return (int) weir__handle_number (
        self, WEIR__OP (WEIR__DICT_CAS, key, expected, desired));
}

int weir_dict_update (weir_dict_t *self, weir_value_t map)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_UPDATE, map), NULL);
}

int (weir_dict_get_at) (weir_dict_t *self, weir_value_t path,
                        weir_value_t *ret_value)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_GET_AT, path),
                             ret_value);
}

int (weir_dict_get_at_or) (weir_dict_t *self, weir_value_t path,
                           weir_value_t fallback, weir_value_t *ret_value)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_GET_AT, path, fallback),
                             ret_value);
}

int (weir_dict_set_at) (weir_dict_t *self, weir_value_t path,
                        weir_value_t value)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_SET_AT, path, value),
                              NULL);
}

int (weir_dict_delete_at) (weir_dict_t *self, weir_value_t path)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_DELETE_AT, path),
                              NULL);
}

int (weir_dict_add_at) (weir_dict_t *self, weir_value_t path,
                        weir_value_t delta, weir_value_t *ret_sum)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_ADD_AT, path, delta),
                              ret_sum);
}

int (weir_dict_append_at) (weir_dict_t *self, weir_value_t path,
                           weir_value_t value)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__DICT_APPEND_AT, path, value), NULL);
}

int (weir_dict_cas_at) (weir_dict_t *self, weir_value_t path,
                        weir_value_t expected, weir_value_t desired)
{
    return (int) weir__handle_number (
        self, WEIR__OP (WEIR__DICT_CAS_AT, path, expected, desired));
}

int64_t weir_dict_size (weir_dict_t *self)
{
    return weir__handle_number (self, WEIR__OP (WEIR__DICT_SIZE));
}

int weir_dict_keys (weir_dict_t *self, weir_value_t *ret_keys)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_KEYS), ret_keys);
}

int weir_dict_values (weir_dict_t *self, weir_value_t *ret_values)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_VALUES), ret_values);
}

int weir_dict_items (weir_dict_t *self, weir_value_t *ret_map)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_ITEMS), ret_map);
}

int weir_dict_clear (weir_dict_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_CLEAR), NULL);
}

int weir_dict_print (weir_dict_t *self, FILE *file)
{
    return weir__handle_print (self, WEIR__OP (WEIR__DICT_ITEMS), file);
}
