/*  var.c - one value that is shared, of the type it was made with

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <stdlib.h>

#include "codec/ops.h"
#include "machine/blob.h"
#include "machine/kind.h"

static weir_type_t type_of (weir__slice_t packed)
{
    weir_value_t value;
    weir__packed_peek (packed.data, packed.size, &value);
    return value.type;
}

//  A copy of argument `index`, which must have the type that the var has; for
//  a real, an integer will do. NULL after refusing the call.
static weir__blob_t *arg_blob (weir__object_t *object, weir__call_t *call,
                               unsigned index)
{
    static const char *const names [] = {
        "nil",   "a boolean", "an integer", "a real",      "a string",
        "bytes", "a list",    "a map",      "a reference",
    };
    weir__slice_t arg = weir__arg_packed (call, index);
    weir_type_t type = type_of (weir__blob_slice (object->state));
    weir_type_t arg_type = type_of (arg);
    weir__blob_t *blob = NULL;
    if (arg_type == type)
        blob = weir__blob_new (arg);
    else if (type == WEIR_REAL && arg_type == WEIR_INTEGER)
        blob = weir__blob_pack (
            weir_value_real ((double) weir__arg (call, index).integer));
    else {
        weir__refuse (call, EINVAL, "it holds %s, not %s", names [type],
                      names [arg_type]);
        return NULL;
    }
    if (!blob)
        weir__refuse (call, ENOMEM, "out of memory");
    return blob;
}

static void replace (weir__object_t *object, weir__blob_t *value)
{
    free (object->state);
    object->state = value;
}

static void get (weir__object_t *object, weir__call_t *call)
{
    weir__answer_packed (call, weir__blob_slice (object->state));
}

static void set (weir__object_t *object, weir__call_t *call)
{
    weir__blob_t *value = arg_blob (object, call, 0);
    if (!value)
        return;
    replace (object, value);
    weir__answer_nil (call);
}

//  An integer stays one: adding a real to it is refused.
static void add (weir__object_t *object, weir__call_t *call)
{
    weir__slice_t old = weir__blob_slice (object->state);
    if (type_of (old) == WEIR_INTEGER &&
        weir__arg (call, 0).type == WEIR_REAL) {
        weir__refuse (call, EINVAL, "it holds an integer, not a real");
        return;
    }
    weir__blob_t *sum = weir__blob_sum (call, old, weir__arg_packed (call, 0));
    if (!sum)
        return;
    replace (object, sum);
    weir__answer_packed (call, weir__blob_slice (sum));
}

static void exchange (weir__object_t *object, weir__call_t *call)
{
    weir__blob_t *value = arg_blob (object, call, 0);
    if (!value)
        return;
    weir__answer_packed (call, weir__blob_slice (object->state));
    if (weir__answer_fits (call))
        replace (object, value);
    else
        free (value);
}

//  args: expected, desired. The answer: whether it was replaced.
static void cas (weir__object_t *object, weir__call_t *call)
{
    weir__blob_t *desired = arg_blob (object, call, 1);
    if (!desired)
        return;
    bool failed;
    bool equal = weir__packed_equal (weir__blob_slice (object->state),
                                     weir__arg_packed (call, 0), &failed);
    if (equal)
        replace (object, desired);
    else
        free (desired);
    if (failed)
        weir__refuse (call, ENOMEM, "out of memory");
    else
        weir__answer (call, weir_value_bool (equal));
}

//  args: the initial value.
static bool create (weir__object_t *object, weir__call_t *call)
{
    object->state = weir__blob_new (weir__arg_packed (call, 0));
    if (!object->state)
        weir__refuse (call, ENOMEM, "out of memory");
    return object->state != NULL;
}

static void destroy (weir__object_t *object)
{
    free (object->state);
}

static void snapshot (const weir__object_t *object, weir__buffer_t *to)
{
    weir__blob_put (object->state, to);
}

static bool restore (weir__object_t *object, weir__reader_t *from)
{
    object->state = weir__blob_get (from);
    return object->state != NULL;
}

static const weir__op_t ops [] = {
    [WEIR__VAR_GET] = {"get", get, 0, 0, WEIR__READS},
    [WEIR__VAR_SET] = {"set", set, 1, 1, WEIR__WRITES},
    [WEIR__VAR_ADD] = {"add", add, 1, 1, WEIR__WRITES},
    [WEIR__VAR_EXCHANGE] = {"exchange", exchange, 1, 1, WEIR__WRITES},
    [WEIR__VAR_CAS] = {"cas", cas, 2, 2, WEIR__WRITES},
};

const weir__kind_t weir__var_kind = {
    .name = "var",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_min = 1,
    .create_argc_max = 1,
    .create = create,
    .destroy = destroy,
    .snapshot = snapshot,
    .restore = restore,
};
