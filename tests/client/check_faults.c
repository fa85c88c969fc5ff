/*  check_faults.c - in a real session, each allocation, each send and each
    receive fails once

    Owner and client are threads of one process, so the faults hit both sides. A
    script uses a dict, a queue, a lock, a transaction and a select. It runs
    once without faults, to count the calls that can fail, and then once for
    each of them. A call of the script may then fail. But a successful result
    must be right, nothing may hang, crash or leak, and a change whose call
    failed has either happened or not.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include <weir.h>

#include "kit/support.h"

void *__real_malloc (size_t size);
void *__real_calloc (size_t count, size_t size);
void *__real_realloc (void *memory, size_t size);
int __real_zmq_msg_init_size (zmq_msg_t *message, size_t size);
int __real_zmq_msg_send (zmq_msg_t *message, void *socket, int flags);
int __real_zmq_msg_recv (zmq_msg_t *message, void *socket, int flags);
//  Not hidden: libczmq refers to them, too.
WEIR_EXPORT void *__wrap_malloc (size_t size);
WEIR_EXPORT void *__wrap_calloc (size_t count, size_t size);
WEIR_EXPORT void *__wrap_realloc (void *memory, size_t size);
WEIR_EXPORT int __wrap_zmq_msg_init_size (zmq_msg_t *message, size_t size);
WEIR_EXPORT int __wrap_zmq_msg_send (zmq_msg_t *message, void *socket,
                                     int flags);
WEIR_EXPORT int __wrap_zmq_msg_recv (zmq_msg_t *message, void *socket,
                                     int flags);

typedef enum fault { FAULT_MEMORY, FAULT_SEND, FAULT_RECEIVE, FAULTS } fault_t;

enum {
    SCRIPT_S = 10, //  a run that takes longer hangs
    ADDS = 4,
    INLINE_BYTES = 33,
    LARGE_BYTES = 2200000 //  several chunks
};

static atomic_int counts [FAULTS];
static atomic_int
    failing [FAULTS]; //  the number of the call that fails; -1: none
static atomic_bool watching;

static bool fails (fault_t fault)
{
    return atomic_load (&watching) && atomic_fetch_add (&counts [fault], 1) ==
                                          atomic_load (&failing [fault]);
}

void *__wrap_malloc (size_t size)
{
    return fails (FAULT_MEMORY) ? NULL : __real_malloc (size);
}

void *__wrap_calloc (size_t count, size_t size)
{
    return fails (FAULT_MEMORY) ? NULL : __real_calloc (count, size);
}

void *__wrap_realloc (void *memory, size_t size)
{
    return fails (FAULT_MEMORY) ? NULL : __real_realloc (memory, size);
}

//  libzmq keeps a small message in the struct itself.
int __wrap_zmq_msg_init_size (zmq_msg_t *message, size_t size)
{
    if (size <= INLINE_BYTES || !fails (FAULT_MEMORY))
        return __real_zmq_msg_init_size (message, size);
    errno = ENOMEM;
    return -1;
}

//  Fails as when the queue of a peer is full.
int __wrap_zmq_msg_send (zmq_msg_t *message, void *socket, int flags)
{
    if (!fails (FAULT_SEND))
        return __real_zmq_msg_send (message, socket, flags);
    errno = EAGAIN;
    return -1;
}

//  Fails as when a signal comes in between.
int __wrap_zmq_msg_recv (zmq_msg_t *message, void *socket, int flags)
{
    if (!fails (FAULT_RECEIVE))
        return __real_zmq_msg_recv (message, socket, flags);
    errno = EINTR;
    return -1;
}

//  ---------------------------------------------------------------------------
//  The script

//  A number for which failed calls leave open whether they changed it.
typedef struct known {
    int64_t least, most;
} known_t;

static void use_dict (weir_dict_t *dict)
{
    known_t count = {0, 0};
    weir_value_t sum;
    for (int i = 0; i < ADDS; i++) {
        count.most++;
        if (weir_dict_add (dict, "count", 1, &sum) != 0)
            continue;
        test_must (sum.integer > count.least && sum.integer <= count.most);
        count.least = count.most = sum.integer;
    }
    int64_t found;
    if (weir_dict_get_int (dict, "count", &found) == 0)
        test_must (found >= count.least && found <= count.most);
    weir_value_t all;
    if (weir_dict_items (dict, &all) == 0)
        weir_value_clear (&all);
}

static void use_queue (weir_queue_t *queue)
{
    int64_t last = -1;
    weir_value_t item;
    for (int i = 0; i < ADDS; i++)
        weir_queue_put (queue, weir_list_of (i, "text of an item"), 0);
    for (int i = 0; i < ADDS; i++)
        if (weir_queue_get (queue, &item, 0) == 0) {
            test_must (item.size == 2 && item.items [0].integer > last);
            last = item.items [0].integer;
            weir_value_clear (&item);
        }
    //  A leased item that is not acknowledged stays away as long as we live.
    weir_lease_t lease;
    if (weir_queue_put_many (queue, weir_list_of ("a text", 2), 0) == 0 &&
        weir_queue_get_lease (queue, -1, &lease, 0) == 0) {
        test_must (lease.deliveries == 1);
        weir_value_clear (&lease.value);
        (void) !weir_queue_ack (queue, lease.id);
    }
    if (weir_queue_get_many (queue, 9, &item, 0) == 0)
        weir_value_clear (&item);
}

static void use_lock (weir_lock_t *lock)
{
    if (weir_lock_acquire (lock, 0) != 0)
        return;
    test_must (weir_lock_token (lock) == 1);
    test_must (weir_lock_acquire (lock, -1) != 0);
    if (weir_lock_release (lock) == 0 && weir_lock_acquire (lock, 0) == 0)
        test_must (weir_lock_token (lock) == 2);
}

//  Moves between two keys: their sum stays the same, whatever fails.
static void use_transaction (weir_owner_t *owner, weir_dict_t *dict)
{
    weir_transaction_t *t = weir_transaction_new (owner);
    weir_value_t both;
    for (int i = 0; t && i < ADDS; i++) {
        weir_transaction_dict_add (t, dict, "one", i);
        weir_transaction_dict_add (t, dict, "other", -i);
        if (weir_transaction_commit (t, NULL) != 0)
            weir_transaction_clear (t);
        weir_transaction_dict_add (t, dict, "one", 0);
        weir_transaction_dict_add (t, dict, "other", 0);
        if (weir_transaction_commit (t, &both) == 0) {
            test_must (both.size == 2);
            test_must (both.items [0].integer + both.items [1].integer == 0);
            weir_value_clear (&both);
        }
        weir_transaction_clear (t);
    }
    weir_transaction_destroy (&t);
}

//  A source that was added is returned when it is ready, after any failure.
static void use_select (weir_owner_t *owner)
{
    weir_select_t *select = weir_select_new ();
    weir_event_t *event = weir_event_new (owner, "event");
    int fd = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    int source = -1, other = -1;
    if (select && event) {
        source = weir_select_add (select, event, WEIR_READY_WAIT);
        other = weir_select_add_fd (select, fd, POLLPRI);
    }
    if (source >= 0) {
        int told = weir_select_wait (select, 0);
        //  When our session was dropped, the source is ready although no event
        //  was set.
        test_must (told == -1 || weir_event_set (event) == -1);
        while (told == -1 && weir_event_set (event) != 0 && errno != EOWNERDEAD)
            continue;
        while (told == -1)
            told = weir_select_wait (select, -1);
        test_must (told == source);
        test_must (weir_select_remove (select, source) == 0);
    }
    if (other >= 0)
        test_must (weir_select_remove (select, other) == 0);
    close (fd);
    weir_event_destroy (&event);
    weir_select_destroy (&select);
}

static void run_script (void *unused)
{
    (void) unused;
    alarm (SCRIPT_S);
    weir_owner_t *owner = weir_owner_new_thread (NULL);
    test_must (owner != NULL);
    atomic_store (&watching, true);
    weir_dict_t *dict = weir_dict_new (owner, "dict");
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_lock_t *lock = weir_lock_new (owner, "lock");
    if (dict)
        use_dict (dict);
    if (dict)
        use_transaction (owner, dict);
    if (queue)
        use_queue (queue);
    if (lock)
        use_lock (lock);
    use_select (owner);
    weir_lock_destroy (&lock);
    weir_queue_destroy (&queue);
    weir_dict_destroy (&dict);
    atomic_store (&watching, false);
    weir_owner_destroy (&owner);
}

//  Large values go there and back. Only memory fails: then a single call fails,
//  and the session continues with all it holds.
static void use_large (weir_dict_t *dict, weir_queue_t *queue)
{
    static char text [LARGE_BYTES + 1];
    memset (text, 'x', LARGE_BYTES);
    weir_value_t value;
    bool set = weir_dict_set (dict, "large", text) == 0;
    test_must (set || errno == ENOMEM);
    int rc = weir_dict_get (dict, "large", &value);
    test_must (rc == 0 ? value.size == LARGE_BYTES : errno == ENOMEM || !set);
    if (rc == 0)
        weir_value_clear (&value);
    bool put = weir_queue_put (queue, text, 0) == 0;
    test_must (put || errno == ENOMEM);
    rc = weir_queue_get (queue, &value, 0);
    test_must (rc == 0 ? value.size == LARGE_BYTES : errno == ENOMEM || !put);
    if (rc == 0)
        weir_value_clear (&value);
}

static void run_large (weir_owner_t *owner)
{
    alarm (SCRIPT_S);
    test_must (owner != NULL);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    test_must (dict && queue && lock && weir_lock_acquire (lock, 0) == 0);
    atomic_store (&watching, true);
    use_large (dict, queue);
    atomic_store (&watching, false);
    test_must (weir_lock_token (lock) == 1);
    test_must (weir_dict_set (dict, "small", 1) == 0);
    test_must (weir_lock_release (lock) == 0);
    weir_lock_destroy (&lock);
    weir_queue_destroy (&queue);
    weir_dict_destroy (&dict);
    weir_owner_destroy (&owner);
}

static void run_large_here (void *unused)
{
    (void) unused;
    run_large (weir_owner_new_thread (NULL));
}

//  Only the client's allocations fail.
static void run_large_apart (void *unused)
{
    (void) unused;
    run_large (weir_owner_new (NULL));
}

//  ---------------------------------------------------------------------------
//  Each call fails once

typedef struct plan {
    fault_t fault;
    void (*script) (void *unused);
} plan_t;

static int *shared_count;

static void count_places (void *arg)
{
    const plan_t *plan = arg;
    plan->script (NULL);
    *shared_count = atomic_load (&counts [plan->fault]);
}

static void fail_everywhere (fault_t fault, void (*script) (void *))
{
    plan_t plan = {fault, script};
    for (int i = 0; i < FAULTS; i++)
        atomic_store (&failing [i], -1);
    shared_count = test_shared (sizeof *shared_count);
    ck_assert_int_eq (test_join (test_fork (count_places, &plan)), 0);
    int places = *shared_count;
    ck_assert_int_gt (places, 0);
    //  One more than before: other threads may cause another order.
    for (int place = 0; place <= places; place++) {
        atomic_store (&failing [fault], place);
        int code = test_join (test_fork (script, NULL));
        ck_assert_msg (code == 0, "fault %d at place %d of %d: %d", fault,
                       place, places, code);
    }
    printf ("fault %d: %d places\n", fault, places);
    test_unshare (shared_count, sizeof *shared_count);
}

START_TEST (each_allocation_may_fail)
{
    fail_everywhere (FAULT_MEMORY, run_script);
}
END_TEST

START_TEST (a_large_value_without_memory_costs_no_more_than_its_call)
{
    fail_everywhere (FAULT_MEMORY, _i ? run_large_here : run_large_apart);
}
END_TEST

START_TEST (each_send_may_fail)
{
    fail_everywhere (FAULT_SEND, run_script);
}
END_TEST

START_TEST (each_receive_may_fail)
{
    fail_everywhere (FAULT_RECEIVE, run_script);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("faults");
    TCase *tcase = test_case (suite, "places");
    tcase_set_timeout (tcase, 300);
    tcase_add_test (tcase, each_allocation_may_fail);
    tcase_add_test (tcase, each_send_may_fail);
    tcase_add_test (tcase, each_receive_may_fail);
    tcase = test_case (suite, "large");
    tcase_set_timeout (tcase, 300);
    tcase_add_loop_test (
        tcase, a_large_value_without_memory_costs_no_more_than_its_call, 0, 2);
    return test_main (suite);
}
