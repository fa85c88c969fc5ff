/*  handle.h - the part that the handles of all objects share

    Any thread may use a handle. A handle holds one share in its remote, and
    does not change after it was made.

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

//  A class: the kind of its objects, and the size of its handle's struct.
typedef struct weir__class {
    weir__kind_code_t kind;
    size_t size;
} weir__class_t;

//  Makes an object at an owner, and a handle for it.
//  name: NULL for none.
//  args: the kind's own arguments, `argc` of them.
//  Returns NULL when that fails, with the errors that the public headers list.
void *weir__handle_new (const weir__class_t *class, weir_owner_t *owner,
                        const char *name, const weir_value_t *args,
                        size_t argc);

//  Opens an object by its name. Returns NULL as weir__handle_new.
void *weir__handle_open (const weir__class_t *class, weir_owner_t *owner,
                         const char *name);

//  Opens the object that a reference refers to. Returns NULL as
//  weir__handle_new.
void *weir__handle_from (const weir__class_t *class, weir_value_t reference);

//  Frees a handle, and releases its share in the remote. Does nothing for NULL.
//  errno stays.
void weir__handle_destroy (void *handle);

//  Gets the id of the object that a reference refers to. The object must be of
//  that class and have the same owner as `handle`. Returns 0, or -1 with EINVAL
//  (it is not) or ENOMEM.
int weir__handle_sibling (const void *handle, const weir__class_t *class,
                          weir_value_t reference, weir_value_t *ret_id);

//  Returns whether a value is a reference to an object of that kind. Reads only
//  the text of the reference.
bool weir__refers_to (weir_value_t reference, weir__kind_code_t kind);

//  Does an operation on the object of `handle`, and gets its result as
//  weir__links_call does. Fails with EINVAL also when `handle` is NULL or the
//  timeout is below -1.
int weir__handle_call (void *handle, const weir__operation_t *what,
                       weir_value_t *ret_value);

//  Does an operation whose result is an integer or a boolean. Returns that
//  number, or -1 on failure.
int64_t weir__handle_number (void *handle, const weir__operation_t *what);

//  Does an operation whose result the caller needs. Fails with EINVAL also when
//  `ret_value` is NULL.
int weir__handle_get (void *handle, const weir__operation_t *what,
                      weir_value_t *ret_value);

//  Does an operation whose result is an integer. Fails with EINVAL also when
//  `ret_integer` is NULL or the result has another type.
int weir__handle_integer (void *handle, const weir__operation_t *what,
                          int64_t *ret_integer);

//  Does an operation whose result is a number; an integer is converted to a
//  real. Fails with EINVAL also when `ret_real` is NULL or the result has
//  another type.
int weir__handle_real (void *handle, const weir__operation_t *what,
                       double *ret_real);

//  Does an operation whose result is a list of `count` items. Fails with EPROTO
//  also when the result is anything else.
int weir__handle_items (void *handle, const weir__operation_t *what,
                        uint32_t count, weir_value_t *ret_list);

//  Makes an operation without a timeout. The arguments of the operation follow
//  its code.
#define WEIR__OP(op_, ...)                                                   \
    (&(weir__operation_t){                                                   \
        .op = (op_),                                                         \
        .argc =                                                              \
            sizeof ((weir_value_t []){__VA_ARGS__}) / sizeof (weir_value_t), \
        .args = (weir_value_t []){__VA_ARGS__},                              \
        .timeout_ms = -1,                                                    \
    })

//  Returns a bound of a slice as the wire has it: nil when the bound is left
//  out.
static inline weir_value_t weir__bound (int64_t bound)
{
    return bound == WEIR_SLICE_END ? weir_value_nil () : weir_value_int (bound);
}

//  Prints the result of an operation, and a newline. Returns 0 or -1.
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
