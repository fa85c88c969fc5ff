/*  transaction.c - several operations on several objects: all of them or none

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "client/handle.h"
#include "client/owner.h"
#include "client/links.h"
#include "weir/error.h"

struct weir_transaction {
    weir__remote_t *remote;
    weir_value_t *steps; //  each one in a list of its own, which owns its
                         //  memory
    size_t count, capacity;
    int error;      //  of the first step that could not be added; 0: none
    char *sentence; //  the sentence for it; NULL: there was no memory
};

weir_transaction_t *weir_transaction_new (weir_owner_t *owner)
{
    weir__remote_t *remote = weir__owner_remote (owner);
    if (!remote)
        return NULL;
    weir_transaction_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    weir__remote_retain (remote);
    self->remote = remote;
    return self;
}

//  Removes all steps, and the error with them.
static void forget (weir_transaction_t *self)
{
    while (self->count > 0)
        weir_value_clear (&self->steps [--self->count]);
    free (self->sentence);
    self->sentence = NULL;
    self->error = 0;
}

void weir_transaction_destroy (weir_transaction_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    int error = errno;
    weir_transaction_t *self = *self_p;
    *self_p = NULL;
    forget (self);
    weir__links_release (self->remote);
    free (self->steps);
    free (self);
    errno = error;
}

//  Reserves room for one more step. Returns 0, or -1 with EMSGSIZE or ENOMEM.
static int reserve (weir_transaction_t *self)
{
    if (self->count == WEIR__STEPS)
        return weir__fail (
            EMSGSIZE,
            "step %d: a transaction has at most %d steps; commit them first",
            WEIR__STEPS + 1, WEIR__STEPS);
    if (self->count < self->capacity)
        return 0;
    size_t capacity = self->capacity ? 2 * self->capacity : 8;
    weir_value_t *steps = realloc (self->steps, capacity * sizeof *steps);
    if (!steps)
        return weir__fail (ENOMEM, "out of memory");
    self->steps = steps;
    self->capacity = capacity;
    return 0;
}

//  Checks that the object of a step has this owner. Returns 0, or -1 with
//  EINVAL.
static int check (const weir_transaction_t *self, const weir__handle_t *handle)
{
    if (!handle)
        return weir__fail (EINVAL, "step %zu: its object is NULL",
                           self->count + 1);
    if (handle->remote != self->remote)
        return weir__fail (EINVAL,
                           "step %zu: its object has another owner; all "
                           "objects of a transaction have the same one",
                           self->count + 1);
    return 0;
}

//  Adds a step, and writes the object's id into its second item. Returns the
//  index of the step, or -1; commit then fails with the same error.
static int add (weir_transaction_t *self, const void *object,
                weir_value_t *items, size_t count)
{
    const weir__handle_t *handle = object;
    if (!self)
        return weir__fail (EINVAL, "transaction: the handle is NULL");
    int rc = check (self, handle);
    if (rc == 0)
        rc = reserve (self);
    if (rc == 0) {
        items [1] = weir_value_int ((int64_t) handle->id);
        weir_value_t step = weir_value_list (items, count);
        rc = weir_value_copy (weir_value_list (&step, 1),
                              &self->steps [self->count]);
    }
    if (rc == 0)
        return (int) self->count++;
    if (!self->error) {
        self->error = errno;
        self->sentence = strdup (weir_error ());
        errno = self->error;
    }
    return -1;
}

//  Adds a step: its type, the object, and the arguments that follow.
#define ADD(self, object, type, ...)                                 \
    add (self, object,                                               \
         (weir_value_t []){weir_value_int (type), weir_value_nil (), \
                           __VA_ARGS__},                             \
         2 + sizeof ((weir_value_t []){__VA_ARGS__}) / sizeof (weir_value_t))
#define DO(self, object, ...) ADD (self, object, WEIR__STEP_DO, __VA_ARGS__)
#define TAKE(self, object, ...) ADD (self, object, WEIR__STEP_TAKE, __VA_ARGS__)
#define EXPECT(self, object, ...) \
    ADD (self, object, WEIR__STEP_EXPECT, __VA_ARGS__)

static weir_value_t number (int64_t number)
{
    return weir_value_int (number);
}

int (weir_transaction_dict_set) (weir_transaction_t *self, weir_dict_t *dict,
                                 weir_value_t key, weir_value_t value)
{
    return DO (self, dict, number (WEIR__DICT_SET), key, value);
}

int (weir_transaction_dict_set_result) (weir_transaction_t *self,
                                        weir_dict_t *dict, weir_value_t key,
                                        int place)
{
    return TAKE (self, dict, number (WEIR__DICT_SET), number (place), key);
}

int (weir_transaction_dict_add) (weir_transaction_t *self, weir_dict_t *dict,
                                 weir_value_t key, weir_value_t delta)
{
    return DO (self, dict, number (WEIR__DICT_ADD), key, delta);
}

int (weir_transaction_dict_delete) (weir_transaction_t *self, weir_dict_t *dict,
                                    weir_value_t key)
{
    return DO (self, dict, number (WEIR__DICT_DELETE), key);
}

int (weir_transaction_dict_get) (weir_transaction_t *self, weir_dict_t *dict,
                                 weir_value_t key)
{
    return DO (self, dict, number (WEIR__DICT_GET), key);
}

int (weir_transaction_namespace_set) (weir_transaction_t *self,
                                      weir_namespace_t *names,
                                      const char *attribute, weir_value_t value)
{
    return DO (self, names, number (WEIR__DICT_SET),
               weir_value_string (attribute), value);
}

int (weir_transaction_namespace_add) (weir_transaction_t *self,
                                      weir_namespace_t *names,
                                      const char *attribute, weir_value_t delta)
{
    return DO (self, names, number (WEIR__DICT_ADD),
               weir_value_string (attribute), delta);
}

int (weir_transaction_list_append) (weir_transaction_t *self, weir_list_t *list,
                                    weir_value_t value)
{
    return DO (self, list, number (WEIR__LIST_APPEND), value);
}

int weir_transaction_list_append_result (weir_transaction_t *self,
                                         weir_list_t *list, int place)
{
    return TAKE (self, list, number (WEIR__LIST_APPEND), number (place));
}

int (weir_transaction_list_set) (weir_transaction_t *self, weir_list_t *list,
                                 int64_t index, weir_value_t value)
{
    return DO (self, list, number (WEIR__LIST_SET), number (index), value);
}

int (weir_transaction_list_pop) (weir_transaction_t *self, weir_list_t *list,
                                 int64_t index)
{
    return DO (self, list, number (WEIR__LIST_POP), number (index));
}

int (weir_transaction_set_add) (weir_transaction_t *self, weir_set_t *set,
                                weir_value_t member)
{
    return DO (self, set, number (WEIR__SET_ADD), member);
}

int (weir_transaction_set_remove) (weir_transaction_t *self, weir_set_t *set,
                                   weir_value_t member)
{
    return DO (self, set, number (WEIR__SET_REMOVE), member);
}

int (weir_transaction_array_set) (weir_transaction_t *self, weir_array_t *array,
                                  int64_t index, weir_value_t element)
{
    return DO (self, array, number (WEIR__ARRAY_SET), number (index), element);
}

int (weir_transaction_array_add) (weir_transaction_t *self, weir_array_t *array,
                                  int64_t index, weir_value_t delta)
{
    return DO (self, array, number (WEIR__ARRAY_ADD), number (index), delta);
}

int (weir_transaction_var_set) (weir_transaction_t *self, weir_var_t *var,
                                weir_value_t value)
{
    return DO (self, var, number (WEIR__VAR_SET), value);
}

int (weir_transaction_var_add) (weir_transaction_t *self, weir_var_t *var,
                                weir_value_t delta)
{
    return DO (self, var, number (WEIR__VAR_ADD), delta);
}

int (weir_transaction_var_get) (weir_transaction_t *self, weir_var_t *var)
{
    return DO (self, var, number (WEIR__VAR_GET));
}

int (weir_transaction_event_set) (weir_transaction_t *self, weir_event_t *event)
{
    return DO (self, event, number (WEIR__EVENT_SET));
}

int (weir_transaction_event_clear) (weir_transaction_t *self,
                                    weir_event_t *event)
{
    return DO (self, event, number (WEIR__EVENT_CLEAR));
}

int (weir_transaction_queue_put) (weir_transaction_t *self, weir_queue_t *queue,
                                  weir_value_t value)
{
    return DO (self, queue, number (WEIR__QUEUE_PUT), value);
}

int weir_transaction_queue_put_result (weir_transaction_t *self,
                                       weir_queue_t *queue, int place)
{
    return TAKE (self, queue, number (WEIR__QUEUE_PUT), number (place));
}

int weir_transaction_queue_put_many (weir_transaction_t *self,
                                     weir_queue_t *queue, weir_value_t items)
{
    return DO (self, queue, number (WEIR__QUEUE_PUT_MANY), items);
}

int weir_transaction_queue_get (weir_transaction_t *self, weir_queue_t *queue)
{
    return DO (self, queue, number (WEIR__QUEUE_GET));
}

int weir_transaction_queue_get_many (weir_transaction_t *self,
                                     weir_queue_t *queue, int64_t count)
{
    return DO (self, queue, number (WEIR__QUEUE_GET_MANY), number (count));
}

int weir_transaction_queue_task_done (weir_transaction_t *self,
                                      weir_queue_t *queue)
{
    return DO (self, queue, number (WEIR__QUEUE_TASK_DONE));
}

int weir_transaction_queue_close (weir_transaction_t *self, weir_queue_t *queue)
{
    return DO (self, queue, number (WEIR__QUEUE_CLOSE), WEIR_FALSE);
}

int (weir_transaction_expect_dict) (weir_transaction_t *self, weir_dict_t *dict,
                                    weir_value_t key, weir_value_t value)
{
    return EXPECT (self, dict, number (WEIR__DICT_GET), value, key);
}

int (weir_transaction_expect_absent) (weir_transaction_t *self,
                                      weir_dict_t *dict, weir_value_t key)
{
    return EXPECT (self, dict, number (WEIR__DICT_CONTAINS), WEIR_FALSE, key);
}

int (weir_transaction_expect_var) (weir_transaction_t *self, weir_var_t *var,
                                   weir_value_t value)
{
    return EXPECT (self, var, number (WEIR__VAR_GET), value);
}

int weir_transaction_expect_sequence (weir_transaction_t *self,
                                      const void *object, int64_t sequence)
{
    if (sequence < 0)
        sequence = INT64_MAX; //  a sequence that no object has
    return ADD (self, object, WEIR__STEP_EXPECT_SEQUENCE, number (sequence));
}

//  Returns the steps as one array, or NULL when out of memory. The caller frees
//  the array; the steps in it are borrowed.
static weir_value_t *gathered (const weir_transaction_t *self)
{
    weir_value_t *steps = malloc ((self->count + 1) * sizeof *steps);
    for (size_t i = 0; steps && i < self->count; i++)
        steps [i] = self->steps [i].items [0];
    return steps;
}

int weir_transaction_commit (weir_transaction_t *self,
                             weir_value_t *ret_results)
{
    if (!self)
        return weir__fail (EINVAL, "transaction: the handle is NULL");
    if (self->error)
        return weir__fail (self->error,
                           "transaction: a step could not be added: %s",
                           self->sentence ? self->sentence : "out of memory");
    weir_value_t *steps = gathered (self);
    if (!steps)
        return weir__fail (ENOMEM, "out of memory");
    weir_value_t list = weir_value_list (steps, self->count);
    weir__operation_t ask = {
        .op = WEIR__DIRECTORY_TRANSACT,
        .argc = 1,
        .args = &list,
        .timeout_ms = -1,
    };
    int rc = weir__links_call (self->remote, &ask, ret_results);
    free (steps);
    if (rc == 0)
        forget (self);
    return rc;
}

int weir_transaction_clear (weir_transaction_t *self)
{
    if (!self)
        return weir__fail (EINVAL, "transaction: the handle is NULL");
    forget (self);
    return 0;
}
