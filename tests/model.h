/*  model.h - what the machine must do, in plain words: a sequential model that
    the random histories are compared with

    Everything is an array that is searched from its beginning. Nothing here
    uses the machine's code; values are compared by weir_value_equal and live
    in the history.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_MODEL_H_INCLUDED
#define WEIR_TESTS_MODEL_H_INCLUDED

#include "history.h"

typedef struct model model_t;
typedef struct model_object model_object_t;
typedef struct model_link model_link_t;

typedef struct model_request {
    model_link_t *link; //  NULL: a read without an entry
    step_t step;
    model_object_t *object; //  where it waits; NULL: done
    unsigned line;
    uint64_t deadline_us;
    uint64_t order;
    int error; //  0: the value is the answer
    weir__buffer_t value;
} model_request_t;

struct model_link {
    weir__origin_t who;
    bool open;
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
    int64_t maxsize;
    int64_t order; //  of a queue
    int64_t put;   //  how many items ever were
    int family;    //  of a priority queue's items; 0: none yet
    bool closed;
    int64_t token;
    bool abandoned;
    model_link_t *holder;
    uint64_t held; //  when, in the order of all grants
};

//  What the machine must reply.
typedef struct model_reply {
    weir__origin_t to;
    uint64_t number;
    int error;
    weir__buffer_t value;
} model_reply_t;

enum { MODEL_LINKS = 128, MODEL_OBJECTS = 512, MODEL_REPLIES = 1024 };

struct model {
    uint64_t time_us;
    uint64_t order;
    model_link_t links [MODEL_LINKS];
    unsigned link_count; //  that were ever heard of
    model_object_t *objects [MODEL_OBJECTS];
    size_t object_count;
    //  Ids: the index that became free last is used first; each use of an
    //  index has a generation.
    uint32_t free_indices [MODEL_OBJECTS];
    uint32_t free_count;
    uint32_t generations [MODEL_OBJECTS];
    uint32_t used;                         //  indices ever
    model_reply_t replies [MODEL_REPLIES]; //  of the last entry
    size_t reply_count;
};

model_t *model_new (void);
void model_destroy (model_t **self_p);

//  Applies an entry.
void model_apply (model_t *self, uint64_t time_us, const step_t *steps,
                  size_t count);

//  Whether a reply's body is what the model expects: the same error, or the
//  same bytes. Sentences are none of the model's business.
bool model_agrees (const model_reply_t *expected, weir__slice_t body);

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
size_t model_waiting (model_t *self, const model_object_t *object,
                      unsigned line);

//  Ends a wait: with an error / when the request has been answered.
void model_end_wait (model_t *self, model_request_t *request, int error);
void model_resume (model_t *self, model_request_t *request);

//  The directory, and what ends with sessions.
void model_directory (model_t *self, model_request_t *request);
void model_drop (model_t *self, model_object_t *object);
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
void model_list (model_t *self, model_object_t *object,
                 model_request_t *request);
void model_var (model_t *self, model_object_t *object,
                model_request_t *request);
void model_lock (model_t *self, model_object_t *object,
                 model_request_t *request);
void model_queue (model_t *self, model_object_t *object,
                  model_request_t *request);
void model_set (model_t *self, model_object_t *object,
                model_request_t *request);

//  Sets the pairs of a map; false: it is none, or has a wrong key.
bool model_dict_update (model_object_t *self, weir_value_t map);

//  Adds the items of a list to a set; false: it is none, or has a nan in it.
bool model_set_fill (model_object_t *self, weir_value_t list);

//  Makes a queue as the request says; false when it is wrong.
bool model_queue_make (model_object_t *object, const model_request_t *request);

//  The holder of a lock is gone.
void model_abandon (model_t *self, model_object_t *lock);

#endif
