/*  transaction.h - several operations on several objects: all of them or none

        weir_transaction_t *move = weir_transaction_new (owner);
        weir_transaction_dict_add (move, accounts, "ann", -10);
        weir_transaction_dict_add (move, accounts, "bob", 10);
        if (weir_transaction_commit (move, NULL) != 0)
            ...
        weir_transaction_destroy (&move);

    A transaction collects steps; weir_transaction_commit sends them as one
    message. The owner does them in their order. Each step sees the changes of
    those before it, and no other client sees any change before all steps are
    done. When a step fails, nothing has changed, and weir_error () names the
    step, counted from 1. A condition is a step, too: if it does not hold when
    its turn comes, the transaction fails with ECANCELED. The only other cause
    of ECANCELED is a closed queue.

    All objects belong to the transaction's owner. A transaction can change
    dicts, namespaces, lists, sets, arrays, vars, events and queues. It cannot
    acquire locks or semaphores, nor lease items: those have calls of their own.
    It does not wait: a step that would have to wait (a get from an empty queue,
    a put into a full one) fails with EAGAIN. It needs no lock, since no other
    client sees its changes halfway; a lock can guard it (weir_lock_guard).

    Cost: an object that is changed before the last step is copied for the time
    of the transaction, which takes time in proportion to its size. So put the
    change of a large object last. A queue is not copied.

    Adding a step. Each function that adds a step sends nothing and does not
    block. It copies its values; the handle may be destroyed afterwards. It
    returns the index of the step's result in the list of results, 0 or more; or
    -1 with EINVAL (a handle is NULL, an object has another owner, or a value is
    invalid or nested over 30 levels deep), EMSGSIZE (the transaction has 1,024
    steps already, or a value is over 64 MiB) or ENOMEM. When a step could not
    be added, weir_transaction_commit fails with the same error, so a program
    may check commit alone. A step fails in commit with the errors of the
    function whose operation it is.

    Keys and values may be plain C values. One thread at a time may use a
    transaction.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TRANSACTION_H_INCLUDED
#define WEIR_TRANSACTION_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a transaction without steps for objects of that owner. Does not block.
//  Returns a handle, given to the caller, or NULL with EINVAL (the owner is
//  NULL) or ENOMEM.
WEIR_EXPORT WEIR_CHECK weir_transaction_t *weir_transaction_new (
    weir_owner_t *owner);

//  Frees the transaction and sets *self_p to NULL. Steps that were not
//  committed are discarded. Accepts NULL and a pointer to NULL. Leaves errno as
//  it was.
WEIR_EXPORT void weir_transaction_destroy (weir_transaction_t **self_p);

//  Adds a step as weir_dict_set. Result: nil.
WEIR_EXPORT int weir_transaction_dict_set (weir_transaction_t *self,
                                           weir_dict_t *dict, weir_value_t key,
                                           weir_value_t value);

//  Adds a step as weir_dict_add. Result: the sum.
WEIR_EXPORT int weir_transaction_dict_add (weir_transaction_t *self,
                                           weir_dict_t *dict, weir_value_t key,
                                           weir_value_t delta);

//  Adds a step as weir_dict_delete. Result: nil.
WEIR_EXPORT int weir_transaction_dict_delete (weir_transaction_t *self,
                                              weir_dict_t *dict,
                                              weir_value_t key);

//  Adds a step as weir_dict_get. Result: the value.
WEIR_EXPORT int weir_transaction_dict_get (weir_transaction_t *self,
                                           weir_dict_t *dict, weir_value_t key);

//  Adds a step that sets a key to the result of an earlier step. Result: nil.
//  So an item moves from one object to another although this program has not
//  seen it yet.
//  place: the index that the earlier step's function returned. Commit fails
//  with EINVAL when no earlier step has that index.
WEIR_EXPORT int weir_transaction_dict_set_result (weir_transaction_t *self,
                                                  weir_dict_t *dict,
                                                  weir_value_t key, int place);

//  Adds a step that appends the result of an earlier step to a list. Result:
//  nil. `place` as in weir_transaction_dict_set_result.
WEIR_EXPORT int weir_transaction_list_append_result (weir_transaction_t *self,
                                                     weir_list_t *list,
                                                     int place);

//  Adds a step that puts the result of an earlier step into a queue. Result:
//  nil. `place` as in weir_transaction_dict_set_result.
WEIR_EXPORT int weir_transaction_queue_put_result (weir_transaction_t *self,
                                                   weir_queue_t *queue,
                                                   int place);

//  Adds a step as weir_namespace_set. Result: nil.
WEIR_EXPORT int weir_transaction_namespace_set (weir_transaction_t *self,
                                                weir_namespace_t *names,
                                                const char *attribute,
                                                weir_value_t value);

//  Adds a step as weir_namespace_add. Result: the sum.
WEIR_EXPORT int weir_transaction_namespace_add (weir_transaction_t *self,
                                                weir_namespace_t *names,
                                                const char *attribute,
                                                weir_value_t delta);

//  Adds a step as weir_list_append. Result: nil.
WEIR_EXPORT int weir_transaction_list_append (weir_transaction_t *self,
                                              weir_list_t *list,
                                              weir_value_t value);

//  Adds a step as weir_list_set. Result: nil.
WEIR_EXPORT int weir_transaction_list_set (weir_transaction_t *self,
                                           weir_list_t *list, int64_t index,
                                           weir_value_t value);

//  Adds a step as weir_list_pop. Result: the item.
WEIR_EXPORT int weir_transaction_list_pop (weir_transaction_t *self,
                                           weir_list_t *list, int64_t index);

//  Adds a step as weir_set_add. Result: whether the member is new.
WEIR_EXPORT int weir_transaction_set_add (weir_transaction_t *self,
                                          weir_set_t *set, weir_value_t member);

//  Adds a step as weir_set_remove. Result: nil.
WEIR_EXPORT int weir_transaction_set_remove (weir_transaction_t *self,
                                             weir_set_t *set,
                                             weir_value_t member);

//  Adds a step as weir_array_set. Result: nil.
WEIR_EXPORT int weir_transaction_array_set (weir_transaction_t *self,
                                            weir_array_t *array, int64_t index,
                                            weir_value_t element);

//  Adds a step as weir_array_add. Result: the sum.
WEIR_EXPORT int weir_transaction_array_add (weir_transaction_t *self,
                                            weir_array_t *array, int64_t index,
                                            weir_value_t delta);

//  Adds a step as weir_var_set. Result: nil. Waiters at a var see only its
//  value after all steps.
WEIR_EXPORT int weir_transaction_var_set (weir_transaction_t *self,
                                          weir_var_t *var, weir_value_t value);

//  Adds a step as weir_var_add. Result: the sum.
WEIR_EXPORT int weir_transaction_var_add (weir_transaction_t *self,
                                          weir_var_t *var, weir_value_t delta);

//  Adds a step as weir_var_get. Result: the value.
WEIR_EXPORT int weir_transaction_var_get (weir_transaction_t *self,
                                          weir_var_t *var);

//  Adds a step as weir_event_set. Result: nil. The waiters resume if the event
//  is set after all steps.
WEIR_EXPORT int weir_transaction_event_set (weir_transaction_t *self,
                                            weir_event_t *event);

//  Adds a step as weir_event_clear. Result: nil.
WEIR_EXPORT int weir_transaction_event_clear (weir_transaction_t *self,
                                              weir_event_t *event);

//  Adds a step as weir_queue_put with timeout 0. Result: nil. Waiters at a
//  queue resume when all steps are done.
WEIR_EXPORT int weir_transaction_queue_put (weir_transaction_t *self,
                                            weir_queue_t *queue,
                                            weir_value_t value);

//  Adds a step as weir_queue_put_many with timeout 0. Result: nil.
WEIR_EXPORT int weir_transaction_queue_put_many (weir_transaction_t *self,
                                                 weir_queue_t *queue,
                                                 weir_value_t items);

//  Adds a step as weir_queue_get with timeout 0, which can get items that
//  earlier steps have put. Result: the item.
WEIR_EXPORT int weir_transaction_queue_get (weir_transaction_t *self,
                                            weir_queue_t *queue);

//  Adds a step as weir_queue_get_many with timeout 0. Result: the list of
//  items.
WEIR_EXPORT int weir_transaction_queue_get_many (weir_transaction_t *self,
                                                 weir_queue_t *queue,
                                                 int64_t count);

//  Adds a step as weir_queue_task_done. Result: nil.
WEIR_EXPORT int weir_transaction_queue_task_done (weir_transaction_t *self,
                                                  weir_queue_t *queue);

//  Adds a step as weir_queue_close. Result: 0.
WEIR_EXPORT int weir_transaction_queue_close (weir_transaction_t *self,
                                              weir_queue_t *queue);

//  Adds a condition: the key has that value (as weir_value_equal). Result: nil.
//  Commit fails with ENOENT when the dict has no such key.
WEIR_EXPORT int weir_transaction_expect_dict (weir_transaction_t *self,
                                              weir_dict_t *dict,
                                              weir_value_t key,
                                              weir_value_t value);

//  Adds a condition: the dict does not have the key. Result: nil.
WEIR_EXPORT int weir_transaction_expect_absent (weir_transaction_t *self,
                                                weir_dict_t *dict,
                                                weir_value_t key);

//  Adds a condition: the var has that value (as weir_value_equal). Result: nil.
WEIR_EXPORT int weir_transaction_expect_var (weir_transaction_t *self,
                                             weir_var_t *var,
                                             weir_value_t value);

//  Adds a condition: the sequence of the object (weir_object_sequence) is that
//  number, so nothing has changed the object since. Result: nil.
//  object: the handle of any object that a transaction can change. Commit fails
//  with ENOTSUP for another one.
WEIR_EXPORT int weir_transaction_expect_sequence (weir_transaction_t *self,
                                                  const void *object,
                                                  int64_t sequence);

//  Does all steps or none. Blocks until the owner replies. On success the
//  transaction has no steps and can be used again; on failure it keeps them and
//  can be committed again.
//  ret_results: the list of the results, owned by the caller; NULL when not
//  wanted.
//  Fails with ECANCELED (a condition does not hold, or a queue is closed),
//  EAGAIN (a step would have to wait), the error of a step that could not be
//  added, the error of a step that failed, EMSGSIZE (the steps or the results
//  are over 64 MiB, or a result is nested 32 levels deep), and the errors of
//  every operation (object.h). After EOWNERDEAD or ECONNREFUSED either all steps
//  were done or none.
WEIR_EXPORT WEIR_CHECK int weir_transaction_commit (weir_transaction_t *self,
                                                    weir_value_t *ret_results);

//  Discards all steps, and the error of a step that could not be added. Does
//  not block. Fails with EINVAL when `self` is NULL.
WEIR_EXPORT int weir_transaction_clear (weir_transaction_t *self);

WEIR_END_C

#define weir_transaction_dict_set(self, dict, key, value)      \
    (weir_transaction_dict_set) (self, dict, weir_value (key), \
                                 weir_value (value))
#define weir_transaction_dict_set_result(self, dict, key, place) \
    (weir_transaction_dict_set_result) (self, dict, weir_value (key), place)
#define weir_transaction_dict_add(self, dict, key, delta)      \
    (weir_transaction_dict_add) (self, dict, weir_value (key), \
                                 weir_value (delta))
#define weir_transaction_dict_delete(self, dict, key) \
    (weir_transaction_dict_delete) (self, dict, weir_value (key))
#define weir_transaction_dict_get(self, dict, key) \
    (weir_transaction_dict_get) (self, dict, weir_value (key))
#define weir_transaction_namespace_set(self, names, attribute, value) \
    (weir_transaction_namespace_set) (self, names, attribute,         \
                                      weir_value (value))
#define weir_transaction_namespace_add(self, names, attribute, delta) \
    (weir_transaction_namespace_add) (self, names, attribute,         \
                                      weir_value (delta))
#define weir_transaction_list_append(self, list, value) \
    (weir_transaction_list_append) (self, list, weir_value (value))
#define weir_transaction_list_set(self, list, index, value) \
    (weir_transaction_list_set) (self, list, index, weir_value (value))
#define weir_transaction_set_add(self, set, member) \
    (weir_transaction_set_add) (self, set, weir_value (member))
#define weir_transaction_set_remove(self, set, member) \
    (weir_transaction_set_remove) (self, set, weir_value (member))
#define weir_transaction_array_set(self, array, index, element) \
    (weir_transaction_array_set) (self, array, index, weir_value (element))
#define weir_transaction_array_add(self, array, index, delta) \
    (weir_transaction_array_add) (self, array, index, weir_value (delta))
#define weir_transaction_var_set(self, var, value) \
    (weir_transaction_var_set) (self, var, weir_value (value))
#define weir_transaction_var_add(self, var, delta) \
    (weir_transaction_var_add) (self, var, weir_value (delta))
#define weir_transaction_queue_put(self, queue, value) \
    (weir_transaction_queue_put) (self, queue, weir_value (value))
#define weir_transaction_expect_dict(self, dict, key, value)      \
    (weir_transaction_expect_dict) (self, dict, weir_value (key), \
                                    weir_value (value))
#define weir_transaction_expect_absent(self, dict, key) \
    (weir_transaction_expect_absent) (self, dict, weir_value (key))
#define weir_transaction_expect_var(self, var, value) \
    (weir_transaction_expect_var) (self, var, weir_value (value))

#endif
