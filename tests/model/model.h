/*  model.h - a sequential model of the machine, for comparison in random
    histories

    The model is simple: everything is an array that is searched from its
    beginning. Nothing here uses the machine's code. Values are compared by
    weir_value_equal and live in the history.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_MODEL_MODEL_H_INCLUDED
#define WEIR_TESTS_MODEL_MODEL_H_INCLUDED

#include "model/history.h"
#include "machine/core/types.h"

typedef struct model model_t;
typedef struct model_object model_object_t;
typedef struct model_link model_link_t;

//  An item that was put into a queue.
typedef struct model_item {
    weir_value_t value;
    int64_t deliveries; //  how often it was leased
} model_item_t;

typedef struct model_request {
    model_link_t *link; //  NULL: a read without an entry
    step_t step;
    model_object_t *object; //  where it waits; NULL: done
    unsigned line;
    uint64_t deadline_us;
    uint64_t order;
    int64_t lease_ms;  //  asked for
    int64_t count;     //  of a wait at a condition: its depth of the lock
    int outcome;       //  and its outcome
    uint64_t notified; //  a notice with this `order` ended it; 0: none did
    int error;         //  0: the value is the answer
    weir__buffer_t value;
} model_request_t;

struct model_link {
    weir__origin_t who;
    bool open;
    uint64_t opened; //  when, in the order of all openings
    uint64_t acked;
    model_request_t *requests [WEIR__WINDOW];
};

struct model_object {
    uint64_t id;
    uint64_t created; //  when, in the order of all creations
    unsigned kind;
    weir_value_t name;
    uint64_t session; //  the session that it ends with; 0: none
    //  dict: keys and values; set: keys; list: values; var: one value; queue:
    //  values, with the number of each as its key
    weir_value_t *keys, *values;
    size_t size;
    //  queue: all items ever put, by number; the item of each lease, by its id
    model_item_t *items;
    int64_t *leases;
    int64_t leased; //  number of leases ever
    int64_t maxsize;
    int64_t order;      //  of a queue
    int64_t put;        //  number of items ever
    int64_t unfinished; //  number of unfinished items
    int family;         //  of the last items of a priority queue
    bool closed;
    bool discards;     //  closed at once
    bool is_set;       //  an event
    uint64_t sequence; //  number of changes, of kinds that transact
    //  semaphore: free units, now and at first; whether it is bounded; whether
    //  units were released that the releaser did not hold
    int64_t free, first;
    bool bounded, signalled;
    bool writing; //  the last grant of a rwlock was one for writing
    int64_t token;
    bool abandoned;
    bool lost;     //  a waiter has left
    uint64_t lock; //  of a condition
    //  barrier:
    int64_t parties;
    int64_t times, last_lost;
    bool broken;
    model_link_t *actor;
    model_request_t *generation [64]; //  waiters for the actor
    size_t generation_size;
};

//  A hold of a link on an object.
typedef struct model_hold {
    model_object_t *object;
    model_link_t *link;
    int64_t token;
    int64_t count;
    int64_t lease_ms;
    uint64_t deadline_us; //  of the lease
    uint64_t order;       //  in that of all grants
} model_hold_t;

//  A notice whose receiver is gone.
typedef struct model_notice {
    uint64_t condition;
    uint64_t notified;
} model_notice_t;

//  An expected reply of the machine.
typedef struct model_reply {
    weir__origin_t to;
    uint64_t number;
    int error;
    weir__buffer_t value;
} model_reply_t;

enum {
    MODEL_LINKS = 128,
    MODEL_OBJECTS = 512,
    MODEL_HOLDS = 1024,
    MODEL_REPLIES = 1024,
    MODEL_NOTICES = MODEL_LINKS * WEIR__WINDOW,
    MODEL_POLLED = 64 //  objects of one poll that are ready
};

struct model {
    uint64_t time_us;
    uint64_t order;
    uint64_t openings;
    model_link_t links [MODEL_LINKS];
    unsigned link_count; //  ever known
    model_object_t *objects [MODEL_OBJECTS];
    size_t object_count;
    model_hold_t holds [MODEL_HOLDS]; //  oldest first
    size_t hold_count;
    //  Ids: the most recently freed index is used first; each use of an index
    //  has a generation.
    uint32_t free_indices [MODEL_OBJECTS];
    uint32_t free_count;
    uint32_t generations [MODEL_OBJECTS];
    uint32_t used;                         //  number of indices ever
    model_reply_t replies [MODEL_REPLIES]; //  of the last entry
    size_t reply_count;
    void **blocks; //  memory of changed values
    size_t block_count;
    model_notice_t notices [MODEL_NOTICES];
    size_t notice_count;
    bool ending;              //  a session is
    bool transacting;         //  no waiter resumes before its end
    model_object_t directory; //  where polls wait
};

model_t *model_new (void);
void model_destroy (model_t **self_p);

//  Applies an entry.
void model_apply (model_t *self, uint64_t time_us, const step_t *steps,
                  size_t count);

//  Returns whether the body of a reply is as the model expects: the same error,
//  or the same bytes. The model ignores sentences.
bool model_agrees (const model_reply_t *expected, weir__bytes_t body);

//  Answers a read. Returns its error and value.
void model_read (model_t *self, model_request_t *read);

model_object_t *model_find (model_t *self, uint64_t id);

//  For the kinds.

void model_answer (model_request_t *request, weir_value_t value);
void model_fail (model_request_t *request, int error);

//  Lets the request wait, or fails it with EAGAIN.
void model_park (model_t *self, model_object_t *object,
                 model_request_t *request, unsigned line);

//  Returns the oldest waiter in a line, NULL when it is empty.
model_request_t *model_first (model_t *self, const model_object_t *object,
                              unsigned line);

//  Returns the next younger waiter in the same line, NULL at its end.
model_request_t *model_next (model_t *self, const model_request_t *request);
size_t model_waiting (model_t *self, const model_object_t *object,
                      unsigned line);

//  Ends a wait with an error.
void model_end_wait (model_t *self, model_request_t *request, int error);

//  Ends a wait whose request has been answered.
void model_resume (model_t *self, model_request_t *request);

//  Runs one request. Sets its answer, but makes no reply.
void model_run (model_t *self, model_request_t *request);

//  Returns whether the guard of the request still holds; if not, fails the
//  request.
bool model_is_guarded (model_t *self, model_request_t *request);

//  Returns whether the request is a read.
bool model_is_read (const model_object_t *object, const step_t *step);

//  Runs several requests, all or none.
void model_transact (model_t *self, model_request_t *request);

//  Returns whether a transaction can change such an object.
bool model_transacts (const model_object_t *object);

//  Waits until one of several objects is ready.
void model_poll (model_t *self, model_request_t *request);

//  Answers polls at the end of an entry.
void model_poll_settle (model_t *self);
bool model_queue_gives (model_t *self, const model_object_t *object);
bool model_queue_takes (model_t *self, const model_object_t *object);

//  Resumes every waiter whose condition now holds.
void model_list_settle (model_t *model, model_object_t *self);
void model_var_settle (model_t *model, model_object_t *self);
void model_event_settle (model_t *model, model_object_t *self);

//  Operations of the directory, and the end of objects.
void model_directory (model_t *self, model_request_t *request);
void model_drop (model_t *self, model_object_t *object);

//  Returns the oldest unnamed object of the session that still exists, or NULL.
model_object_t *model_first_temporary (model_t *self, uint64_t session);

void model_free (model_object_t *object);
void model_free_arrays (model_object_t *object);

//  Arrays.
void model_insert (model_object_t *object, size_t place, weir_value_t key,
                   weir_value_t value);
void model_remove (model_object_t *object, size_t place);

//  Returns a + b in *ret_sum. Returns false after failing the request.
bool model_sum (model_request_t *request, weir_value_t a, weir_value_t b,
                weir_value_t *ret_sum);

//  Each runs one request of its kind.
void model_dict (model_t *self, model_object_t *object,
                 model_request_t *request);
void model_path (model_t *self, model_object_t *object,
                 model_request_t *request);
void model_list (model_t *self, model_object_t *object,
                 model_request_t *request);
void model_var (model_t *self, model_object_t *object,
                model_request_t *request);
void model_lock (model_t *self, model_object_t *object,
                 model_request_t *request);
void model_barrier (model_t *self, model_object_t *object,
                    model_request_t *request);
void model_condition (model_t *self, model_object_t *object,
                      model_request_t *request);
void model_queue (model_t *self, model_object_t *object,
                  model_request_t *request);
void model_array (model_t *self, model_object_t *object,
                  model_request_t *request);
void model_set (model_t *self, model_object_t *object,
                model_request_t *request);
void model_event (model_t *self, model_object_t *object,
                  model_request_t *request);
void model_semaphore (model_t *self, model_object_t *object,
                      model_request_t *request);
void model_rwlock (model_t *self, model_object_t *object,
                   model_request_t *request);

//  -1, 0, 1 or MODEL_UNORDERED
enum { MODEL_UNORDERED = 2 };
int model_order (weir_value_t a, weir_value_t b);

//  Gives the indices that a slice selects, in its order. Returns false after
//  failing the request.
enum { MODEL_PLACES = 4096 };

typedef struct model_places {
    size_t at [MODEL_PLACES];
    size_t count;
    int64_t start, step;
} model_places_t;

bool model_slice (const model_object_t *self, model_request_t *request,
                  model_places_t *ret_places);

//  Makes an array as the request says. Returns 0 or an errno.
int model_array_make (model_object_t *self, const step_t *step);

//  Returns whether the value can be a key of that dict or namespace.
bool model_is_key (const model_object_t *self, weir_value_t key);

//  Sets the pairs of a map. Returns false when the value is not a map or has a
//  wrong key.
bool model_dict_update (model_object_t *self, weir_value_t map);

//  Adds the items of a list to a set. Returns false when the value is not a
//  list or contains a nan.
bool model_set_fill (model_object_t *self, weir_value_t list);

//  Returns the family of values that a value compares with; 0: nil.
int model_family (weir_value_t value);

//  Returns the order of two items of a priority queue: below, at or above 0.
int model_item_order (weir_value_t a, weir_value_t b);

//  Makes a queue as the request says. Returns false when the request is wrong.
bool model_queue_make (model_object_t *object, const model_request_t *request);

//  Resumes every waiter that can proceed after a waiter has left.
void model_queue_settle (model_t *self, model_object_t *object);

//  Handles the end of a lease without an acknowledgement.
void model_queue_gone (model_t *self, const model_hold_t *hold,
                       weir__leave_t leave);

//  model_hold.c: holds.

//  Makes the request's link a holder of the object; the lease is its argument
//  `lease_ms`, 0 for none.
model_hold_t *model_take (model_t *self, model_object_t *object,
                          model_request_t *request, int64_t lease_ms);
void model_renew (model_t *self, model_hold_t *hold, int64_t lease_ms);
void model_let_go (model_t *self, model_hold_t *hold);

//  Returns the first hold of an object, of that link; NULL: of any link.
model_hold_t *model_held (model_t *self, const model_object_t *object,
                          const model_link_t *link);

//  Returns a hold by its token.
model_hold_t *model_granted (model_t *self, uint64_t object, uint64_t token);

//  Ends a hold without a release, and tells its kind.
void model_abandon (model_t *self, model_hold_t *hold, weir__leave_t leave);

//  Ends all holds of a link.
void model_leave (model_t *self, const model_link_t *link, weir__leave_t leave);

//  Ends all holds of an object without telling its kind.
void model_forget_holds (model_t *self, const model_object_t *object);

//  Returns the next lease that has expired, or NULL.
model_hold_t *model_lapsing (model_t *self);

//  Returns whether waiting for the object would close a circle.
bool model_deadlocks (model_t *self, const model_object_t *object,
                      const model_request_t *request);

//  Refuses a wait in a circle that a wait at a condition closes when it
//  reacquires its lock. The waiting holder of the lock is told; if its wait has
//  itself returned from a condition, the next one in the circle is.
void model_break_circle (model_t *self, model_request_t *request);

//  The kinds' own parts: the end of a hold without a release, and whether a
//  request waits until all holders release the object.
void model_gone (model_t *self, const model_hold_t *hold, weir__leave_t leave);
bool model_waits_for_holders (model_t *self, const model_object_t *object,
                              const model_request_t *request);
void model_lock_gone (model_t *self, const model_hold_t *hold);
void model_semaphore_gone (model_t *self, const model_hold_t *hold);

void model_rwlock_gone (model_t *self, const model_hold_t *hold);

//  Resumes waiters after one has left; only a rwlock does anything.
void model_rwlock_settle (model_t *self, model_object_t *object);

//  Returns whether the request waits, or would wait, until all holders release
//  the lock.
bool model_rwlock_waits (model_t *self, const model_object_t *object,
                         const model_request_t *request);

//  Makes a semaphore as the request says. Returns false when the request is
//  wrong.
bool model_semaphore_make (model_object_t *object,
                           const model_request_t *request);

//  Returns whether it is used as a lock that some link holds.
bool model_semaphore_is_lock (const model_t *self,
                              const model_object_t *object);

//  Releases a lock.
void model_lock_let_go (model_t *model, model_hold_t *hold);

//  Grants a free lock to the next waiter.
void model_lock_serve (model_t *model, model_object_t *self);

//  Moves a waiting request to another object, where it waits without a timeout.
void model_move (model_t *self, model_request_t *request,
                 model_object_t *object);

//  Ends a wait at a condition. Returns false when the usual end of a wait
//  follows.
bool model_condition_ended (model_t *model, model_request_t *request,
                            int error);

//  Does the same at a barrier, and handles the end of a link that held or
//  waited at it.
bool model_barrier_ended (model_t *model, model_request_t *request, int error);
void model_barrier_gone (model_t *model, const model_hold_t *hold,
                         weir__leave_t leave);
void model_barrier_break (model_t *model, model_object_t *self);

//  Passes the notices of ended receivers on to others.
void model_notices_pass_on (model_t *model);

//  Makes a condition. Returns false after failing the request.
bool model_condition_make (model_t *model, model_object_t *self,
                           model_request_t *request);

//  Returns whether that kind exists.
bool model_knows (unsigned kind);

#endif
