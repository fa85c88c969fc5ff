/*  handle.c - the part that the handles of all objects share

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/handle.h"
#include "client/owner.h"
#include "client/links.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fork.h"
#include "carrier/runtime.h"
#include "weir/error.h"
#include "weir/object.h"

// clang-format off: one name a line
static const char *const kind_names [WEIR__KINDS] = {
    [WEIR__DIRECTORY] = "directory",
    [WEIR__DICT] = "dict",
    [WEIR__LIST] = "list",
    [WEIR__VAR] = "var",
    [WEIR__LOCK] = "lock",
    [WEIR__QUEUE] = "queue",
    [WEIR__SET] = "set",
    [WEIR__ARRAY] = "array",
    [WEIR__RLOCK] = "rlock",
    [WEIR__SEMAPHORE] = "semaphore",
    [WEIR__CONDITION] = "condition",
    [WEIR__EVENT] = "event",
    [WEIR__BARRIER] = "barrier",
    [WEIR__RWLOCK] = "rwlock",
    [WEIR__NAMESPACE] = "namespace",
};
// clang-format on

//  KIND:ID.EPOCH@PATH. The epoch is the owner's.
#define REFERENCE_FORMAT "%s:%" PRIu64 ".%016" PRIx64 "@%s"

typedef struct reference {
    uint64_t id;
    uint64_t epoch;
    const char *path;
} reference_t;

//  Takes the integer out of a result. Returns 0, or -1 with EINVAL after
//  clearing a value of another type.
static int take_integer (const void *handle, weir_value_t *value,
                         int64_t *ret_integer)
{
    if (value->type != WEIR_INTEGER) {
        weir_value_clear (value);
        return weir__handle_fail (handle, EINVAL,
                                  "the value is not an integer");
    }
    *ret_integer = value->integer;
    return 0;
}

//  Does an operation of the owner's directory that returns the id of an object.
static int ask_directory (weir__remote_t *remote, uint16_t op,
                          const weir_value_t *args, size_t argc,
                          uint64_t *ret_id)
{
    weir__operation_t ask = {
        .op = op,
        .argc = (uint16_t) argc,
        .args = args,
        .timeout_ms = -1,
    };
    weir_value_t id;
    if (weir__links_call (remote, &ask, &id) != 0)
        return -1;
    if (id.type != WEIR_INTEGER) {
        weir_value_clear (&id);
        return weir__fail (EINVAL, "owner at %s: it sent a malformed result",
                           weir__remote_path (remote));
    }
    *ret_id = (uint64_t) id.integer;
    return 0;
}

//  Makes a handle. Takes over the caller's share in the remote, and releases it
//  on failure.
static void *make_handle (const weir__class_t *class, weir__remote_t *remote,
                          uint64_t id, const char *name)
{
    weir__handle_t *self = calloc (1, class->size);
    int size = self ? asprintf (&self->reference, REFERENCE_FORMAT,
                                kind_names [class->kind], id,
                                weir__remote_epoch (remote),
                                weir__remote_path (remote))
                    : -1;
    if (size >= 0 && name)
        self->name = strdup (name);
    if (size >= 0 && (!name || self->name)) {
        self->kind = class->kind;
        self->id = id;
        self->remote = remote;
        return self;
    }
    weir__links_release (remote);
    if (size >= 0)
        free (self->reference);
    free (self);
    return weir__fail_null (ENOMEM, "out of memory");
}

void *weir__handle_new (const weir__class_t *class, weir_owner_t *owner,
                        const char *name, const weir_value_t *args, size_t argc)
{
    weir__remote_t *remote = weir__owner_remote (owner);
    if (!remote)
        return NULL;
    weir_value_t all [WEIR__ARGS] = {
        weir_value_int (class->kind),
        weir_value_string (name),
    };
    assert (argc <= WEIR__ARGS - 2);
    if (argc)
        memcpy (all + 2, args, argc * sizeof *args);
    uint64_t id;
    if (ask_directory (remote, WEIR__DIRECTORY_CREATE, all, argc + 2, &id) != 0)
        return NULL;
    weir__remote_retain (remote);
    return make_handle (class, remote, id, name);
}

void *weir__handle_open (const weir__class_t *class, weir_owner_t *owner,
                         const char *name)
{
    weir__remote_t *remote = weir__owner_remote (owner);
    if (!remote)
        return NULL;
    if (!name)
        return weir__fail_null (EINVAL, "weir_%s_open: name must not be NULL",
                                kind_names [class->kind]);
    weir_value_t args [] = {weir_value_int (class->kind),
                            weir_value_string (name)};
    uint64_t id;
    if (ask_directory (remote, WEIR__DIRECTORY_OPEN, args, 2, &id) != 0)
        return NULL;
    weir__remote_retain (remote);
    return make_handle (class, remote, id, name);
}

//  Reads the text of a reference, and cuts it into pieces. Returns 0, or -1
//  with EINVAL.
static int read_reference (const weir__class_t *class, char *text,
                           reference_t *ret_reference)
{
    char *colon = strchr (text, ':'), *end = NULL;
    reference_t reference = {.id = colon ? strtoull (colon + 1, &end, 10) : 0};
    bool good = end && end != colon + 1 && *end == '.';
    char *dot = end;
    if (good) {
        reference.epoch = strtoull (dot + 1, &end, 16);
        reference.path = end + 1;
        good = end == dot + 17 && *end == '@' && end [1] == '/' &&
               strlen (end + 1) < WEIR__PATH_SIZE;
    }
    if (!good)
        return weir__fail (EINVAL,
                           "reference '%.200s': it is damaged; "
                           "weir_object_reference gives a sound one",
                           text);
    *colon = '\0';
    if (strcmp (text, kind_names [class->kind]) != 0)
        return weir__fail (EINVAL,
                           "reference: it refers to a %.20s, not to a %s", text,
                           kind_names [class->kind]);
    *ret_reference = reference;
    return 0;
}

//  Opens the object of a reference. Takes over the caller's share in the
//  remote, and releases it on failure.
static void *open_reference (const weir__class_t *class, weir__remote_t *remote,
                             const reference_t *reference)
{
    weir_value_t args [] = {weir_value_int (class->kind),
                            weir_value_int ((int64_t) reference->id)};
    uint64_t id;
    int rc = ask_directory (remote, WEIR__DIRECTORY_OPEN, args, 2, &id);
    if (weir__remote_epoch (remote) != reference->epoch &&
        (rc == 0 || errno == ENOENT || errno == EINVAL))
        rc = weir__fail (ENOENT,
                         "reference: the owner of its %s has ended; another "
                         "owner runs at %s",
                         kind_names [class->kind], reference->path);
    if (rc == 0)
        return make_handle (class, remote, id, NULL);
    weir__links_release (remote);
    return NULL;
}

void *weir__handle_from (const weir__class_t *class, weir_value_t reference)
{
    if (reference.type != WEIR_REFERENCE)
        return weir__fail_null (EINVAL,
                                "weir_%s_from: the value is not a reference; "
                                "weir_object_reference gives one",
                                kind_names [class->kind]);
    char *text =
        strndup (reference.size ? reference.string : "", reference.size);
    if (!text)
        return weir__fail_null (ENOMEM, "out of memory");
    reference_t parts = {0};
    weir__remote_t *remote = NULL;
    if (read_reference (class, text, &parts) == 0)
        remote = weir__remote_attach (parts.path);
    void *self = remote ? open_reference (class, remote, &parts) : NULL;
    free (text);
    return self;
}

int weir__handle_sibling (const void *handle, const weir__class_t *class,
                          weir_value_t reference, weir_value_t *ret_id)
{
    const weir__handle_t *self = handle;
    char *text =
        strndup (reference.size ? reference.string : "", reference.size);
    if (!text)
        return weir__fail (ENOMEM, "out of memory");
    reference_t parts = {0};
    int rc = read_reference (class, text, &parts);
    if (rc == 0 && parts.epoch != weir__remote_epoch (self->remote))
        rc = weir__handle_fail (
            handle, EINVAL, "the other %s has another owner; pass its items",
            kind_names [class->kind]);
    free (text);
    if (rc == 0)
        *ret_id = weir_value_int ((int64_t) parts.id);
    return rc;
}

bool weir__refers_to (weir_value_t reference, weir__kind_code_t kind)
{
    size_t size = strlen (kind_names [kind]);
    return reference.type == WEIR_REFERENCE && reference.size > size &&
           memcmp (reference.string, kind_names [kind], size) == 0 &&
           reference.string [size] == ':';
}

void weir__handle_destroy (void *handle)
{
    weir__handle_t *self = handle;
    if (!self)
        return;
    int error = errno;
    weir__links_release (self->remote);
    free (self->name);
    free (self->reference);
    free (self);
    errno = error;
}

int weir__handle_call (void *handle, const weir__operation_t *what,
                       weir_value_t *ret_value)
{
    const weir__handle_t *self = handle;
    if (!self)
        return weir__fail_null_handle ();
    if (what->timeout_ms < -1)
        return weir__handle_fail (
            handle, EINVAL,
            "timeout_ms must be -1 (wait), 0 (try) or milliseconds, not %d",
            what->timeout_ms);
    weir__operation_t operation = *what;
    operation.object = self->id;
    return weir__links_call (self->remote, &operation, ret_value);
}

int64_t weir__handle_number (void *handle, const weir__operation_t *what)
{
    weir_value_t value;
    if (weir__handle_call (handle, what, &value) != 0)
        return -1;
    if (value.type == WEIR_BOOL)
        return value.boolean;
    int64_t number = -1;
    return take_integer (handle, &value, &number) == 0 ? number : -1;
}

int weir__handle_items (void *handle, const weir__operation_t *what,
                        uint32_t count, weir_value_t *ret_list)
{
    weir_value_t list;
    if (weir__handle_call (handle, what, &list) != 0)
        return -1;
    if (list.type != WEIR_LIST || list.size != count) {
        weir_value_clear (&list);
        return weir__fail_malformed (handle);
    }
    *ret_list = list;
    return 0;
}

int weir__handle_get (void *handle, const weir__operation_t *what,
                      weir_value_t *ret_value)
{
    return ret_value ? weir__handle_call (handle, what, ret_value)
                     : weir__fail_null_output (handle);
}

int weir__handle_integer (void *handle, const weir__operation_t *what,
                          int64_t *ret_integer)
{
    weir_value_t value;
    if (!ret_integer)
        return weir__fail_null_output (handle);
    if (weir__handle_call (handle, what, &value) != 0)
        return -1;
    return take_integer (handle, &value, ret_integer);
}

//  Takes the number out of a result, as a real. Returns 0, or -1 with EINVAL
//  after clearing a value of another type.
static int take_real (const void *handle, weir_value_t *value, double *ret_real)
{
    if (value->type != WEIR_INTEGER && value->type != WEIR_REAL) {
        weir_value_clear (value);
        return weir__handle_fail (handle, EINVAL, "the value is not a number");
    }
    *ret_real =
        value->type == WEIR_REAL ? value->real : (double) value->integer;
    return 0;
}

int weir__handle_real (void *handle, const weir__operation_t *what,
                       double *ret_real)
{
    weir_value_t value;
    if (!ret_real)
        return weir__fail_null_output (handle);
    if (weir__handle_call (handle, what, &value) != 0)
        return -1;
    return take_real (handle, &value, ret_real);
}

int weir__handle_print (void *handle, const weir__operation_t *what, FILE *file)
{
    weir_value_t value;
    if (!file)
        return weir__handle_fail (handle, EINVAL, "file must not be NULL");
    if (weir__handle_call (handle, what, &value) != 0)
        return -1;
    int rc = weir_value_print (value, file);
    weir_value_clear (&value);
    if (rc == 0 && fputc ('\n', file) == EOF)
        rc = weir__handle_fail (handle, errno, "cannot print it: %s",
                                strerror (errno));
    return rc;
}

int weir__handle_fail (const void *handle, int error, const char *format, ...)
{
    const weir__handle_t *self = handle;
    char cause [256];
    va_list args;
    if (!self)
        return weir__fail_null_handle ();
    va_start (args, format);
    vsnprintf (cause, sizeof cause, format, args);
    va_end (args);
    if (self->name)
        return weir__fail (error, "%s '%s': %s", kind_names [self->kind],
                           self->name, cause);
    return weir__fail (error, "%s %" PRIu64 ": %s", kind_names [self->kind],
                       self->id, cause);
}

int weir__fail_null_handle (void)
{
    return weir__fail (EINVAL,
                       "handle: it is NULL; weir_error () said why when "
                       "the call that makes it failed");
}

int weir__fail_null_output (const void *handle)
{
    return weir__handle_fail (handle, EINVAL,
                              "the pointer for the result is NULL");
}

int weir__fail_malformed (const void *handle)
{
    return weir__handle_fail (handle, EPROTO,
                              "the owner sent a malformed result");
}

weir_value_t weir_object_reference (const void *object)
{
    const weir__handle_t *self = object;
    if (!self)
        return weir_value_sized (WEIR_INVALID, NULL, 0);
    return weir_value_sized (WEIR_REFERENCE, self->reference,
                             strlen (self->reference));
}

const char *weir_object_name (const void *object)
{
    const weir__handle_t *self = object;
    if (!self)
        weir__fail_null_handle ();
    return self ? self->name : NULL;
}

int weir_object_info (void *object, weir_value_t *ret_info)
{
    if (!ret_info)
        return weir__fail_null_output (object);
    return weir__handle_call (object, WEIR__OP (WEIR__INFO), ret_info);
}

int weir_object_sequence (void *object, int64_t *ret_sequence)
{
    weir_value_t info;
    if (!ret_sequence)
        return weir__fail_null_output (object);
    if (weir_object_info (object, &info) != 0)
        return -1;
    const weir_value_t *sequence =
        weir_value_find (info, weir_value_string ("sequence"));
    if (sequence)
        *ret_sequence = sequence->integer;
    weir_value_clear (&info);
    return sequence ? 0
                    : weir__handle_fail (object, ENOTSUP, "it has no sequence");
}

int weir_object_drop (void *object)
{
    const weir__handle_t *self = object;
    if (!self)
        return weir__fail_null_handle ();
    weir_value_t id = weir_value_int ((int64_t) self->id);
    weir__operation_t ask = {
        .op = WEIR__DIRECTORY_DROP,
        .argc = 1,
        .args = &id,
        .timeout_ms = -1,
    };
    return weir__links_call (self->remote, &ask, NULL);
}
