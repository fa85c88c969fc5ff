/*  check_rwlock.c - rwlock through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "kit/shared.h"

typedef struct scene {
    weir_owner_t *owner;
    weir_rwlock_t *lock;
    weir_lock_t *other;
    test_latch_t *held;
    test_latch_t *done;
} scene_t;

static void begin (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->lock = weir_rwlock_new (scene->owner, "rwlock");
    exists (scene->lock);
    scene->other = weir_lock_new (scene->owner, "other");
    scene->held = test_latch_new ();
    scene->done = test_latch_new ();
}

static void finish (scene_t *scene)
{
    test_latch_destroy (&scene->held);
    test_latch_destroy (&scene->done);
    weir_lock_destroy (&scene->other);
    weir_rwlock_destroy (&scene->lock);
    ck_assert_ptr_null (scene->lock);
    shared_owner_end (&scene->owner);
}

START_TEST (a_thread_reads_or_writes)
{
    scene_t scene;
    begin (&scene, _i);
    refuses_null (EEXIST, weir_rwlock_new (scene.owner, "rwlock"));
    refuses_null (ENOENT, weir_rwlock_open (scene.owner, "none"));
    refuses_null (EINVAL, weir_lock_open (scene.owner, "rwlock"));
    refuses_null (EINVAL, weir_rwlock_open (scene.owner, "other"));
    weir_rwlock_t *again =
        weir_rwlock_from (weir_object_reference (scene.lock));
    exists (again);
    ck_assert_uint_eq (weir_rwlock_token (again), 0);
    for (int i = -1; i < 2; i++)
        works (weir_rwlock_acquire_read (again, i));
    ck_assert_int_eq (weir_rwlock_readers (scene.lock), 1);
    refuses (EDEADLK, weir_rwlock_acquire_write (again, -1));
    refuses (ETIMEDOUT, weir_rwlock_acquire_write (again, 10));
    refuses (EAGAIN, weir_rwlock_acquire_write (again, 0));
    for (int i = -1; i < 2; i++)
        works (weir_rwlock_release (scene.lock));
    refuses (EPERM, weir_rwlock_release (scene.lock));
    for (int i = -1; i < 2; i++) {
        works (weir_rwlock_acquire_write (again, i));
        ck_assert_uint_eq (weir_rwlock_token (again), (unsigned) i + 3);
        ck_assert (!weir_rwlock_abandoned (again));
        ck_assert_int_eq (weir_rwlock_writing (scene.lock), 1);
        ck_assert_int_eq (weir_rwlock_readers (scene.lock), 0);
        ck_assert_int_eq (weir_rwlock_waiting (scene.lock), 0);
        refuses (EDEADLK, weir_rwlock_acquire_read (again, -1));
        refuses (EDEADLK, weir_rwlock_acquire_write (again, -1));
        refuses (EAGAIN, weir_rwlock_acquire_read (again, 0));
        works (weir_rwlock_release (scene.lock));
    }
    weir_rwlock_destroy (&again);
    again = weir_rwlock_open (scene.owner, "rwlock");
    exists (again);
    weir_rwlock_destroy (&again);
    weir_rwlock_destroy (&again);
    weir_rwlock_destroy (NULL);
    finish (&scene);
}
END_TEST

START_TEST (misuse_of_rwlocks_is_refused)
{
    scene_t scene;
    begin (&scene, _i);
    refuses_null (EINVAL, weir_rwlock_new (NULL, "x"));
    refuses_null (EINVAL, weir_rwlock_new (scene.owner, ""));
    refuses_null (EINVAL, weir_rwlock_open (NULL, "x"));
    refuses_null (EINVAL, weir_rwlock_open (scene.owner, NULL));
    refuses_null (EINVAL, weir_rwlock_from (weir_value_nil ()));
    refuses (EINVAL, weir_rwlock_acquire_read (NULL, -1));
    refuses (EINVAL, weir_rwlock_acquire_write (NULL, -1));
    refuses (EINVAL, weir_rwlock_release (NULL));
    refuses (EINVAL, weir_rwlock_writing (NULL));
    refuses (EINVAL, weir_rwlock_readers (NULL));
    refuses (EINVAL, weir_rwlock_waiting (NULL));
    ck_assert (!weir_rwlock_abandoned (NULL));
    ck_assert_uint_eq (weir_rwlock_token (NULL), 0);
    refuses (EINVAL, weir_rwlock_acquire_read (scene.lock, -2));
    refuses (EINVAL, weir_rwlock_acquire_write (scene.lock, INT_MIN));
    ck_assert_int_eq (weir_rwlock_writing (scene.lock), 0);
    works (weir_rwlock_acquire_write (scene.lock, INT_MAX));
    works (weir_lock_guard (scene.other, 1));
    refuses (ESTALE, weir_rwlock_release (scene.lock));
    refuses (ESTALE, weir_rwlock_acquire_read (scene.lock, 0));
    works (weir_lock_guard (scene.other, 0));
    works (weir_rwlock_release (scene.lock));
    finish (&scene);
}
END_TEST

static void *meet_a_reader (void *arg)
{
    scene_t *scene = arg;
    refuses (EAGAIN, weir_rwlock_acquire_write (scene->lock, 0));
    uint64_t start_us = shared_now_us ();
    refuses (ETIMEDOUT, weir_rwlock_acquire_write (scene->lock, 30));
    ck_assert_int_ge (shared_now_us () - start_us, 29000);
    refuses (EPERM, weir_rwlock_release (scene->lock));
    works (weir_rwlock_acquire_read (scene->lock, 0));
    ck_assert_int_eq (weir_rwlock_readers (scene->lock), 2);
    works (weir_rwlock_release (scene->lock));
    return NULL;
}

START_TEST (readers_share_a_lock_while_a_writer_waits)
{
    scene_t scene;
    begin (&scene, _i);
    works (weir_rwlock_acquire_read (scene.lock, -1));
    shared_join (shared_thread (meet_a_reader, &scene));
    works (weir_rwlock_release (scene.lock));
    finish (&scene);
}
END_TEST

static void *read_in_vain (void *arg)
{
    scene_t *scene = arg;
    refuses (ENOENT, weir_rwlock_acquire_read (scene->lock, -1));
    return NULL;
}

static void *write_in_vain (void *arg)
{
    scene_t *scene = arg;
    refuses (ENOENT, weir_rwlock_acquire_write (scene->lock, -1));
    return NULL;
}

START_TEST (dropping_a_rwlock_ends_its_waits)
{
    scene_t scene;
    begin (&scene, _i);
    works (weir_rwlock_acquire_read (scene.lock, -1));
    pthread_t writer = shared_thread (write_in_vain, &scene);
    ck_assert (shared_await_waiters (scene.lock, 1));
    pthread_t reader = shared_thread (read_in_vain, &scene);
    ck_assert (shared_await_waiters (scene.lock, 2));
    works (weir_object_drop (scene.lock));
    shared_join (writer);
    shared_join (reader);
    refuses (ENOENT, weir_rwlock_release (scene.lock));
    refuses (ENOENT, weir_rwlock_acquire_read (scene.lock, 0));
    refuses (ENOENT, weir_rwlock_writing (scene.lock));
    finish (&scene);
}
END_TEST

static void *write_and_end (void *arg)
{
    scene_t *scene = arg;
    works (weir_rwlock_acquire_write (scene->lock, -1));
    return NULL;
}

static void *read_and_end (void *arg)
{
    scene_t *scene = arg;
    works (weir_rwlock_acquire_read (scene->lock, -1));
    works (weir_rwlock_acquire_read (scene->lock, -1));
    return NULL;
}

START_TEST (a_lock_of_an_ended_writer_is_abandoned)
{
    scene_t scene;
    begin (&scene, _i);
    shared_join (shared_thread (read_and_end, &scene));
    works (weir_rwlock_acquire_write (scene.lock, TEST_PATIENCE_MS));
    ck_assert (!weir_rwlock_abandoned (scene.lock));
    works (weir_rwlock_release (scene.lock));
    shared_join (shared_thread (write_and_end, &scene));
    works (weir_rwlock_acquire_read (scene.lock, TEST_PATIENCE_MS));
    ck_assert (weir_rwlock_abandoned (scene.lock));
    works (weir_rwlock_release (scene.lock));
    works (weir_rwlock_acquire_write (scene.lock, 0));
    ck_assert (weir_rwlock_abandoned (scene.lock));
    works (weir_rwlock_release (scene.lock));
    works (weir_rwlock_acquire_read (scene.lock, 0));
    ck_assert (!weir_rwlock_abandoned (scene.lock));
    works (weir_rwlock_release (scene.lock));
    finish (&scene);
}
END_TEST

static void handle (int signal)
{
    (void) signal;
}

static void *write_twice (void *arg)
{
    scene_t *scene = arg;
    refuses (EINTR, weir_rwlock_acquire_write (scene->lock, -1));
    test_latch_open (scene->done);
    ck_assert (test_latch_wait_for (scene->done, 2, TEST_PATIENCE_MS));
    works (weir_rwlock_acquire_write (scene->lock, -1));
    works (weir_rwlock_release (scene->lock));
    return NULL;
}

START_TEST (a_signal_ends_a_wait_without_a_grant)
{
    scene_t scene;
    sigaction (SIGUSR1, &(struct sigaction){.sa_handler = handle}, NULL);
    begin (&scene, _i);
    works (weir_rwlock_acquire_read (scene.lock, -1));
    pthread_t thread = shared_thread (write_twice, &scene);
    ck_assert (shared_await_waiters (scene.lock, 1));
    shared_interrupt (thread, scene.done);
    test_latch_open (scene.done);
    ck_assert (shared_await_waiters (scene.lock, 1));
    works (weir_rwlock_release (scene.lock));
    shared_join (thread);
    finish (&scene);
}
END_TEST

static void read_and_stop (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_rwlock_acquire_read (scene->lock, -1) == 0);
    raise (SIGSTOP);
    test_must (weir_rwlock_release (scene->lock) == 0);
}

static void write_once (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_rwlock_acquire_write (scene->lock, -1) == 0);
    test_must (weir_rwlock_release (scene->lock) == 0);
}

START_TEST (a_stopped_reader_keeps_its_lock_until_it_is_killed_or_resumes)
{
    for (int kills = 0; kills < 2; kills++) {
        scene_t scene;
        begin (&scene, _i);
        pid_t stopped = test_fork (read_and_stop, &scene);
        int status;
        ck_assert_int_eq (waitpid (stopped, &status, WUNTRACED), stopped);
        ck_assert (WIFSTOPPED (status));
        works (weir_rwlock_acquire_read (scene.lock, 0));
        works (weir_rwlock_release (scene.lock));
        pid_t writer = test_fork (write_once, &scene);
        ck_assert (shared_await_waiters (scene.lock, 1));
        refuses (EAGAIN, weir_rwlock_acquire_read (scene.lock, 0));
        kill (stopped, kills ? SIGKILL : SIGCONT);
        ck_assert_int_eq (test_join (stopped), kills ? -SIGKILL : 0);
        ck_assert_int_eq (test_join (writer), 0);
        works (weir_rwlock_acquire_read (scene.lock, 0));
        ck_assert (!weir_rwlock_abandoned (scene.lock));
        works (weir_rwlock_release (scene.lock));
        finish (&scene);
    }
}
END_TEST

static void read_and_want_other (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_rwlock_acquire_read (scene->lock, -1) == 0);
    test_latch_open (scene->held);
    test_must (weir_lock_acquire (scene->other, -1) == 0);
    test_must (weir_lock_release (scene->other) == 0);
    test_must (weir_rwlock_release (scene->lock) == 0);
}

START_TEST (a_writer_that_closes_a_circle_is_refused)
{
    scene_t scene;
    begin (&scene, _i);
    works (weir_lock_acquire (scene.other, -1));
    pid_t pid = test_fork (read_and_want_other, &scene);
    ck_assert (test_latch_wait (scene.held, TEST_PATIENCE_MS));
    ck_assert (shared_await_waiting (scene.other, 1));
    refuses (EAGAIN, weir_rwlock_acquire_write (scene.lock, 0));
    refuses (ETIMEDOUT, weir_rwlock_acquire_write (scene.lock, 10));
    refuses (EDEADLK, weir_rwlock_acquire_write (scene.lock, -1));
    ck_assert_ptr_nonnull (
        strstr (weir_error (), "holds lock 'other'; thread"));
    works (weir_rwlock_acquire_read (scene.lock, -1));
    works (weir_rwlock_release (scene.lock));
    works (weir_lock_release (scene.other));
    works (weir_rwlock_acquire_write (scene.lock, -1));
    works (weir_rwlock_release (scene.lock));
    ck_assert_int_eq (test_join (pid), 0);
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared rwlock");
    TCase *tcase = test_case (suite, "one process");
    tcase_add_loop_test (tcase, a_thread_reads_or_writes, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, misuse_of_rwlocks_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, readers_share_a_lock_while_a_writer_waits, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, dropping_a_rwlock_ends_its_waits, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_lock_of_an_ended_writer_is_abandoned, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_signal_ends_a_wait_without_a_grant, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "processes");
    tcase_add_loop_test (
        tcase, a_stopped_reader_keeps_its_lock_until_it_is_killed_or_resumes, 0,
        SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, a_writer_that_closes_a_circle_is_refused, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
