/*  check_select.c - readiness of each kind of source

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/select.h"

static weir_owner_t *owner;
static weir_select_t *set;

static void begin (int form)
{
    owner = shared_owner (form);
    set = weir_select_new ();
    exists (set);
}

static void end (void)
{
    weir_select_destroy (&set);
    ck_assert_ptr_null (set);
    shared_owner_end (&owner);
}

//  ---------------------------------------------------------------------------
//  Objects

START_TEST (a_queue_can_be_ready_in_three_ways)
{
    begin (_i);
    weir_queue_t *queue = weir_queue_new (owner, "q", 1);
    weir_value_t item;
    ck_assert_int_eq (weir_select_add (set, queue, WEIR_READY_GET), 0);
    select_is_idle (set);
    works (weir_queue_put (queue, 1, 0));
    select_tells (set, 0);
    ck_assert_int_eq (weir_select_add (set, queue, WEIR_READY_PUT), 1);
    ck_assert_int_eq (weir_select_add (set, queue, WEIR_READY_JOIN), 2);
    works (weir_select_remove (set, 0));
    select_is_idle (set);
    works (weir_queue_get (queue, &item, 0));
    select_tells (set, 1);
    works (weir_select_remove (set, 1));
    select_is_idle (set);
    works (weir_queue_task_done (queue));
    select_tells (set, 2);
    works (weir_select_remove (set, 2));
    ck_assert_int_eq (weir_select_add (set, queue, WEIR_READY_CHANGE), 0);
    select_is_idle (set);
    works (weir_queue_put (queue, 1, 0));
    ck_assert_int_eq (weir_select_wait (set, TEST_PATIENCE_MS), 0);
    weir_queue_destroy (&queue);
    end ();
}
END_TEST

START_TEST (locks_and_the_like_are_ready_when_they_are_free)
{
    begin (_i);
    weir_lock_t *lock = weir_lock_new (owner, "l");
    weir_lock_t *rlock = weir_rlock_new (owner, "r");
    weir_semaphore_t *semaphore = weir_semaphore_new (owner, "s", 0);
    works (weir_lock_acquire (lock, 0));
    works (weir_lock_acquire (rlock, 0));
    ck_assert_int_eq (weir_select_add (set, lock, WEIR_READY_ACQUIRE), 0);
    ck_assert_int_eq (weir_select_add (set, rlock, WEIR_READY_ACQUIRE), 1);
    ck_assert_int_eq (weir_select_add (set, semaphore, WEIR_READY_ACQUIRE), 2);
    select_is_idle (set);
    works (weir_lock_release (lock));
    select_tells (set, 0);
    works (weir_lock_acquire (lock, 0));
    select_is_idle (set);
    works (weir_lock_release (rlock));
    select_tells (set, 1);
    works (weir_lock_acquire (rlock, 0));
    works (weir_semaphore_release (semaphore, 1));
    select_tells (set, 2);
    weir_lock_destroy (&lock);
    weir_lock_destroy (&rlock);
    weir_semaphore_destroy (&semaphore);
    end ();
}
END_TEST

START_TEST (a_rwlock_is_ready_to_be_read_or_to_be_written)
{
    begin (_i);
    weir_rwlock_t *lock = weir_rwlock_new (owner, "l");
    works (weir_rwlock_acquire_write (lock, 0));
    int reads = weir_select_add (set, lock, WEIR_READY_ACQUIRE_READ);
    select_is_idle (set);
    works (weir_rwlock_release (lock));
    works (weir_rwlock_acquire_read (lock, 0));
    select_tells (set, reads);
    works (weir_select_remove (set, reads));
    int writes = weir_select_add (set, lock, WEIR_READY_ACQUIRE_WRITE);
    select_is_idle (set);
    works (weir_rwlock_release (lock));
    select_tells (set, writes);
    weir_rwlock_destroy (&lock);
    end ();
}
END_TEST

START_TEST (an_event_is_ready_when_it_is_set)
{
    begin (_i);
    weir_event_t *event = weir_event_new (owner, "e");
    ck_assert_int_eq (weir_select_add (set, event, WEIR_READY_WAIT), 0);
    select_is_idle (set);
    works (weir_event_set (event));
    select_tells (set, 0);
    works (weir_event_clear (event));
    select_is_idle (set);
    weir_event_destroy (&event);
    end ();
}
END_TEST

//  A change is reported once.
START_TEST (data_objects_are_ready_when_they_have_changed)
{
    begin (_i);
    weir_dict_t *dict = weir_dict_new (owner, "d");
    weir_var_t *var = weir_var_new (owner, "v", 0);
    weir_list_t *list = weir_list_new (owner, "l");
    weir_value_t item;
    works (weir_dict_set (dict, "before", 1));
    ck_assert_int_eq (weir_select_add (set, dict, WEIR_READY_CHANGE), 0);
    ck_assert_int_eq (weir_select_add (set, var, WEIR_READY_CHANGE), 1);
    ck_assert_int_eq (weir_select_add (set, list, WEIR_READY_POP), 2);
    select_is_idle (set);
    works (weir_dict_set (dict, "k", 1));
    ck_assert_int_eq (weir_select_wait (set, TEST_PATIENCE_MS), 0);
    select_is_idle (set);
    works (weir_var_add (var, 1, NULL));
    ck_assert_int_eq (weir_select_wait (set, TEST_PATIENCE_MS), 1);
    select_is_idle (set);
    works (weir_list_append (list, 5));
    select_tells (set, 2);
    works (weir_list_pop_wait (list, 0, &item, 0));
    select_is_idle (set);
    weir_dict_destroy (&dict);
    weir_var_destroy (&var);
    weir_list_destroy (&list);
    end ();
}
END_TEST

//  A call that would fail does not wait.
START_TEST (an_ended_source_is_ready)
{
    begin (_i);
    weir_queue_t *queue = weir_queue_new (owner, "q", 1);
    weir_event_t *event = weir_event_new (owner, "e");
    weir_dict_t *dict = weir_dict_new (owner, "d");
    weir_value_t item;
    ck_assert_int_eq (weir_select_add (set, queue, WEIR_READY_GET), 0);
    ck_assert_int_eq (weir_select_add (set, event, WEIR_READY_WAIT), 1);
    ck_assert_int_eq (weir_select_add (set, dict, WEIR_READY_CHANGE), 2);
    select_is_idle (set);
    works (weir_queue_close (queue));
    select_tells (set, 0);
    refuses (ECANCELED, weir_queue_get (queue, &item, 0));
    works (weir_select_remove (set, 0));
    works (weir_object_drop (event));
    select_tells (set, 1);
    refuses (ENOENT, weir_event_wait (event, 0));
    works (weir_select_remove (set, 1));
    works (weir_object_drop (dict));
    select_tells (set, 2);
    refuses (ENOENT, weir_select_add (set, dict, WEIR_READY_CHANGE));
    weir_queue_destroy (&queue);
    weir_event_destroy (&event);
    weir_dict_destroy (&dict);
    end ();
}
END_TEST

//  ---------------------------------------------------------------------------
//  Others

static void open_pipe (weir_pipe_t **a, weir_pipe_t **b, int flags)
{
    works (weir_pipe_new (a, b, flags));
    works (weir_pipe_set_limit (*a, 1));
}

START_TEST (a_pipe_is_ready_to_receive_or_to_send)
{
    weir_pipe_t *a, *b;
    weir_value_t value;
    begin (SHARED_PROCESS);
    open_pipe (&a, &b, _i);
    int receives = weir_select_add_pipe (set, a, WEIR_READY_RECV);
    select_is_idle (set);
    works (weir_pipe_send (b, 1, 0));
    select_tells (set, receives);
    int sends = weir_select_add_pipe (set, b, WEIR_READY_SEND);
    works (weir_select_remove (set, receives));
    select_is_idle (set);
    works (weir_pipe_recv (a, &value, 0));
    select_tells (set, sends);
    works (weir_pipe_close (a));
    select_tells (set, sends);
    refuses (EPIPE, weir_pipe_send (b, 1, 0));
    weir_pipe_destroy (&a);
    weir_pipe_destroy (&b);
    end ();
}
END_TEST

//  The value is under way, but nobody waits longer than a moment for it.
START_TEST (a_select_with_timeout_0_sees_a_value_sent_to_a_pipe)
{
    weir_pipe_t *a, *b;
    weir_value_t value;
    begin (SHARED_PROCESS);
    open_pipe (&a, &b, _i);
    int receives = weir_select_add_pipe (set, a, WEIR_READY_RECV);
    for (int i = 0; i < 100; i++) {
        works (weir_pipe_send (b, 1, 0));
        ck_assert_int_eq (weir_select_wait (set, 0), receives);
        works (weir_pipe_recv (a, &value, 0));
    }
    select_is_idle (set);
    weir_pipe_destroy (&a);
    weir_pipe_destroy (&b);
    end ();
}
END_TEST

START_TEST (a_pipe_may_be_destroyed_before_its_source)
{
    weir_pipe_t *a, *b;
    begin (SHARED_PROCESS);
    open_pipe (&a, &b, _i);
    int receives = weir_select_add_pipe (set, a, WEIR_READY_RECV);
    int sends = weir_select_add_pipe (set, a, WEIR_READY_SEND);
    ck_assert_int_eq (weir_select_wait (set, 0), sends);
    weir_pipe_destroy (&a);
    weir_pipe_destroy (&b);
    ck_assert_int_eq (weir_select_wait (set, 0), receives);
    ck_assert_int_eq (weir_select_wait (set, 0), sends);
    end ();
}
END_TEST

START_TEST (a_descriptor_is_ready_as_poll_says)
{
    int fds [2];
    char byte;
    begin (SHARED_PROCESS);
    ck_assert_int_eq (pipe (fds), 0);
    int reads = weir_select_add_fd (set, fds [0], POLLIN);
    select_is_idle (set);
    int writes = weir_select_add_fd (set, fds [1], POLLOUT);
    select_tells (set, writes);
    works (weir_select_remove (set, writes));
    select_is_idle (set);
    ck_assert_int_eq (write (fds [1], "x", 1), 1);
    select_tells (set, reads);
    ck_assert_int_eq (read (fds [0], &byte, 1), 1);
    select_is_idle (set);
    close (fds [1]);
    select_tells (set, reads);
    close (fds [0]);
    end ();
}
END_TEST

//  The same descriptor for reading and for writing; and a file, which epoll
//  refuses.
START_TEST (a_descriptor_can_be_added_twice)
{
    int fds [2];
    begin (SHARED_PROCESS);
    ck_assert_int_eq (pipe (fds), 0);
    int first = weir_select_add_fd (set, fds [0], POLLIN);
    int second = weir_select_add_fd (set, fds [0], POLLIN);
    works (weir_select_remove (set, first));
    select_is_idle (set);
    ck_assert_int_eq (write (fds [1], "x", 1), 1);
    select_tells (set, second);
    works (weir_select_remove (set, second));
    FILE *file = tmpfile ();
    ck_assert_ptr_nonnull (file);
    int regular = weir_select_add_fd (set, fileno (file), POLLIN);
    select_tells (set, regular);
    fclose (file);
    close (fds [0]);
    close (fds [1]);
    end ();
}
END_TEST

static void wait_for_latch (void *latch)
{
    test_must (test_latch_wait (latch, TEST_PATIENCE_MS));
}

START_TEST (a_process_is_ready_when_it_has_ended)
{
    begin (SHARED_PROCESS);
    test_latch_t *latch = test_latch_new ();
    weir_process_t *process = weir_process_new (wait_for_latch, latch);
    int source = weir_select_add_process (set, process);
    select_is_idle (set);
    test_latch_open (latch);
    select_tells (set, source);
    works (weir_process_join (process, 0));
    works (weir_select_remove (set, source));
    weir_process_destroy (&process);
    test_latch_destroy (&latch);
    end ();
}
END_TEST

//  ---------------------------------------------------------------------------
//  All together

START_TEST (ready_sources_take_turns)
{
    begin (_i);
    int fds [2];
    weir_value_t none = weir_value_nil ();
    weir_event_t *events [3];
    for (int i = 0; i < 3; i++) {
        events [i] = weir_event_new (owner, NULL);
        ck_assert_int_eq (weir_select_add (set, events [i], WEIR_READY_WAIT),
                          i);
        works (weir_event_set (events [i]));
    }
    ck_assert_int_eq (pipe (fds), 0);
    ck_assert_int_eq (weir_select_add_fd (set, fds [1], POLLOUT), 3);
    for (int i = 0; i < 12; i++)
        ck_assert_int_eq (weir_select_wait (set, -1), i % 4);
    //  The lowest free number is used again.
    works (weir_select_remove (set, 1));
    refuses (EINVAL, weir_select_remove (set, 1));
    ck_assert_int_eq (weir_select_add (set, events [2], WEIR_READY_CHANGE), 1);
    for (int i = 0; i < 9; i++)
        ck_assert_int_eq (weir_select_wait (set, -1), i % 3 + (i % 3 > 0));
    for (int i = 0; i < 3; i++)
        weir_event_destroy (&events [i]);
    close (fds [0]);
    close (fds [1]);
    weir_value_clear (&none);
    end ();
}
END_TEST

START_TEST (objects_of_several_owners_are_waited_for)
{
    begin (SHARED_PROCESS);
    weir_owner_t *owners [3];
    weir_event_t *events [3];
    for (int i = 0; i < 3; i++) {
        owners [i] = weir_owner_new (NULL);
        events [i] = weir_event_new (owners [i], "e");
        ck_assert_int_eq (weir_select_add (set, events [i], WEIR_READY_WAIT),
                          i);
    }
    for (int i = 0; i < 3; i++) {
        select_is_idle (set);
        works (weir_event_set (events [i]));
        select_tells (set, i);
        works (weir_event_clear (events [i]));
    }
    for (int i = 0; i < 3; i++) {
        weir_event_destroy (&events [i]);
        weir_owner_destroy (&owners [i]);
    }
    //  With their owners they have ended, and so they are ready.
    ck_assert_int_eq (weir_select_wait (set, 0), 0);
    ck_assert_int_eq (weir_select_wait (set, 0), 1);
    end ();
}
END_TEST

START_TEST (a_select_may_wait_for_another_one)
{
    begin (_i);
    weir_select_t *outer = weir_select_new ();
    weir_event_t *event = weir_event_new (owner, "e");
    ck_assert_int_eq (weir_select_add (set, event, WEIR_READY_WAIT), 0);
    ck_assert_int_eq (weir_select_add_fd (outer, weir_select_fd (set), POLLIN),
                      0);
    refuses (ELOOP, weir_select_add_fd (set, weir_select_fd (outer), POLLIN));
    select_is_idle (set);
    select_is_idle (outer);
    works (weir_event_set (event));
    select_tells (outer, 0);
    select_tells (set, 0);
    weir_event_destroy (&event);
    weir_select_destroy (&outer);
    end ();
}
END_TEST

START_TEST (misuse_is_refused)
{
    begin (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    weir_condition_t *condition = weir_condition_new (owner, NULL, lock);
    weir_pipe_t *a, *b;
    works (weir_pipe_new (&a, &b, 0));
    refuses (EINVAL, weir_select_add (NULL, queue, WEIR_READY_GET));
    refuses (EINVAL, weir_select_add (set, NULL, WEIR_READY_GET));
    refuses (EINVAL, weir_select_add (set, queue, WEIR_READY_ACQUIRE));
    refuses (EINVAL, weir_select_add (set, queue, (weir_ready_t) 1000));
    refuses (EINVAL, weir_select_add (set, lock, WEIR_READY_CHANGE));
    refuses (EINVAL, weir_select_add (set, condition, WEIR_READY_WAIT));
    ck_assert_str_eq (
        weir_error (),
        "weir_select_add: a condition is never ready, because a waiter must "
        "hold its lock; use an event, or a var and WEIR_READY_CHANGE");
    refuses (EINVAL, weir_select_add_pipe (set, NULL, WEIR_READY_RECV));
    refuses (EINVAL, weir_select_add_pipe (set, a, WEIR_READY_GET));
    refuses (EINVAL, weir_select_add_process (set, NULL));
    refuses (EINVAL, weir_select_add_fd (set, 0, 0));
    refuses (EINVAL, weir_select_add_fd (set, 0, POLLIN | POLLHUP));
    refuses (EBADF, weir_select_add_fd (set, -1, POLLIN));
    refuses (EBADF, weir_select_add_fd (set, 100000, POLLIN));
    refuses (EINVAL, weir_select_add_fd (set, weir_select_fd (set), POLLIN));
    refuses (EINVAL, weir_select_remove (set, 0));
    refuses (EINVAL, weir_select_remove (set, -1));
    refuses (EINVAL, weir_select_wait (NULL, 0));
    refuses (EINVAL, weir_select_wait (set, -2));
    refuses (EINVAL, weir_select_wait (set, -1));
    refuses (EINVAL, weir_select_fd (NULL));
    refuses (EAGAIN, weir_select_wait (set, 0));
    refuses (ETIMEDOUT, weir_select_wait (set, 1));
    weir_select_t *none = NULL;
    weir_select_destroy (&none);
    weir_select_destroy (NULL);
    weir_pipe_destroy (&a);
    weir_pipe_destroy (&b);
    weir_condition_destroy (&condition);
    weir_lock_destroy (&lock);
    weir_queue_destroy (&queue);
    end ();
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("select");
    TCase *tcase = test_case (suite, "objects");
    tcase_add_loop_test (tcase, a_queue_can_be_ready_in_three_ways, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, locks_and_the_like_are_ready_when_they_are_free,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_rwlock_is_ready_to_be_read_or_to_be_written,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, an_event_is_ready_when_it_is_set, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, data_objects_are_ready_when_they_have_changed,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, an_ended_source_is_ready, 0, SHARED_FORMS);
    tcase = test_case (suite, "others");
    tcase_add_loop_test (tcase, a_pipe_is_ready_to_receive_or_to_send, 0, 4);
    tcase_add_loop_test (
        tcase, a_select_with_timeout_0_sees_a_value_sent_to_a_pipe, 0, 4);
    tcase_add_loop_test (tcase, a_pipe_may_be_destroyed_before_its_source, 0,
                         1);
    tcase_add_test (tcase, a_descriptor_is_ready_as_poll_says);
    tcase_add_test (tcase, a_descriptor_can_be_added_twice);
    tcase_add_test (tcase, a_process_is_ready_when_it_has_ended);
    tcase = test_case (suite, "together");
    tcase_add_loop_test (tcase, ready_sources_take_turns, 0, SHARED_FORMS);
    tcase_add_test (tcase, objects_of_several_owners_are_waited_for);
    tcase_add_loop_test (tcase, a_select_may_wait_for_another_one, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, misuse_is_refused, 0, SHARED_FORMS);
    return test_main (suite);
}
