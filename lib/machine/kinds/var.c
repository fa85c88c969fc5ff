/*  var.c - one shared value, which keeps the type that it was made with

    Line 0 has the waiters. Each waits until the var has, reaches or leaves the
    value in its argument. After each change the var looks at all waiters.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "codec/order.h"
#include "codec/packed.h"
#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/parking.h"
#include "machine/state.h"
#include "machine/values/blob.h"

static const char *const names [] = {
    "nil",   "a boolean", "an integer", "a real",      "a string",
    "bytes", "a list",    "a map",      "a reference",
};

static weir_type_t type_of (weir__bytes_t packed)
{
    weir_value_t value;
    weir__packed_peek (packed.data, packed.size, &value);
    return value.type;
}

//  Copies argument `index`, which must have the type of the var; a var of a
//  real also takes an integer. Returns NULL after refusing the call.
static weir__blob_t *arg_blob (weir__object_t *object, weir__call_t *call,
                               unsigned index)
{
    weir__bytes_t arg = weir__arg_packed (call, index);
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

//  Waiting

static bool is_nan (weir__bytes_t packed)
{
    weir_value_t value;
    weir__packed_peek (packed.data, packed.size, &value);
    return value.type == WEIR_REAL && isnan (value.real);
}

static bool is_number (weir_type_t type)
{
    return type == WEIR_BOOL || type == WEIR_INTEGER || type == WEIR_REAL;
}

//  Returns whether the condition of a wait holds. *ret_refused says whether the
//  call was refused instead; then the result is false.
static bool is_so (const weir__object_t *object, weir__call_t *call,
                   bool *ret_refused)
{
    weir__bytes_t value = weir__blob_slice (object->state);
    weir__bytes_t wanted = weir__arg_packed (call, 0);
    *ret_refused = true;
    if (call->body.op == WEIR__VAR_WAIT_AT_LEAST) {
        weir__order_t order = weir__packed_order (value, wanted);
        if (order == WEIR__UNORDERED)
            weir__refuse (
                call, EINVAL,
                "its value and the value to reach cannot be compared");
        else if (order == WEIR__NO_MEMORY)
            weir__refuse (call, ENOMEM, "out of memory");
        else
            *ret_refused = false;
        return !*ret_refused && order != WEIR__BEFORE && !is_nan (value) &&
               !is_nan (wanted);
    }
    bool equal = weir__packed_equal (value, wanted, ret_refused);
    if (*ret_refused)
        weir__refuse (call, ENOMEM, "out of memory");
    return !*ret_refused && equal == (call->body.op == WEIR__VAR_WAIT_EQUAL);
}

//  Resumes every waiter whose condition now holds.
static void settle (weir__object_t *object)
{
    weir__request_t *request, *next;
    for (request = object->lines [0]; request; request = next) {
        weir__call_t call = {.object = object, .reply = &request->reply};
        bool refused;
        next = request->next;
        weir__request_body_read (request->body, request->size, &call.body);
        if (!is_so (object, &call, &refused) && !refused)
            continue;
        weir__resume (request, &call);
        if (!refused)
            weir__answer_packed (&call, weir__blob_slice (object->state));
        weir__reply (&call);
    }
}

//  args: a value. The answer: the value of the var when the condition holds.
static void wait_for_value (weir__object_t *object, weir__call_t *call)
{
    static const char *const why [] = {
        "it does not have that value",
        "it has not reached that value",
        "it still has that value",
    };
    weir__bytes_t value = weir__blob_slice (object->state);
    weir_type_t type = type_of (value);
    weir_type_t wanted = type_of (weir__arg_packed (call, 0));
    bool refused;
    if (type != wanted && !(is_number (type) && is_number (wanted)))
        weir__refuse (call, EINVAL, "it holds %s, not %s", names [type],
                      names [wanted]);
    else if (is_so (object, call, &refused))
        weir__answer_packed (call, value);
    else if (!refused)
        weir__park (call, 0, why [call->body.op - WEIR__VAR_WAIT_EQUAL]);
}

static void replace (weir__object_t *object, weir__blob_t *value)
{
    free (object->state);
    object->state = value;
}

//  Operations

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

//  Adds to the value. An integer stays an integer: adding a real to it is
//  refused.
static void add (weir__object_t *object, weir__call_t *call)
{
    weir__bytes_t old = weir__blob_slice (object->state);
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

//  args: expected, desired. The answer: whether the value was replaced.
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

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    static const char *const types [] = {
        "nil",   "boolean", "integer", "real",      "string",
        "bytes", "list",    "map",     "reference",
    };
    facts [0] = weir_value_string ("type");
    facts [1] =
        weir_value_string (types [type_of (weir__blob_slice (object->state))]);
    return 1;
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    weir__blob_save (object->state, to);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    object->state = weir__blob_load (from);
    return object->state != NULL;
}

static const weir__op_t ops [] = {
    [WEIR__VAR_GET] = {"get", get, 0, 0, WEIR__READS},
    [WEIR__VAR_SET] = {"set", set, 1, 1, WEIR__WRITES},
    [WEIR__VAR_ADD] = {"add", add, 1, 1, WEIR__WRITES},
    [WEIR__VAR_EXCHANGE] = {"exchange", exchange, 1, 1, WEIR__WRITES},
    [WEIR__VAR_CAS] = {"cas", cas, 2, 2, WEIR__WRITES},
    [WEIR__VAR_WAIT_EQUAL] = {"wait equal", wait_for_value, 1, 1, WEIR__PARKS},
    [WEIR__VAR_WAIT_AT_LEAST] = {"wait at least", wait_for_value, 1, 1,
                                 WEIR__PARKS},
    [WEIR__VAR_WAIT_CHANGED] = {"wait changed", wait_for_value, 1, 1,
                                WEIR__PARKS},
};

const weir__kind_t weir__var_kind = {
    .code = WEIR__VAR,
    .name = "var",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .begin = weir__copy_begin,
    .end = weir__copy_end,
    .create_argc_min = 1,
    .create_argc_max = 1,
    .create = create,
    .destroy = destroy,
    .settle = settle,
    .describe = describe,
    .save = save,
    .load = load,
};
