/*  check_owner_end.c - the clients of an owner when it ends

    Every waiting call and every later call fails at once with EOWNERDEAD.

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/shared.h"

enum {
    WAITERS = 10,
    //  A program under a sanitizer may be this much slower.
    AT_ONCE_US = TEST_IS_WATCHED ? 4000000 : 1000000
};

//  Half of them wait for a lock, half for a queue; half are threads, half are
//  processes.
typedef struct scene {
    weir_owner_t *owner;
    weir_lock_t *lock;
    weir_queue_t *queue;
    test_latch_t *started;
    pthread_t threads [WAITERS / 2];
    pid_t pids [WAITERS / 2];
} scene_t;

static void wait_for_lock (void *arg)
{
    scene_t *scene = arg;
    test_latch_open (scene->started);
    test_must (weir_lock_acquire (scene->lock, -1) == -1);
    test_must (errno == EOWNERDEAD);
}

static void wait_for_item (void *arg)
{
    scene_t *scene = arg;
    weir_value_t value;
    test_latch_open (scene->started);
    test_must (weir_queue_get (scene->queue, &value, -1) == -1);
    test_must (errno == EOWNERDEAD);
}

static void *lock_thread (void *arg)
{
    wait_for_lock (arg);
    return NULL;
}

static void *item_thread (void *arg)
{
    wait_for_item (arg);
    return NULL;
}

static void begin (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->lock = weir_lock_new (scene->owner, "lock");
    scene->queue = weir_queue_new (scene->owner, "queue", 1);
    scene->started = test_latch_new ();
    works (weir_lock_acquire (scene->lock, -1));
    for (int i = 0; i < WAITERS / 2; i++)
        scene->pids [i] =
            test_fork (i % 2 ? wait_for_lock : wait_for_item, scene);
    for (int i = 0; i < WAITERS / 2; i++)
        scene->threads [i] =
            shared_thread (i % 2 ? item_thread : lock_thread, scene);
    ck_assert (test_latch_wait_for (scene->started, WAITERS, TEST_PATIENCE_MS));
    ck_assert (shared_await_waiting (scene->lock, WAITERS / 2));
}

//  All waiters have been told.
static void see_the_end (scene_t *scene, uint64_t start_us)
{
    for (int i = 0; i < WAITERS / 2; i++) {
        shared_join (scene->threads [i]);
        ck_assert_int_eq (test_join (scene->pids [i]), 0);
    }
    uint64_t took_us = shared_now_us () - start_us;
    printf ("%d waiters were told in %.1f ms\n", WAITERS,
            (double) took_us / 1000);
    ck_assert_uint_lt (took_us, AT_ONCE_US);
    refuses (EOWNERDEAD, weir_lock_release (scene->lock));
    refuses (EOWNERDEAD, weir_lock_acquire (scene->lock, 0));
    refuses (EOWNERDEAD, weir_queue_put (scene->queue, 1, 0));
    ck_assert_int_eq (weir_lock_token (scene->lock), 1);
}

static void finish (scene_t *scene)
{
    weir_lock_destroy (&scene->lock);
    weir_queue_destroy (&scene->queue);
    test_latch_destroy (&scene->started);
}

START_TEST (all_waiters_are_told_when_the_owner_is_killed)
{
    scene_t scene;
    begin (&scene, SHARED_PROCESS);
    uint64_t start_us = shared_now_us ();
    kill (weir_owner_pid (scene.owner), SIGKILL);
    see_the_end (&scene, start_us);
    weir_value_t objects;
    refuses (EOWNERDEAD, weir_owner_objects (scene.owner, &objects));
    refuses_null (EOWNERDEAD, weir_dict_new (scene.owner, "dict"));
    weir_owner_destroy (&scene.owner);
    finish (&scene);
    shared_sweep ();
}
END_TEST

START_TEST (all_waiters_are_told_when_the_owner_is_stopped)
{
    scene_t scene;
    begin (&scene, _i);
    uint64_t start_us = shared_now_us ();
    shared_owner_end (&scene.owner);
    if (_i == SHARED_OPENED)
        //  The handle was destroyed first, and nothing ended with it.
        ck_assert_ptr_null (scene.owner);
    see_the_end (&scene, start_us);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Calls after the end

static void see_all_dead (weir_owner_t *owner, weir_dict_t *dict,
                          weir_list_t *list, weir_var_t *var)
{
    weir_value_t value = weir_value_int (7);
    int64_t integer = 7;
    refuses (EOWNERDEAD, weir_dict_set (dict, 1, 1));
    refuses (EOWNERDEAD, weir_dict_get (dict, 1, &value));
    refuses (EOWNERDEAD, weir_dict_get_or (dict, 1, 2, &value));
    refuses (EOWNERDEAD, weir_dict_size (dict));
    refuses (EOWNERDEAD, weir_dict_print (dict, stdout));
    refuses (EOWNERDEAD, weir_list_append (list, 1));
    refuses (EOWNERDEAD, weir_list_contains (list, 1));
    refuses (EOWNERDEAD, weir_var_get_int (var, &integer));
    refuses (EOWNERDEAD, weir_object_drop (var));
    ck_assert_int_eq (value.integer, 7);
    ck_assert_int_eq (integer, 7);
    //  The facts that the handle itself knows remain.
    ck_assert_str_eq (weir_object_name (dict), "dict");
    ck_assert_ptr_null (weir_object_name (list));
    ck_assert_int_eq (weir_object_reference (var).type, WEIR_REFERENCE);
    weir_dict_t *from = weir_dict_from (weir_object_reference (dict));
    ck_assert_ptr_null (from);
    ck_assert (errno == ENOENT || errno == EOWNERDEAD);
    if (owner) {
        refuses (EOWNERDEAD, weir_owner_objects (owner, &value));
        refuses_null (EOWNERDEAD, weir_list_new (owner, NULL));
        refuses_null (EOWNERDEAD, weir_dict_open (owner, "dict"));
    }
}

static void *see_all_dead_in_thread (void *arg)
{
    void **handles = arg;
    see_all_dead (handles [0], handles [1], handles [2], handles [3]);
    return NULL;
}

static void see_all_dead_in_child (void *arg)
{
    void **handles = arg;
    test_must (weir_dict_set (handles [1], 1, 1) == -1 && errno == EOWNERDEAD);
    test_must (weir_list_size (handles [2]) == -1 && errno == EOWNERDEAD);
}

START_TEST (every_call_fails_after_the_end)
{
    bool killed = _i == SHARED_FORMS;
    weir_owner_t *owner = shared_owner (killed ? SHARED_PROCESS : _i);
    weir_owner_t *other = weir_owner_open (weir_owner_name (owner));
    weir_dict_t *dict = weir_dict_new (owner, "dict");
    weir_list_t *list = weir_list_new (owner, NULL);
    weir_var_t *var = weir_var_new (other, NULL, 1);
    if (killed)
        kill (weir_owner_pid (owner), SIGKILL);
    else
        shared_owner_end (&owner);
    void *handles [] = {other, dict, list, var};
    //  In threads with a link, and in one without; in a child.
    shared_join (shared_thread (see_all_dead_in_thread, handles));
    ck_assert_int_eq (test_join (test_fork (see_all_dead_in_child, handles)),
                      0);
    see_all_dead (owner, dict, list, var);
    see_all_dead (other, dict, list, var);
    weir_var_destroy (&var);
    weir_list_destroy (&list);
    weir_dict_destroy (&dict);
    weir_owner_destroy (&other);
    weir_owner_destroy (&owner);
    shared_sweep ();
}
END_TEST

//  ---------------------------------------------------------------------------
//  Another owner at the same path

typedef struct successor {
    weir_dict_t *old;
    weir_value_t reference;
} successor_t;

static void *use_old_handle (void *arg)
{
    successor_t *successor = arg;
    refuses (EOWNERDEAD, weir_dict_set (successor->old, "mine", false));
    weir_dict_t *from = weir_dict_from (successor->reference);
    ck_assert_ptr_null (from);
    ck_assert (errno == ENOENT || errno == EOWNERDEAD);
    return NULL;
}

static void use_old_handle_in_child (void *arg)
{
    successor_t *successor = arg;
    test_must (weir_dict_set (successor->old, "mine", 0) == -1);
    test_must (errno == EOWNERDEAD);
    test_must (!weir_dict_from (successor->reference));
    test_must (errno == ENOENT || errno == EOWNERDEAD);
}

//  Objects have the same numbers there.
START_TEST (a_handle_never_reaches_another_owner_with_the_same_name)
{
    weir_owner_t *owner = weir_owner_new ("same");
    successor_t successor = {.old = weir_dict_new (owner, "dict")};
    works (weir_value_copy (weir_object_reference (successor.old),
                            &successor.reference));
    kill (weir_owner_pid (owner), SIGKILL);
    ck_assert (test_ends (weir_owner_pid (owner), TEST_PATIENCE_MS));
    weir_owner_t *next =
        _i == 0 ? weir_owner_new ("same") : weir_owner_new_thread ("same");
    exists (next);
    weir_dict_t *dict = weir_dict_new (next, "dict");
    exists (dict);
    //  Threads and children that never called over the old handle, and a thread
    //  that has.
    for (int i = 0; i < 3; i++) {
        shared_join (shared_thread (use_old_handle, &successor));
        ck_assert_int_eq (
            test_join (test_fork (use_old_handle_in_child, &successor)), 0);
    }
    use_old_handle (&successor);
    ck_assert_int_eq (weir_dict_size (dict), 0);
    weir_owner_t *opened = weir_owner_open ("same");
    exists (opened);
    weir_dict_t *other = weir_dict_open (opened, "dict");
    works (weir_dict_set (other, "mine", true));
    ck_assert_int_eq (weir_dict_size (dict), 1);
    weir_value_clear (&successor.reference);
    weir_dict_destroy (&other);
    weir_dict_destroy (&dict);
    weir_owner_destroy (&opened);
    weir_owner_destroy (&owner);
    weir_owner_destroy (&next);
    weir_dict_destroy (&successor.old);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Destroying

enum { HANDLES = 4, ORDERS = 24 };

static void destroy (void *handles [HANDLES], int which)
{
    if (which == 0)
        weir_owner_destroy ((weir_owner_t **) &handles [0]);
    else if (which == 1)
        weir_owner_destroy ((weir_owner_t **) &handles [1]);
    else if (which == 2)
        weir_dict_destroy ((weir_dict_t **) &handles [2]);
    else
        weir_lock_destroy ((weir_lock_t **) &handles [3]);
    ck_assert_ptr_null (handles [which]);
}

START_TEST (handles_are_destroyed_in_every_order)
{
    for (int order = 0; order < ORDERS; order++) {
        weir_owner_t *owner =
            order % 2 ? weir_owner_new (NULL) : weir_owner_new_thread (NULL);
        weir_owner_t *other = weir_owner_open (weir_owner_name (owner));
        void *handles [HANDLES] = {owner, other, weir_dict_new (owner, NULL),
                                   weir_lock_new (other, "lock")};
        works (weir_dict_set (handles [2], 1, 1));
        works (weir_lock_acquire (handles [3], -1));
        int left [HANDLES] = {0, 1, 2, 3}, code = order;
        for (int count = HANDLES; count > 0; count--) {
            int place = code % count;
            code /= count;
            destroy (handles, left [place]);
            memmove (left + place, left + place + 1,
                     (size_t) (count - place - 1) * sizeof *left);
        }
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("owner's end");
    TCase *tcase = test_case (suite, "waiting");
    tcase_add_test (tcase, all_waiters_are_told_when_the_owner_is_killed);
    tcase_add_loop_test (tcase, all_waiters_are_told_when_the_owner_is_stopped,
                         0, SHARED_FORKING_FORMS);
    tcase = test_case (suite, "after");
    tcase_add_loop_test (tcase, every_call_fails_after_the_end, 0,
                         SHARED_FORMS + 1);
    tcase_add_loop_test (
        tcase, a_handle_never_reaches_another_owner_with_the_same_name, 0, 2);
    tcase_add_test (tcase, handles_are_destroyed_in_every_order);
    return test_main (suite);
}
