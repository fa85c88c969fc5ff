/*  handle.h - what the handles of all objects are made of

    Any thread. A handle has a share in its remote, and does not change once it
    is made.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_HANDLE_H_INCLUDED
#define WEIR__CLIENT_HANDLE_H_INCLUDED

#include "client/remote.h"
#include "codec/ops.h"
#include "weir/prelude.h"
#include "weir/slice.h"
#include "weir/value.h"

//  The first member of every object's handle.
typedef struct weir__handle {
    weir__kind_code_t kind;
    uint64_t id;
    weir__remote_t *remote;
    char *name;      //  NULL: none
    char *reference; //  KIND:ID.EPOCH@PATH
} weir__handle_t;

//  What a class needs to make a handle: its kind and the size of its struct.
typedef struct weir__class {
    weir__kind_code_t kind;
    size_t size;
} weir__class_t;

//  Makes an object at an owner and a handle for it; the arguments are the
//  kind's own. / Opens it by name or by reference. NULL as documented in the
//  public headers.
void *weir__handle_new (const weir__class_t *class, weir_owner_t *owner,
                        const char *name, const weir_value_t *args,
                        size_t argc);
void *weir__handle_open (const weir__class_t *class, weir_owner_t *owner,
                         const char *name);
void *weir__handle_from (const weir__class_t *class, weir_value_t reference);
void weir__handle_destroy (void *handle);

//  The id of an object of that class that the reference stands for, which must
//  be at the same owner: -1 with EINVAL when it is not, or ENOMEM.
int weir__handle_sibling (const void *handle, const weir__class_t *class,
                          weir_value_t reference, weir_value_t *ret_id);

//  Whether it is a reference to an object of that kind, as far as its text
//  tells.
bool weir__refers_to (weir_value_t reference, weir__kind_code_t kind);

//  One operation on an object; handle: its handle, NULL is EINVAL. The result
//  as weir__links_call; or, for those that give an integer or a boolean, the
//  number itself, -1 on failure.
typedef struct weir__operation {
    uint16_t op;
    uint16_t argc;
    const weir_value_t *args;
    int timeout_ms;
} weir__operation_t;

int weir__handle_call (void *handle, const weir__operation_t *what,
                       weir_value_t *ret_value);
int64_t weir__handle_number (void *handle, const weir__operation_t *what);

//  For those whose result is what they are called for: a NULL place for it is
//  EINVAL. As a plain number: EINVAL when it is none of that type.
int weir__handle_get (void *handle, const weir__operation_t *what,
                      weir_value_t *ret_value);
int weir__handle_integer (void *handle, const weir__operation_t *what,
                          int64_t *ret_integer);
int weir__handle_real (void *handle, const weir__operation_t *what,
                       double *ret_real);

//  For those that give a list of `count` items. EPROTO: they did not.
int weir__handle_items (void *handle, const weir__operation_t *what,
                        uint32_t count, weir_value_t *ret_list);

//  An operation on `self` (its class's handle) with the arguments that follow.
#define WEIR__OP(op_, ...)                                                   \
    (&(weir__operation_t){                                                   \
        .op = (op_),                                                         \
        .argc =                                                              \
            sizeof ((weir_value_t []){__VA_ARGS__}) / sizeof (weir_value_t), \
        .args = (weir_value_t []){__VA_ARGS__},                              \
        .timeout_ms = -1,                                                    \
    })

//  A bound of a slice, as the wire has it: nil for what is left out.
static inline weir_value_t weir__bound (int64_t bound)
{
    return bound == WEIR_SLICE_END ? weir_value_nil () : weir_value_int (bound);
}

//  Prints the result of an operation, and a newline.
int weir__handle_print (void *handle, const weir__operation_t *what,
                        FILE *file);

//  Fails with a sentence about the object: its kind and name, then the cause.
//  Fails as weir__fail_null_handle when the handle is NULL. Returns -1.
int weir__handle_fail (const void *handle, int error, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

//  Fails with EINVAL because the handle is NULL. Returns -1.
int weir__fail_null_handle (void);

//  Fails with EINVAL because the pointer for the result is NULL. Returns -1.
int weir__fail_null_output (const void *handle);

//  Fails with EPROTO because the owner sent a malformed result. Returns -1.
int weir__fail_malformed (const void *handle);

#endif
