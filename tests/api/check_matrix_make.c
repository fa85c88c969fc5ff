/*  check_matrix_make.c - the matrix of creators of objects of every kind

    The victim creates an object with a name and one without, and passes a
    reference to the unnamed one to the others. They wait at it; only the victim
    could resume them. An unnamed object ends with the process of its creator,
    and its waiters are told. A named one stays.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/matrix.h"

//  A kind, as functions over any handle. `make` also holds an unnamed object,
//  if a link can hold it.
typedef struct class {
    void *(*make) (const char *name);
    void *(*from) (weir_value_t reference);
    void (*free) (void *object);
    int (*wait) (void *object);
} class_t;

static const class_t *class;
static weir_owner_t *owner;
static weir_lock_t *lock;       //  of conditions
static weir_list_t *shown;      //  a reference to the unnamed object
static void *named, *temporary; //  the victim's

//  ---------------------------------------------------------------------------
//  Steps

//  Deeds 0 are objects with a name, deeds 1 the drops of these.
static void clean_up (matrix_actor_t *me)
{
    if (temporary) {
        test_must (weir_object_drop (temporary) == 0);
        class->free (temporary);
    }
    temporary = NULL;
    if (!named)
        return;
    matrix_begin (me, 1);
    test_must (weir_object_drop (named) == 0);
    matrix_done (me, 1);
    class->free (named);
    named = NULL;
}

static bool make (matrix_actor_t *me)
{
    char name [24];
    clean_up (me);
    snprintf (name, sizeof name, "made-%d", matrix_begin (me, 0));
    named = class->make (name);
    test_must (named != NULL);
    matrix_done (me, 0);
    matrix_moment (me);
    temporary = class->make (NULL);
    test_must (temporary != NULL);
    test_must (weir_list_set (shown, 0, weir_object_reference (temporary)) ==
               0);
    matrix_moment (me);
    bool over = matrix_over ();
    if (over)
        clean_up (me);
    return !over;
}

//  Waits until the object no longer exists.
static bool use (matrix_actor_t *me)
{
    weir_value_t reference;
    test_must (weir_list_get (shown, 0, &reference) == 0);
    if (reference.type == WEIR_REFERENCE) {
        void *object = class->from (reference);
        test_must ((object && class->wait (object) == 0) || errno == ENOENT);
        if (object)
            class->free (object);
    }
    weir_value_clear (&reference);
    matrix_moment (me);
    return !matrix_over ();
}

//  ---------------------------------------------------------------------------
//  Checks

//  Counts the objects with a name. No object without a name may be left.
static int count_named (void)
{
    weir_value_t objects;
    int count = 0;
    works (weir_owner_objects (owner, &objects));
    for (uint32_t i = 0; i < objects.size; i++) {
        const weir_value_t *name = &objects.items [i].items [2];
        ck_assert_int_eq (name->type, WEIR_STRING);
        count += name->size > 5 && memcmp (name->string, "made-", 5) == 0;
    }
    weir_value_clear (&objects);
    return count;
}

//  An object that is left is one whose creator was killed before the drop.
static void check (matrix_actor_t *actors)
{
    matrix_actor_t *victim = &actors [MATRIX_VICTIM];
    int made = atomic_load (&victim->sent [0]);
    int left = count_named ();
    ck_assert_int_ge (left, atomic_load (&victim->acked [0]) -
                                atomic_load (&victim->sent [1]));
    ck_assert_int_le (left, made - atomic_load (&victim->acked [1]));
    //  The numbers continue.
    atomic_store (&victim->acked [0], made);
    atomic_store (&victim->sent [1], made - left);
    atomic_store (&victim->acked [1], made - left);
    works (weir_list_set (shown, 0, weir_value_nil ()));
    matrix_ck_idle (lock);
}

static void begin (weir_owner_t *of, const class_t *of_class)
{
    owner = of;
    class = of_class;
    exists (shown = weir_list_new (owner, "shown"));
    works (weir_list_append (shown, weir_value_nil ()));
    exists (lock = weir_lock_new (owner, "lock"));
}

static void end (void)
{
    weir_list_destroy (&shown);
    weir_lock_destroy (&lock);
}

//  ---------------------------------------------------------------------------
//  Kinds

static weir_lock_t *held (weir_lock_t *self, const char *name)
{
    test_must (self && (name || weir_lock_acquire (self, -1) == 0));
    return self;
}

static weir_rwlock_t *written (weir_rwlock_t *self, const char *name)
{
    test_must (self && (name || weir_rwlock_acquire_write (self, -1) == 0));
    return self;
}

static int wait_for_lock (weir_lock_t *self)
{
    int rc = weir_lock_acquire (self, -1);
    return rc == 0 ? weir_lock_release (self) : rc;
}

static int wait_to_read (weir_rwlock_t *self)
{
    int rc = weir_rwlock_acquire_read (self, -1);
    return rc == 0 ? weir_rwlock_release (self) : rc;
}

static int wait_for_notice (weir_condition_t *self)
{
    test_must (weir_lock_acquire (lock, -1) == 0);
    int rc = weir_condition_wait (self, lock, -1);
    int error = errno;
    test_must (weir_lock_release (lock) == 0);
    errno = error;
    return rc;
}

static int wait_for_item (weir_queue_t *self)
{
    weir_value_t item;
    return weir_queue_get (self, &item, -1);
}

static int size_of (int64_t size)
{
    return size < 0 ? -1 : 0;
}

#define CLASS(class, type, make, wait)                                       \
    static void *class##_make (const char *name)                             \
    {                                                                        \
        return make;                                                         \
    }                                                                        \
    static void *class##_from (weir_value_t reference)                       \
    {                                                                        \
        return weir_##type##_from (reference);                               \
    }                                                                        \
    static void class##_free (void *object)                                  \
    {                                                                        \
        weir_##type##_t *self = object;                                      \
        weir_##type##_destroy (&self);                                       \
    }                                                                        \
    static int class##_wait (void *object)                                   \
    {                                                                        \
        weir_##type##_t *self = object;                                      \
        return wait;                                                         \
    }                                                                        \
    static void class##_begin (weir_owner_t *of)                             \
    {                                                                        \
        static const class_t it = {class##_make, class##_from, class##_free, \
                                   class##_wait};                            \
        begin (of, &it);                                                     \
    }                                                                        \
    static const matrix_kind_t class##_kind = {#class, class##_begin, check, \
                                               end};

CLASS (dict, dict, weir_dict_new (owner, name), size_of (weir_dict_size (self)))
CLASS (names, namespace, weir_namespace_new (owner, name),
       size_of (weir_namespace_has (self, "x")))
CLASS (list, list, weir_list_new (owner, name),
       weir_list_pop_wait (self, 0, NULL, -1))
CLASS (set, set, weir_set_new (owner, name), size_of (weir_set_size (self)))
CLASS (array, array, weir_array_new (owner, name, WEIR_I8, 3),
       size_of (weir_array_size (self)))
CLASS (var, var, weir_var_new (owner, name, weir_value_int (0)),
       weir_var_wait_equal (self, 1, NULL, -1))
CLASS (lock, lock, held (weir_lock_new (owner, name), name),
       wait_for_lock (self))
CLASS (rlock, lock, held (weir_rlock_new (owner, name), name),
       wait_for_lock (self))
CLASS (rwlock, rwlock, written (weir_rwlock_new (owner, name), name),
       wait_to_read (self))
CLASS (semaphore, semaphore, weir_semaphore_new (owner, name, 0),
       weir_semaphore_acquire (self, -1))
CLASS (bounded, semaphore, weir_semaphore_new_bounded (owner, name, 0),
       weir_semaphore_acquire (self, -1))
CLASS (condition, condition, weir_condition_new (owner, name, lock),
       wait_for_notice (self))
CLASS (event, event, weir_event_new (owner, name), weir_event_wait (self, -1))
CLASS (barrier, barrier, weir_barrier_new (owner, name, 3),
       size_of (weir_barrier_wait (self, -1)))
CLASS (fifo, queue, weir_queue_new (owner, name, 0), wait_for_item (self))
CLASS (lifo, queue, weir_queue_new_lifo (owner, name, 0), wait_for_item (self))
CLASS (priority, queue, weir_queue_new_priority (owner, name, 0),
       wait_for_item (self))

#define ROW(class)                                                  \
    {                                                               \
        &class##_kind, "maker", make, {use, use}, MATRIX_COUNTED_ON \
    }

static const matrix_row_t rows [] = {
    ROW (dict),    ROW (names),     ROW (list),  ROW (set),     ROW (array),
    ROW (var),     ROW (lock),      ROW (rlock), ROW (rwlock),  ROW (semaphore),
    ROW (bounded), ROW (condition), ROW (event), ROW (barrier), ROW (fifo),
    ROW (lifo),    ROW (priority),
};

int main (void)
{
    return matrix_main ("matrix of makers", rows, sizeof rows / sizeof *rows);
}
