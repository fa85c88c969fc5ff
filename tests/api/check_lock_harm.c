/*  check_lock_harm.c - locks with late holders and deadlocks

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "kit/shared.h"

typedef struct scene {
    weir_owner_t *owner;
    weir_lock_t *a;
    weir_lock_t *b;
    weir_dict_t *dict;
    test_latch_t *held;
    test_latch_t *go;
} scene_t;

static void begin (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->a = weir_lock_new (scene->owner, "a");
    scene->b = weir_rlock_new (scene->owner, "b");
    scene->dict = weir_dict_new (scene->owner, "dict");
    scene->held = test_latch_new ();
    scene->go = test_latch_new ();
}

static void finish (scene_t *scene)
{
    test_latch_destroy (&scene->held);
    test_latch_destroy (&scene->go);
    weir_dict_destroy (&scene->dict);
    weir_lock_destroy (&scene->b);
    weir_lock_destroy (&scene->a);
    shared_owner_end (&scene->owner);
}

static bool fails (int error, int rc)
{
    return rc == -1 && errno == error;
}

static void come_late (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_lock_acquire_lease (scene->a, 60000, -1) == 0);
    test_must (weir_dict_set (scene->dict, "by", "child") == 0);
    test_must (weir_lock_renew (scene->a, 1) == 0);
    raise (SIGSTOP);
    test_must (fails (ESTALE, weir_dict_set (scene->dict, "by", "late")));
    test_must (strstr (weir_error (), "grant 1 of lock 'a'") != NULL);
    test_must (fails (ESTALE, weir_dict_add (scene->dict, "n", 1, NULL)));
    test_must (weir_dict_contains (scene->dict, "by") == 1);
    test_must (fails (ESTALE, weir_lock_renew (scene->a, 100)));
    test_must (fails (ESTALE, weir_lock_release (scene->a)));
    //  The thread that gave up can continue.
    test_must (weir_dict_set (scene->dict, "after", 1) == 0);
}

START_TEST (a_paused_holder_whose_lease_ran_out_can_change_nothing)
{
    scene_t scene;
    begin (&scene, _i);
    pid_t pid = test_fork (come_late, &scene);
    int status;
    ck_assert_int_eq (waitpid (pid, &status, WUNTRACED), pid);
    ck_assert (WIFSTOPPED (status));
    works (weir_lock_acquire (scene.a, TEST_PATIENCE_MS));
    ck_assert (weir_lock_abandoned (scene.a));
    ck_assert_uint_eq (weir_lock_token (scene.a), 2);
    works (weir_dict_set (scene.dict, "by", "parent"));
    kill (pid, SIGCONT);
    ck_assert_int_eq (test_join (pid), 0);
    weir_value_t items;
    works (weir_dict_items (scene.dict, &items));
    equals (&items, "{'by': 'parent', 'after': 1}");
    works (weir_lock_release (scene.a));
    finish (&scene);
}
END_TEST

static void *use_grant (void *arg)
{
    scene_t *scene = arg;
    works (weir_lock_guard (scene->a, weir_lock_token (scene->a)));
    works (weir_dict_set (scene->dict, "n", 1));
    test_latch_open (scene->held);
    ck_assert (test_latch_wait (scene->go, TEST_PATIENCE_MS));
    refuses (ESTALE, weir_dict_set (scene->dict, "n", 2));
    works (weir_lock_guard (scene->a, 0));
    works (weir_dict_set (scene->dict, "n", 3));
    return NULL;
}

START_TEST (a_grant_guards_every_thread_that_uses_its_token)
{
    scene_t scene;
    begin (&scene, _i);
    works (weir_lock_acquire (scene.a, -1));
    pthread_t thread = shared_thread (use_grant, &scene);
    ck_assert (test_latch_wait (scene.held, TEST_PATIENCE_MS));
    works (weir_lock_release (scene.a));
    works (weir_lock_acquire (scene.a, -1));
    test_latch_open (scene.go);
    shared_join (thread);
    works (weir_lock_release (scene.a));
    finish (&scene);
}
END_TEST

static weir_queue_t *empty, *full;
static weir_list_t *list;

static void guard_by_a (scene_t *scene)
{
    works (weir_lock_guard (scene->a, weir_lock_token (scene->a)));
}

static void *get_late (void *scene)
{
    weir_value_t item;
    guard_by_a (scene);
    refuses (ESTALE, weir_queue_get (empty, &item, -1));
    return NULL;
}

static void *put_late (void *scene)
{
    guard_by_a (scene);
    refuses (ESTALE, weir_queue_put (full, 2, -1));
    return NULL;
}

static void *pop_late (void *scene)
{
    weir_value_t item;
    guard_by_a (scene);
    refuses (ESTALE, weir_list_pop_wait (list, 0, &item, -1));
    return NULL;
}

//  The guard has ended when the wait succeeds.
START_TEST (a_wait_that_times_out_changes_nothing)
{
    scene_t scene;
    weir_value_t item;
    begin (&scene, _i);
    empty = weir_queue_new (scene.owner, "empty", 0);
    full = weir_queue_new (scene.owner, "full", 1);
    list = weir_list_new (scene.owner, "list");
    works (weir_queue_put (full, 1, 0));
    works (weir_lock_acquire (scene.a, -1));
    pthread_t getter = shared_thread (get_late, &scene);
    pthread_t putter = shared_thread (put_late, &scene);
    pthread_t popper = shared_thread (pop_late, &scene);
    ck_assert (shared_await_waiters (empty, 1));
    ck_assert (shared_await_waiters (full, 1));
    ck_assert (shared_await_waiters (list, 1));
    works (weir_lock_release (scene.a));
    works (weir_queue_put (empty, 7, 0));
    works (weir_queue_get (full, &item, 0));
    works (weir_list_append (list, 8));
    shared_join (getter);
    shared_join (putter);
    shared_join (popper);
    works (weir_queue_get (empty, &item, 0));
    refuses (EAGAIN, weir_queue_get (full, &item, 0));
    ck_assert_int_eq (weir_list_size (list), 1);
    weir_queue_destroy (&empty);
    weir_queue_destroy (&full);
    weir_list_destroy (&list);
    finish (&scene);
}
END_TEST

static void hold_b_want_a (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_lock_acquire (scene->b, -1) == 0);
    test_must (weir_lock_acquire (scene->b, -1) == 0);
    test_latch_open (scene->held);
    test_must (weir_lock_acquire (scene->a, -1) == 0);
    test_must (weir_lock_release (scene->a) == 0);
    test_must (weir_lock_release (scene->b) == 0);
    test_must (weir_lock_release (scene->b) == 0);
}

START_TEST (a_deadlock_of_two_processes_is_reported)
{
    scene_t scene;
    begin (&scene, _i);
    works (weir_lock_acquire (scene.a, -1));
    pid_t pid = test_fork (hold_b_want_a, &scene);
    ck_assert (test_latch_wait (scene.held, TEST_PATIENCE_MS));
    ck_assert (shared_await_waiting (scene.a, 1));
    refuses (EAGAIN, weir_lock_acquire (scene.b, 0));
    char wanted [100];
    snprintf (wanted, sizeof wanted,
              "holds lock 'a'; thread 1 of process %d waits for it and "
              "holds rlock 'b'",
              (int) pid);
    refuses (ETIMEDOUT, weir_lock_acquire (scene.b, 10));
    ck_assert_msg (strstr (weir_error (), wanted) != NULL, "%s", weir_error ());
    refuses (EDEADLK, weir_lock_acquire (scene.b, -1));
    ck_assert_msg (strstr (weir_error (), wanted) != NULL, "%s", weir_error ());
    weir_value_t info;
    works (weir_object_info (scene.b, &info));
    const weir_value_t *holders =
        weir_value_find (info, weir_value_string ("holders"));
    ck_assert (holders && holders->size == 1);
    ck_assert_int_eq (
        weir_value_find (holders->items [0], weir_value_string ("pid"))
            ->integer,
        pid);
    ck_assert_int_eq (
        weir_value_find (holders->items [0], weir_value_string ("count"))
            ->integer,
        2);
    weir_value_clear (&info);
    works (weir_lock_release (scene.a));
    works (weir_lock_acquire (scene.b, TEST_PATIENCE_MS));
    works (weir_lock_release (scene.b));
    ck_assert_int_eq (test_join (pid), 0);
    finish (&scene);
}
END_TEST

START_TEST (an_rlock_is_a_lock_by_reference)
{
    scene_t scene;
    begin (&scene, _i);
    weir_lock_t *again = weir_lock_from (weir_object_reference (scene.b));
    exists (again);
    works (weir_lock_acquire (again, 0));
    works (weir_lock_acquire (scene.b, 0));
    ck_assert_int_eq (weir_lock_locked (again), 1);
    weir_lock_t *opened = weir_rlock_open (scene.owner, "b");
    exists (opened);
    refuses_null (EINVAL, weir_lock_open (scene.owner, "b"));
    refuses_null (EINVAL, weir_rlock_open (scene.owner, "a"));
    works (weir_lock_release (opened));
    works (weir_lock_release (opened));
    refuses (EPERM, weir_lock_release (opened));
    weir_lock_destroy (&opened);
    weir_lock_destroy (&again);
    finish (&scene);
}
END_TEST

START_TEST (bad_leases_guards_and_infos_are_refused)
{
    scene_t scene;
    weir_value_t info;
    begin (&scene, _i);
    refuses (EINVAL, weir_lock_acquire_lease (NULL, 1, 0));
    refuses (EINVAL, weir_lock_acquire_lease (scene.a, 0, 0));
    refuses (EINVAL, weir_lock_acquire_lease (scene.a, -1, 0));
    refuses (EINVAL, weir_lock_acquire_lease (scene.a, 1, -2));
    refuses (EPERM, weir_lock_renew (scene.a, 1));
    refuses (EINVAL, weir_lock_guard (NULL, 1));
    refuses (EINVAL, weir_object_info (NULL, &info));
    refuses (EINVAL, weir_object_info (scene.a, NULL));
    works (weir_lock_acquire (scene.a, 0));
    refuses (EINVAL, weir_lock_renew (scene.a, 1));
    works (weir_lock_release (scene.a));
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("lock harm");
    TCase *tcase = test_case (suite, "processes");
    tcase_add_loop_test (tcase,
                         a_paused_holder_whose_lease_ran_out_can_change_nothing,
                         0, SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, a_deadlock_of_two_processes_is_reported, 0,
                         SHARED_FORKING_FORMS);
    tcase = test_case (suite, "threads");
    tcase_add_loop_test (tcase, a_wait_that_times_out_changes_nothing, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_grant_guards_every_thread_that_uses_its_token,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, an_rlock_is_a_lock_by_reference, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, bad_leases_guards_and_infos_are_refused, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
