/*  namespace.c - a shared namespace: attributes with values

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/namespace.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "client/handle.h"

struct weir_namespace {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__NAMESPACE, sizeof (weir_namespace_t)};

weir_namespace_t *weir_namespace_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&class, owner, name, NULL, 0);
}

weir_namespace_t *weir_namespace_new_with (weir_owner_t *owner,
                                           const char *name,
                                           weir_value_t attributes)
{
    return weir__handle_new (&class, owner, name, &attributes, 1);
}

weir_namespace_t *weir_namespace_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_namespace_t *weir_namespace_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_namespace_destroy (weir_namespace_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

//  Returns the name of an attribute as a key. A NULL name becomes nil, which
//  the owner refuses.
static weir_value_t key (const char *attribute)
{
    return weir_value_string (attribute);
}

int (weir_namespace_set) (weir_namespace_t *self, const char *attribute,
                          weir_value_t value)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__DICT_SET, key (attribute), value), NULL);
}

int weir_namespace_get (weir_namespace_t *self, const char *attribute,
                        weir_value_t *ret_value)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_GET, key (attribute)),
                             ret_value);
}

int weir_namespace_get_int (weir_namespace_t *self, const char *attribute,
                            int64_t *ret_integer)
{
    return weir__handle_integer (
        self, WEIR__OP (WEIR__DICT_GET, key (attribute)), ret_integer);
}

int weir_namespace_get_real (weir_namespace_t *self, const char *attribute,
                             double *ret_real)
{
    return weir__handle_real (self, WEIR__OP (WEIR__DICT_GET, key (attribute)),
                              ret_real);
}

int (weir_namespace_get_or) (weir_namespace_t *self, const char *attribute,
                             weir_value_t fallback, weir_value_t *ret_value)
{
    return weir__handle_get (
        self, WEIR__OP (WEIR__DICT_GET, key (attribute), fallback), ret_value);
}

int weir_namespace_has (weir_namespace_t *self, const char *attribute)
{
    return (int) weir__handle_number (
        self, WEIR__OP (WEIR__DICT_CONTAINS, key (attribute)));
}

int weir_namespace_delete (weir_namespace_t *self, const char *attribute)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__DICT_DELETE, key (attribute)), NULL);
}

int (weir_namespace_add) (weir_namespace_t *self, const char *attribute,
                          weir_value_t delta, weir_value_t *ret_sum)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__DICT_ADD, key (attribute), delta), ret_sum);
}

int (weir_namespace_cas) (weir_namespace_t *self, const char *attribute,
                          weir_value_t expected, weir_value_t desired)
{
    return (int) weir__handle_number (
        self, WEIR__OP (WEIR__DICT_CAS, key (attribute), expected, desired));
}

int weir_namespace_update (weir_namespace_t *self, weir_value_t map)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_UPDATE, map), NULL);
}

int (weir_namespace_get_at) (weir_namespace_t *self, weir_value_t path,
                             weir_value_t *ret_value)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_GET_AT, path),
                             ret_value);
}

int (weir_namespace_get_at_or) (weir_namespace_t *self, weir_value_t path,
                                weir_value_t fallback, weir_value_t *ret_value)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_GET_AT, path, fallback),
                             ret_value);
}

int (weir_namespace_set_at) (weir_namespace_t *self, weir_value_t path,
                             weir_value_t value)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_SET_AT, path, value),
                              NULL);
}

int (weir_namespace_delete_at) (weir_namespace_t *self, weir_value_t path)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_DELETE_AT, path),
                              NULL);
}

int (weir_namespace_add_at) (weir_namespace_t *self, weir_value_t path,
                             weir_value_t delta, weir_value_t *ret_sum)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_ADD_AT, path, delta),
                              ret_sum);
}

int (weir_namespace_append_at) (weir_namespace_t *self, weir_value_t path,
                                weir_value_t value)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__DICT_APPEND_AT, path, value), NULL);
}

int (weir_namespace_cas_at) (weir_namespace_t *self, weir_value_t path,
                             weir_value_t expected, weir_value_t desired)
{
    return (int) weir__handle_number (
        self, WEIR__OP (WEIR__DICT_CAS_AT, path, expected, desired));
}

int weir_namespace_items (weir_namespace_t *self, weir_value_t *ret_map)
{
    return weir__handle_get (self, WEIR__OP (WEIR__DICT_ITEMS), ret_map);
}

int weir_namespace_clear (weir_namespace_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__DICT_CLEAR), NULL);
}

//  Prints the attributes as Python prints a namespace.
static int print_attributes (const void *handle, weir_value_t map, FILE *file)
{
    if (map.type != WEIR_MAP)
        return weir__fail_malformed (handle);
    bool good = fputs ("Namespace(", file) != EOF;
    for (uint32_t i = 0; good && i < map.size; i++) {
        weir_value_t name = map.items [2 * i];
        good = name.type == WEIR_STRING &&
               fprintf (file, "%s%s=", i ? ", " : "", name.string) >= 0;
        if (good && weir_value_print (map.items [2 * i + 1], file) != 0)
            return -1;
    }
    if (good && fputs (")\n", file) != EOF)
        return 0;
    return weir__handle_fail (handle, errno, "cannot print it: %s",
                              strerror (errno));
}

int weir_namespace_print (weir_namespace_t *self, FILE *file)
{
    weir_value_t map;
    if (!file)
        return weir__handle_fail (self, EINVAL, "file must not be NULL");
    if (weir_namespace_items (self, &map) != 0)
        return -1;
    int rc = print_attributes (self, map, file);
    weir_value_clear (&map);
    return rc;
}
