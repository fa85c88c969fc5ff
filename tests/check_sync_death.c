/*  check_sync_death.c - events, semaphores and rwlocks, when those who hold them
    and those who wait at them are killed, and when a thousand wait

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>

#include "shared_kit.h"

enum { ROUNDS = 100, SPIN_US = 2000, PROCESSES = 10, THREADS = 100 };

typedef struct scene {
    weir_owner_t *owner;
    weir_event_t *event;
    weir_semaphore_t *semaphore;
    weir_rwlock_t *lock;
    test_latch_t *ready;
} scene_t;

static void begin (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->event = weir_event_new (scene->owner, "event");
    scene->semaphore =
        weir_semaphore_new_bounded (scene->owner, "semaphore", 2);
    scene->lock = weir_rwlock_new (scene->owner, "rwlock");
    scene->ready = test_latch_new ();
}

static void finish (scene_t *scene)
{
    test_latch_destroy (&scene->ready);
    weir_rwlock_destroy (&scene->lock);
    weir_semaphore_destroy (&scene->semaphore);
    weir_event_destroy (&scene->event);
    shared_owner_end (&scene->owner);
}

//  Does everything over and over, until it is killed: it holds and waits.
static void be_victim (void *arg)
{
    scene_t *scene = arg;
    test_latch_open (scene->ready);
    for (;;) {
        test_must (weir_semaphore_acquire (scene->semaphore, -1) == 0);
        test_must (weir_rwlock_acquire_read (scene->lock, -1) == 0);
        test_must (weir_event_set (scene->event) == 0);
        test_must (weir_rwlock_release (scene->lock) == 0);
        test_must (weir_rwlock_acquire_write (scene->lock, -1) == 0);
        test_must (weir_event_clear (scene->event) == 0);
        test_must (weir_rwlock_release (scene->lock) == 0);
        test_must (weir_semaphore_release (scene->semaphore, 1) == 0);
    }
}

//  Four at once, of whom some hold and some wait, are killed one after the
//  other; all is free again then.
START_TEST (the_killed_hold_nothing_and_hold_nobody_up)
{
    uint64_t random = test_seed ();
    int rounds = _i == SHARED_PROCESS ? ROUNDS : ROUNDS / 5;
    scene_t scene;
    begin (&scene, _i);
    for (int i = 0; i < rounds; i++) {
        pid_t victims [4];
        for (int j = 0; j < 4; j++)
            victims [j] = test_fork (be_victim, &scene);
        ck_assert (test_latch_wait_for (scene.ready, 4 * ((unsigned) i + 1),
                                        TEST_PATIENCE_MS));
        for (int j = 0; j < 4; j++) {
            uint64_t until_us =
                shared_now_us () + test_random_below (&random, SPIN_US);
            while (shared_now_us () < until_us)
                ;
            ck_assert_int_eq (kill (victims [j], SIGKILL), 0);
            ck_assert_int_eq (test_join (victims [j]), -SIGKILL);
        }
        for (int j = 0; j < 2; j++)
            works (weir_semaphore_acquire (scene.semaphore, TEST_PATIENCE_MS));
        refuses (EAGAIN, weir_semaphore_acquire (scene.semaphore, 0));
        works (weir_semaphore_release (scene.semaphore, 2));
        refuses (EOVERFLOW, weir_semaphore_release (scene.semaphore, 1));
        works (weir_rwlock_acquire_write (scene.lock, TEST_PATIENCE_MS));
        works (weir_rwlock_release (scene.lock));
        works (weir_rwlock_acquire_read (scene.lock, 0));
        ck_assert (!weir_rwlock_abandoned (scene.lock));
        ck_assert_int_eq (weir_rwlock_readers (scene.lock), 1);
        works (weir_rwlock_release (scene.lock));
        ck_assert (shared_await_waiters (scene.semaphore, 0));
    }
    finish (&scene);
}
END_TEST

static void *wait_for_event (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_event_wait (scene->event, -1) == 0);
    return NULL;
}

static void *wait_to_read (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_rwlock_acquire_read (scene->lock, -1) == 0);
    test_must (weir_rwlock_release (scene->lock) == 0);
    return NULL;
}

static void run_threads (scene_t *scene, void *(*fn) (void *) )
{
    pthread_t threads [THREADS];
    for (int i = 0; i < THREADS; i++)
        test_must (pthread_create (&threads [i], NULL, fn, scene) == 0);
    for (int i = 0; i < THREADS; i++)
        test_must (pthread_join (threads [i], NULL) == 0);
}

static void wait_many (void *arg)
{
    run_threads (arg, wait_for_event);
}

static void read_many (void *arg)
{
    run_threads (arg, wait_to_read);
}

START_TEST (a_thousand_that_wait_all_go_on)
{
    scene_t scene;
    begin (&scene, SHARED_PROCESS);
    works (weir_rwlock_acquire_write (scene.lock, -1));
    pid_t pids [PROCESSES];
    for (int i = 0; i < PROCESSES; i++)
        pids [i] = test_fork (_i ? read_many : wait_many, &scene);
    ck_assert (shared_await_waiters (
        _i ? (void *) scene.lock : (void *) scene.event, PROCESSES * THREADS));
    works (weir_event_set (scene.event));
    works (weir_rwlock_release (scene.lock));
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    ck_assert (shared_await_waiters (scene.lock, 0));
    ck_assert_int_eq (weir_rwlock_readers (scene.lock), 0);
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("sync death");
    TCase *tcase = test_case (suite, "kills");
    tcase_add_loop_test (tcase, the_killed_hold_nothing_and_hold_nobody_up, 0,
                         SHARED_FORKING_FORMS);
    tcase = test_case (suite, "crowd");
    tcase_add_loop_test (tcase, a_thousand_that_wait_all_go_on, 0, 2);
    return test_main (suite);
}
