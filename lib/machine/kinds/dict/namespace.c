/*  namespace.c - a dict whose keys are names of attributes

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include "machine/kinds/dict/dict.h"
#include "machine/state.h"

//  Returns whether the byte can begin a name, as in Python; but all letters
//  beyond ASCII are allowed.
static bool begins_name (uint8_t byte)
{
    return byte == '_' || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

static const char *wrong_name (const weir_value_t *key)
{
    const uint8_t *text = key->bytes;
    bool good =
        key->type == WEIR_STRING && key->size > 0 && begins_name (*text);
    for (uint32_t i = 1; good && i < key->size; i++)
        good = begins_name (text [i]) || (text [i] >= '0' && text [i] <= '9');
    return good ? NULL
                : "an attribute's name must be a string of letters, digits and "
                  "_ that does not begin with a digit";
}

static const weir__table_rules_t rules = {
    .wrong = wrong_name,
    .before = "it has no attribute ",
    .after = "",
    .has_values = true,
};

static bool create (weir__object_t *object, weir__call_t *call)
{
    return weir__dict_create (object, call, &rules);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    return weir__dict_load (object, from, &rules);
}

const weir__kind_t weir__namespace_kind = {
    .code = WEIR__NAMESPACE,
    .name = "namespace",
    .ops = weir__dict_ops,
    .op_count = WEIR__DICT_OPS,
    .create_argc_max = 1,
    .begin = weir__copy_begin,
    .end = weir__copy_end,
    .create = create,
    .destroy = weir__dict_destroy,
    .describe = weir__table_describe,
    .save = weir__dict_save,
    .load = load,
};
