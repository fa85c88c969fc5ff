/*  transaction.h - several operations on several objects: all of them or none

        weir_transaction_t *move = weir_transaction_new (owner);
        weir_transaction_dict_add (move, accounts, "ann", -10);
        weir_transaction_dict_add (move, accounts, "bob", 10);
        if (weir_transaction_commit (move, NULL) != 0)
            ...
        weir_transaction_destroy (&move);

    Steps are gathered here, and sent by commit as one message. The owner does
    them in their order; each sees what those before it have done, and nobody
    else sees anything before all are done. When one fails, nothing has changed,
    and weir_error () names the step, counted from 1. A condition is a step as
    well: it must hold when its turn comes, else the transaction fails with
    ECANCELED, which no other step gives but one of a closed queue.

    All objects are of the transaction's owner. It can change dicts, namespaces,
    lists, sets, arrays, vars, events and queues. It does not wait: a step that
    would have to (a get from an empty queue, a put into a full one) fails with
    EAGAIN. It needs no lock, for nobody sees it in between; what is held (locks,
    semaphores, leases of a queue) has calls of its own. (A lock can guard the
    transaction, see weir_lock_guard.) An object that is changed before the last
    step is copied for the time of the transaction, which takes as long as the
    object is large: put the change of a large one last. A queue is not copied,
    and may have any size.

    Each function for a step returns the place of its result in the list of
    results, from 0; or -1 with EINVAL (something is NULL, an object has another
    owner, a value is invalid or nested over 30 deep), EMSGSIZE (over 1,024
    steps, or a value over 64 MiB) or ENOMEM. It sends nothing. A step that could
    not be added is not forgotten: commit fails with the same error. So a program
    may look at commit alone. Values are copied, and a handle is not needed any
    more when its step has been added.

    One thread at a time. Keys and values may be plain C values.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TRANSACTION_H_INCLUDED
#define WEIR_TRANSACTION_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  A transaction without steps, for objects of that owner. NULL with EINVAL (a
//  NULL owner), EOWNERDEAD or ENOMEM. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_transaction_t *weir_transaction_new (
    weir_owner_t *owner);

//  Frees it; what was not committed is not done. Accepts NULL and a NULL
//  pointer. Since 0.1.
WEIR_EXPORT void weir_transaction_destroy (weir_transaction_t **self_p);

//  Steps of a dict, with the results of weir_dict_set (nil), _add (the sum),
//  _delete (nil) and _get (the value). Since 0.1.
WEIR_EXPORT int weir_transaction_dict_set (weir_transaction_t *self,
                                           weir_dict_t *dict, weir_value_t key,
                                           weir_value_t value);
WEIR_EXPORT int weir_transaction_dict_add (weir_transaction_t *self,
                                           weir_dict_t *dict, weir_value_t key,
                                           weir_value_t delta);
WEIR_EXPORT int weir_transaction_dict_delete (weir_transaction_t *self,
                                              weir_dict_t *dict,
                                              weir_value_t key);
WEIR_EXPORT int weir_transaction_dict_get (weir_transaction_t *self,
                                           weir_dict_t *dict, weir_value_t key);

//  What an earlier step got becomes the key's value / a list's last item / a
//  queue's next one (nil): so an item that nobody has seen yet goes from one
//  object to another. place: what that step's function has returned; commit gives
//  EINVAL when no earlier step has it. Since 0.1.
WEIR_EXPORT int weir_transaction_dict_set_result (weir_transaction_t *self,
                                                  weir_dict_t *dict,
                                                  weir_value_t key, int place);
WEIR_EXPORT int weir_transaction_list_append_result (weir_transaction_t *self,
                                                     weir_list_t *list,
                                                     int place);
WEIR_EXPORT int weir_transaction_queue_put_result (weir_transaction_t *self,
                                                   weir_queue_t *queue,
                                                   int place);

//  Steps of a namespace: the same. Since 0.1.
WEIR_EXPORT int weir_transaction_namespace_set (weir_transaction_t *self,
                                                weir_namespace_t *names,
                                                const char *attribute,
                                                weir_value_t value);
WEIR_EXPORT int weir_transaction_namespace_add (weir_transaction_t *self,
                                                weir_namespace_t *names,
                                                const char *attribute,
                                                weir_value_t delta);

//  Steps of a list: append (nil), set an item (nil), take an item out (it).
//  Negative indexes count from the end. Since 0.1.
WEIR_EXPORT int weir_transaction_list_append (weir_transaction_t *self,
                                              weir_list_t *list,
                                              weir_value_t value);
WEIR_EXPORT int weir_transaction_list_set (weir_transaction_t *self,
                                           weir_list_t *list, int64_t index,
                                           weir_value_t value);
WEIR_EXPORT int weir_transaction_list_pop (weir_transaction_t *self,
                                           weir_list_t *list, int64_t index);

//  Steps of a set: add (whether it is new), remove (nil; ENOENT: it is not
//  there). Since 0.1.
WEIR_EXPORT int weir_transaction_set_add (weir_transaction_t *self,
                                          weir_set_t *set, weir_value_t member);
WEIR_EXPORT int weir_transaction_set_remove (weir_transaction_t *self,
                                             weir_set_t *set,
                                             weir_value_t member);

//  Steps of an array: set an element (nil), add to it (the sum). Since 0.1.
WEIR_EXPORT int weir_transaction_array_set (weir_transaction_t *self,
                                            weir_array_t *array, int64_t index,
                                            weir_value_t element);
WEIR_EXPORT int weir_transaction_array_add (weir_transaction_t *self,
                                            weir_array_t *array, int64_t index,
                                            weir_value_t delta);

//  Steps of a var: set it (nil), add to it (the sum), look at it (its value).
//  Who waits at it sees what it is in the end. Since 0.1.
WEIR_EXPORT int weir_transaction_var_set (weir_transaction_t *self,
                                          weir_var_t *var, weir_value_t value);
WEIR_EXPORT int weir_transaction_var_add (weir_transaction_t *self,
                                          weir_var_t *var, weir_value_t delta);
WEIR_EXPORT int weir_transaction_var_get (weir_transaction_t *self,
                                          weir_var_t *var);

//  Steps of an event (nil). Who waits for it goes on when it is set in the end.
//  Since 0.1.
WEIR_EXPORT int weir_transaction_event_set (weir_transaction_t *self,
                                            weir_event_t *event);
WEIR_EXPORT int weir_transaction_event_clear (weir_transaction_t *self,
                                              weir_event_t *event);

//  Steps of a queue: put an item (nil), all items of a list (nil), get the next
//  item (it), up to `count` items (their list), say that one is done (nil), close
//  it (0). As the functions of queue.h with a timeout of 0, so EAGAIN: it is
//  full, or empty, or others wait to put; ECANCELED: it is closed. What it has
//  put it can get. Who waits at the queue goes on when all steps are done.
//  Since 0.1.
WEIR_EXPORT int weir_transaction_queue_put (weir_transaction_t *self,
                                            weir_queue_t *queue,
                                            weir_value_t value);
WEIR_EXPORT int weir_transaction_queue_put_many (weir_transaction_t *self,
                                                 weir_queue_t *queue,
                                                 weir_value_t items);
WEIR_EXPORT int weir_transaction_queue_get (weir_transaction_t *self,
                                            weir_queue_t *queue);
WEIR_EXPORT int weir_transaction_queue_get_many (weir_transaction_t *self,
                                                 weir_queue_t *queue,
                                                 int64_t count);
WEIR_EXPORT int weir_transaction_queue_task_done (weir_transaction_t *self,
                                                  weir_queue_t *queue);
WEIR_EXPORT int weir_transaction_queue_close (weir_transaction_t *self,
                                              weir_queue_t *queue);

//  Conditions (nil): the key has that value (ENOENT: it is not there) / the key
//  is not there / the var has that value. Equal as weir_value_equal says.
//  Since 0.1.
WEIR_EXPORT int weir_transaction_expect_dict (weir_transaction_t *self,
                                              weir_dict_t *dict,
                                              weir_value_t key,
                                              weir_value_t value);
WEIR_EXPORT int weir_transaction_expect_absent (weir_transaction_t *self,
                                                weir_dict_t *dict,
                                                weir_value_t key);
WEIR_EXPORT int weir_transaction_expect_var (weir_transaction_t *self,
                                             weir_var_t *var,
                                             weir_value_t value);

//  A condition: the sequence of the object (weir_object_sequence) is that, so
//  nobody has changed it since. object: the handle of any object that a
//  transaction can change; of another one, commit gives ENOTSUP. Since 0.1.
WEIR_EXPORT int weir_transaction_expect_sequence (weir_transaction_t *self,
                                                  const void *object,
                                                  int64_t sequence);

//  Does all steps or none. ret_results (NULL: not wanted) is the list of their
//  results, owned by the caller. Returns 0; then the transaction has no steps
//  any more, and can be used for the next one. Or -1, and the steps are still
//  there, to be committed again: ECANCELED (a condition does not hold, or a queue
//  is closed); EAGAIN (a step would have to wait); the error of a step that could
//  not be added; that of a step that fails, as the function says whose operation
//  it is; EMSGSIZE (the steps or the results are over 64 MiB, or a result is
//  nested 32 deep); ESTALE (guarded, and the grant has ended); and as every
//  function of dict.h: EINVAL, EOWNERDEAD or ECONNREFUSED (whether it was done is
//  unknown; never a part of it), EINTR (nothing was done), EMFILE, ENOBUFS,
//  EACCES, EPROTO, ENOMEM. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_transaction_commit (weir_transaction_t *self,
                                                    weir_value_t *ret_results);

//  Forgets all steps, and that one could not be added. Returns 0, or -1 with
//  EINVAL (NULL). Since 0.1.
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
