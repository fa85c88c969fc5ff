/*  check_fork.c - handles made before a fork

    SPDX-License-Identifier: MPL-2.0
*/

#include <dirent.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/shared.h"

typedef struct scene {
    weir_owner_t *owner;
    weir_dict_t *dict;
    weir_list_t *list; //  without a name
    weir_lock_t *lock;
    weir_queue_t *queue;
    test_latch_t *latch;
    int depth;
    int *counts; //  shared memory
} scene_t;

enum { COUNTS = 256 };

static void begin (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->dict = weir_dict_new (scene->owner, "dict");
    scene->list = weir_list_new (scene->owner, NULL);
    scene->lock = weir_lock_new (scene->owner, "lock");
    scene->queue = weir_queue_new (scene->owner, "queue", 0);
    scene->latch = test_latch_new ();
    scene->counts = test_shared (COUNTS * sizeof *scene->counts);
}

static void finish (scene_t *scene)
{
    weir_dict_destroy (&scene->dict);
    weir_list_destroy (&scene->list);
    weir_lock_destroy (&scene->lock);
    weir_queue_destroy (&scene->queue);
    test_latch_destroy (&scene->latch);
    test_unshare (scene->counts, COUNTS * sizeof *scene->counts);
    shared_owner_end (&scene->owner);
}

//  ---------------------------------------------------------------------------
//  Use in children

static void use_all (scene_t *scene)
{
    weir_value_t value;
    test_must (weir_dict_add (scene->dict, "n", 1, NULL) == 0);
    test_must (weir_list_append (scene->list, scene->depth) == 0);
    test_must (weir_lock_acquire (scene->lock, -1) == 0);
    test_must (weir_lock_release (scene->lock) == 0);
    test_must (weir_queue_put (scene->queue, 1, -1) == 0);
    test_must (weir_queue_get (scene->queue, &value, -1) == 0);
    test_must (weir_owner_objects (scene->owner, &value) == 0);
    weir_value_clear (&value);
}

static void use_at_every_depth (void *arg)
{
    scene_t *scene = arg;
    //  On the way down every other generation uses the handles, so that some
    //  use handles that a grandparent made.
    if (scene->depth % 2)
        use_all (scene);
    if (scene->depth++ < 5)
        test_must (test_join (test_fork (use_at_every_depth, scene)) == 0);
    use_all (scene);
}

START_TEST (handles_work_in_children_and_their_children)
{
    scene_t scene;
    begin (&scene, _i);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (test_join (test_fork (use_at_every_depth, &scene)),
                          0);
    int64_t n = 0;
    works (weir_dict_get_int (scene.dict, "n", &n));
    ck_assert_int_eq (n, 3 * 9);
    ck_assert_int_eq (weir_list_size (scene.list), n);
    finish (&scene);
}
END_TEST

static void *echo (void *arg)
{
    scene_t *scene = arg;
    weir_value_t item;
    weir_queue_t *queue = weir_queue_open (scene->owner, "queue");
    weir_queue_t *back = weir_queue_open (scene->owner, "back");
    while (weir_queue_get (queue, &item, -1) == 0)
        works (weir_queue_put (back, item.integer, -1));
    ck_assert_int_eq (errno, ECANCELED);
    weir_queue_destroy (&queue);
    weir_queue_destroy (&back);
    return NULL;
}

static void ask_parent (void *arg)
{
    scene_t *scene = arg;
    weir_value_t item;
    weir_queue_t *back = weir_queue_open (scene->owner, "back");
    test_must (weir_queue_put (scene->queue, scene->depth, -1) == 0);
    test_must (weir_queue_get (back, &item, -1) == 0);
    test_must (item.integer == scene->depth);
    weir_queue_destroy (&back);
}

//  The other thread of the parent is inside a call at each fork.
START_TEST (a_fork_does_not_disturb_a_thread_that_waits)
{
    scene_t scene;
    begin (&scene, _i);
    weir_queue_t *back = weir_queue_new (scene.owner, "back", 0);
    pthread_t thread = shared_thread (echo, &scene);
    for (scene.depth = 0; scene.depth < 50; scene.depth++)
        ck_assert_int_eq (test_join (test_fork (ask_parent, &scene)), 0);
    works (weir_queue_close (scene.queue));
    shared_join (thread);
    weir_queue_destroy (&back);
    finish (&scene);
}
END_TEST

