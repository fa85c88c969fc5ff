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

//  What was put into a queue.
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
    int64_t count;     //  of a wait at a condition: how often it had the lock
    int outcome;       //  and how it ended
    uint64_t notified; //  it ended by a notice, when `order` was that; 0: not
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
    uint64_t session; //  that it ends with; 0: none
    //  dict: keys and values; set: keys; list: values; var: one value; queue: values,
    //  with the number of each as its key
    weir_value_t *keys, *values;
    size_t size;
    //  queue: all that was ever put, by number; of which of them each lease was,
    //  by its id
    model_item_t *items;
    int64_t *leases;
    int64_t leased; //  how many leases ever were
    int64_t maxsize;
    int64_t order;      //  of a queue
    int64_t put;        //  how many items ever were
    int64_t unfinished; //  how many of them are not done
    int family;         //  of the items that a priority queue had last
    bool closed;
    bool discards;     //  it was closed at once
    bool is_set;       //  an event
    uint64_t sequence; //  how many changes, of kinds that transact
    //  semaphore: units that are free, now and at first; whether there may not be
    //  more; whether somebody released what it did not have
    int64_t free, first;
    bool bounded, signalled;
    bool writing; //  the last grant of a rwlock was one for writing
    int64_t token;
    bool abandoned;
    bool lost;     //  somebody who waited has gone
    uint64_t lock; //  of a condition
    //  barrier:
    int64_t parties;
    int64_t times, last_lost;
    bool broken;
    model_link_t *actor;
    model_request_t *generation [64]; //  who waits for the actor
    size_t generation_size;
};

//  That a link holds an object.
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

//  What the machine must reply.
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
    unsigned link_count; //  that were ever heard of
    model_object_t *objects [MODEL_OBJECTS];
    size_t object_count;
    model_hold_t holds [MODEL_HOLDS]; //  oldest first
    size_t hold_count;
    //  Ids: the index that became free last is used first; each use of an
    //  index has a generation.
    uint32_t free_indices [MODEL_OBJECTS];
    uint32_t free_count;
    uint32_t generations [MODEL_OBJECTS];
    uint32_t used;                         //  indices ever
    model_reply_t replies [MODEL_REPLIES]; //  of the last entry
    size_t reply_count;
    void **blocks; //  what changed values are made of
    size_t block_count;
    model_notice_t notices [MODEL_NOTICES];
    size_t notice_count;
    bool ending;              //  a session is
    bool transacting;         //  nobody is let go on before its end
    model_object_t directory; //  where polls wait
};

model_t *model_new (void);
void model_destroy (model_t **self_p);

//  Applies an entry.
void model_apply (model_t *self, uint64_t time_us, const step_t *steps,
                  size_t count);

//  Whether a reply's body is what the model expects: the same error, or the
//  same bytes. Sentences are none of the model's business.
bool model_agrees (const model_reply_t *expected, weir__bytes_t body);

//  Answers a read: what error and value are then.
void model_read (model_t *self, model_request_t *read);

model_object_t *model_find (model_t *self, uint64_t id);

//  For the kinds.

void model_answer (model_request_t *request, weir_value_t value);
void model_fail (model_request_t *request, int error);

//  Waits, or fails with EAGAIN.
void model_park (model_t *self, model_object_t *object,
                 model_request_t *request, unsigned line);

//  The one that has waited the longest in a line, NULL when there is none.
model_request_t *model_first (model_t *self, const model_object_t *object,
                              unsigned line);

//  The one that came after it into the same line, NULL when there is none.
model_request_t *model_next (model_t *self, const model_request_t *request);
size_t model_waiting (model_t *self, const model_object_t *object,
                      unsigned line);

//  Ends a wait: with an error / when the request has been answered.
void model_end_wait (model_t *self, model_request_t *request, int error);
void model_resume (model_t *self, model_request_t *request);

//  One request, with its answer but without its reply.
void model_run (model_t *self, model_request_t *request);

//  Whether what guards it is held still; if not, fails the request.
bool model_is_guarded (model_t *self, model_request_t *request);

//  Whether the request is a read / whether its success is a change of the
//  object.
bool model_is_read (const model_object_t *object, const step_t *step);

//  Several requests, all or none. / Whether they can change such an object.
void model_transact (model_t *self, model_request_t *request);
bool model_transacts (const model_object_t *object);

//  Waiting until one of several is ready. / The end of an entry.
void model_poll (model_t *self, model_request_t *request);
void model_poll_settle (model_t *self);
bool model_queue_gives (model_t *self, const model_object_t *object);
bool model_queue_takes (model_t *self, const model_object_t *object);

//  Lets those go on who wait for what is so.
void model_list_settle (model_t *model, model_object_t *self);
void model_var_settle (model_t *model, model_object_t *self);
void model_event_settle (model_t *model, model_object_t *self);

//  The directory, and what ends with sessions.
void model_directory (model_t *self, model_request_t *request);
void model_drop (model_t *self, model_object_t *object);

//  The first object without a name that the session made and that is still
//  there; NULL: none.
model_object_t *model_first_temporary (model_t *self, uint64_t session);