static void *hammer (void *arg)
{
    scene_t *scene = arg;
    int done = 0;
    do
        works (weir_dict_add (scene->dict, "parent", 1, NULL));
    while (++done < 200 || test_latch_count (scene->latch) == 0);
    atomic_fetch_add ((atomic_int *) &scene->counts [0], done);
    return NULL;
}

static void add_some (void *arg)
{
    scene_t *scene = arg;
    for (int i = 0; i < 10; i++)
        test_must (weir_dict_add (scene->dict, "children", 1, NULL) == 0);
}

START_TEST (forks_while_other_threads_call_lose_nothing)
{
    scene_t scene;
    begin (&scene, _i);
    pthread_t threads [4];
    pid_t pids [60];
    uint64_t random = test_seed ();
    for (int i = 0; i < 4; i++)
        threads [i] = shared_thread (hammer, &scene);
    for (int i = 0; i < 60; i++) {
        uint64_t until_us =
            shared_now_us () + test_random_below (&random, 2000);
        while (shared_now_us () < until_us)
            ;
        pids [i] = test_fork (add_some, &scene);
    }
    for (int i = 0; i < 60; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    test_latch_open (scene.latch);
    for (int i = 0; i < 4; i++)
        shared_join (threads [i]);
    int64_t parent = 0, children = 0;
    works (weir_dict_get_int (scene.dict, "parent", &parent));
    works (weir_dict_get_int (scene.dict, "children", &children));
    ck_assert_int_eq (parent, scene.counts [0]);
    ck_assert_int_eq (children, 600);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Sessions

static void meet_parents_lock (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_lock_locked (scene->lock) == 1);
    test_must (weir_lock_release (scene->lock) == -1 && errno == EPERM);
    test_must (weir_lock_acquire (scene->lock, 0) == -1 && errno == EAGAIN);
    test_must (weir_lock_acquire (scene->lock, 1) == -1 && errno == ETIMEDOUT);
}

static void end_with_lock (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_lock_acquire (scene->lock, -1) == 0);
}

START_TEST (a_forked_child_does_not_hold_its_parents_lock)
{
    scene_t scene;
    begin (&scene, _i);
    works (weir_lock_acquire (scene.lock, -1));
    ck_assert_int_eq (test_join (test_fork (meet_parents_lock, &scene)), 0);
    ck_assert_int_eq (weir_lock_locked (scene.lock), 1);
    works (weir_lock_release (scene.lock));
    ck_assert_int_eq (test_join (test_fork (end_with_lock, &scene)), 0);
    works (weir_lock_acquire (scene.lock, -1));
    ck_assert (weir_lock_abandoned (scene.lock));
    works (weir_lock_release (scene.lock));
    finish (&scene);
}
END_TEST

static void make_and_end (void *arg)
{
    scene_t *scene = arg;
    weir_list_t *list = weir_list_new (scene->owner, NULL);
    test_must (list && weir_list_append (list, 1) == 0);
    test_must (
        weir_dict_set (scene->dict, "list", weir_object_reference (list)) == 0);
    //  The parent's holds stay with the parent.
    weir_list_destroy (&scene->list);
    weir_dict_destroy (&scene->dict);
}

static bool is_gone (void *arg)
{
    scene_t *scene = arg;
    weir_value_t reference;
    works (weir_dict_get (scene->dict, "list", &reference));
    weir_list_t *list = weir_list_from (reference);
    bool gone = !list && errno == ENOENT;
    ck_assert (gone || list);
    weir_list_destroy (&list);
    weir_value_clear (&reference);
    return gone;
}

START_TEST (unnamed_objects_end_with_their_creators_session)
{
    scene_t scene;
    begin (&scene, _i);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq (test_join (test_fork (make_and_end, &scene)), 0);
        ck_assert (shared_await (is_gone, &scene));
        works (weir_list_append (scene.list, i));
    }
    ck_assert_int_eq (weir_list_size (scene.list), 5);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Descriptors