void model_free (model_object_t *object);
void model_free_arrays (model_object_t *object);

//  Arrays.
void model_insert (model_object_t *object, size_t place, weir_value_t key,
                   weir_value_t value);
void model_remove (model_object_t *object, size_t place);

//  a + b; false after failing the request.
bool model_sum (model_request_t *request, weir_value_t a, weir_value_t b,
                weir_value_t *ret_sum);

//  One request of a kind.
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

//  The places that a slice means, in its order. False after failing the
//  request.
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

//  Whether it can be a key of that dict or namespace.
bool model_is_key (const model_object_t *self, weir_value_t key);

//  Sets the pairs of a map; false: it is none, or has a wrong key.
bool model_dict_update (model_object_t *self, weir_value_t map);

//  Adds the items of a list to a set; false: it is none, or has a nan in it.
bool model_set_fill (model_object_t *self, weir_value_t list);

//  What a value is comparable with; 0: nil. / Below, at or above 0: the order of
//  two items of a priority queue.
int model_family (weir_value_t value);
int model_item_order (weir_value_t a, weir_value_t b);

//  Makes a queue as the request says; false when it is wrong.
bool model_queue_make (model_object_t *object, const model_request_t *request);

//  Lets go on who can: somebody who waited at it has gone.
void model_queue_settle (model_t *self, model_object_t *object);

//  A lease has ended without an acknowledgement.
void model_queue_gone (model_t *self, const model_hold_t *hold,
                       weir__leave_t leave);

//  model_hold.c: who holds what.

//  What the request's link holds from now on; the lease is its argument
//  `lease_ms`, 0 for none.
model_hold_t *model_take (model_t *self, model_object_t *object,
                          model_request_t *request, int64_t lease_ms);
void model_renew (model_t *self, model_hold_t *hold, int64_t lease_ms);
void model_let_go (model_t *self, model_hold_t *hold);

//  The first hold of an object, of that link; NULL: of any.
model_hold_t *model_held (model_t *self, const model_object_t *object,
                          const model_link_t *link);

//  The same by its token.
model_hold_t *model_granted (model_t *self, uint64_t object, uint64_t token);

//  A hold ends without a release: the kind is told. / All that a link holds.
void model_abandon (model_t *self, model_hold_t *hold, weir__leave_t leave);
void model_leave (model_t *self, const model_link_t *link, weir__leave_t leave);

//  All holds of an object end, to nobody's hearing.
void model_forget_holds (model_t *self, const model_object_t *object);

//  The next lease that has run out, NULL when there is none.
model_hold_t *model_lapsing (model_t *self);

//  Whether waiting for the object would close a circle.
bool model_deadlocks (model_t *self, const model_object_t *object,
                      const model_request_t *request);

//  A wait at a condition has come back to its lock: if that closes a circle, who
//  holds the lock is told; if that is a wait that came back, too, the next one.
void model_break_circle (model_t *self, model_request_t *request);

//  What the kinds say: a hold has ended without a release; whether that request
//  waits until all who hold the object give it up.
void model_gone (model_t *self, const model_hold_t *hold, weir__leave_t leave);
bool model_waits_for_holders (model_t *self, const model_object_t *object,
                              const model_request_t *request);
void model_lock_gone (model_t *self, const model_hold_t *hold);
void model_semaphore_gone (model_t *self, const model_hold_t *hold);

void model_rwlock_gone (model_t *self, const model_hold_t *hold);

//  Somebody who waited there has gone: does nothing but for a rwlock. / Whether
//  the request waits, or would, until all who hold it give it up.
void model_rwlock_settle (model_t *self, model_object_t *object);
bool model_rwlock_waits (model_t *self, const model_object_t *object,
                         const model_request_t *request);

//  Makes a semaphore as the request says; false when it is wrong.
bool model_semaphore_make (model_object_t *object,
                           const model_request_t *request);

//  Whether it is used as a lock that somebody holds.
bool model_semaphore_is_lock (const model_t *self,
                              const model_object_t *object);

//  A lock is released / given to the next, if it is free.
void model_lock_let_go (model_t *model, model_hold_t *hold);
void model_lock_serve (model_t *model, model_object_t *self);

//  A request that waits goes on waiting at another object, for ever.
void model_move (model_t *self, model_request_t *request,
                 model_object_t *object);

//  A wait at a condition is over. False: as everywhere.
bool model_condition_ended (model_t *model, model_request_t *request,
                            int error);

//  The same at a barrier; a link that held or waited at it is gone.
bool model_barrier_ended (model_t *model, model_request_t *request, int error);
void model_barrier_gone (model_t *model, const model_hold_t *hold,
                         weir__leave_t leave);
void model_barrier_break (model_t *model, model_object_t *self);

//  The notices whose receivers have just gone go on to others.
void model_notices_pass_on (model_t *model);

//  False after failing the request.
bool model_condition_make (model_t *model, model_object_t *self,
                           model_request_t *request);

//  Whether there is that kind.
bool model_knows (unsigned kind);

#endif