//  Returns the number of sockets of this process.
static int count_sockets (void)
{
    int count = 0;
    DIR *directory = opendir ("/proc/self/fd");
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL) {
        char name [20] = "";
        ssize_t size = readlinkat (dirfd (directory), entry->d_name, name,
                                   sizeof name - 1);
        count += size > 0 && strncmp (name, "socket:", 7) == 0;
    }
    closedir (directory);
    return count;
}

static void leave_grandchild (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_lock_acquire (scene->lock, -1) == 0);
    pid_t pid = fork ();
    if (pid == 0) {
        scene->counts [1] = getpid ();
        scene->counts [2] = count_sockets ();
        test_latch_open (scene->latch);
        test_latch_wait_for (scene->latch, 2 * (unsigned) scene->depth + 2,
                             TEST_PATIENCE_MS);
        _exit (0);
    }
    for (;;)
        pause ();
}

//  Measures the time until the lock of a killed child is ours, while its own
//  child lives on.
static uint64_t bury_child (scene_t *scene, int sockets)
{
    pid_t child = test_fork (leave_grandchild, scene);
    ck_assert (test_latch_wait_for (
        scene->latch, 2 * (unsigned) scene->depth + 1, TEST_PATIENCE_MS));
    ck_assert_int_eq (scene->counts [2], sockets);
    uint64_t start_us = shared_now_us ();
    test_kill (child);
    works (weir_lock_acquire (scene->lock, -1));
    uint64_t took_us = shared_now_us () - start_us;
    ck_assert (weir_lock_abandoned (scene->lock));
    ck_assert (!test_ends (scene->counts [1], 0));
    test_latch_open (scene->latch);
    ck_assert (test_ends (scene->counts [1], TEST_PATIENCE_MS));
    works (weir_lock_release (scene->lock));
    return took_us;
}

START_TEST (no_connection_survives_in_a_grandchild)
{
    int sockets = count_sockets ();
    scene_t scene;
    begin (&scene, _i);
    //  With a surviving connection, the owner would wait a second for its
    //  frames, each time. On a busy machine, one or two rounds may take as
    //  long.
    while (bury_child (&scene, sockets) >= 900000)
        ck_assert_int_lt (++scene.depth, 10);
    finish (&scene);
}
END_TEST

static void count_descriptors (void *arg)
{
    scene_t *scene = arg;
    scene->counts [scene->depth] = shared_descriptors (0);
    if (scene->depth % 20 == 0)
        use_all (scene);
}

static bool has_as_before (void *arg)
{
    scene_t *scene = arg;
    use_all (scene);
    return shared_descriptors (0) == scene->counts [255];
}

START_TEST (descriptors_do_not_add_up_over_forks)
{
    scene_t scene;
    begin (&scene, _i);
    use_all (&scene);
    scene.counts [255] = shared_descriptors (0);
    for (scene.depth = 0; scene.depth < 200; scene.depth++)
        ck_assert_int_eq (test_join (test_fork (count_descriptors, &scene)), 0);
    for (int i = 1; i < 200; i++)
        ck_assert_int_le (scene.counts [i], scene.counts [0]);
    ck_assert_int_le (scene.counts [0], scene.counts [255]);
    ck_assert (shared_await (has_as_before, &scene));
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared fork");
    TCase *tcase = test_case (suite, "use");
    tcase_add_loop_test (tcase, handles_work_in_children_and_their_children, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_fork_does_not_disturb_a_thread_that_waits, 0,
                         SHARED_FORKING_FORMS);
    if (SHARED_FORKING_FORMS == SHARED_FORMS)
        tcase_add_loop_test (tcase, forks_while_other_threads_call_lose_nothing,
                             0, SHARED_FORMS);
    tcase = test_case (suite, "sessions");
    tcase_add_loop_test (tcase, a_forked_child_does_not_hold_its_parents_lock,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, unnamed_objects_end_with_their_creators_session,
                         0, SHARED_FORMS);
    tcase = test_case (suite, "descriptors");
    tcase_add_loop_test (tcase, no_connection_survives_in_a_grandchild, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, descriptors_do_not_add_up_over_forks, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
