/*  check_runtime_race.c - many threads and processes make folders, probe them
    and fork

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/folder.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fork.h"
#include "kit/support.h"
#include "weir/error.h"

enum { CONTENDERS = 6, WINS = 20 };

typedef struct contest {
    atomic_int holders;
} contest_t;

//  Tries to hold the name, until it has succeeded often enough. A holder must
//  be alone and keep its files; then it removes the folder or leaves it as if
//  it had died.
static void contend (void *arg)
{
    contest_t *contest = arg;
    uint64_t state = test_seed () ^ (uint64_t) getpid ();
    for (int won = 0; won < WINS;) {
        weir__folder_t folder;
        char path [WEIR__PATH_SIZE + 20];
        pid_t holder;
        test_must (weir__runtime_path ("prize", path) == 0);
        if (weir__folder_make ("prize", NULL, &folder) != 0) {
            test_must (errno == EEXIST);
            holder = weir__folder_holder (path);
            test_must (holder > 0 || errno == ENOENT);
            sched_yield ();
            continue;
        }
        test_must (atomic_fetch_add (&contest->holders, 1) == 0);
        won++;
        snprintf (path, sizeof path, "%s/zmq", folder.path);
        test_must (mknod (path, S_IFSOCK | 0600, 0) == 0);
        sched_yield ();
        test_must (weir__folder_holder (folder.path) == getpid ());
        test_must (access (path, F_OK) == 0);
        atomic_fetch_sub (&contest->holders, 1);
        if (test_random_below (&state, 2))
            weir__folder_remove (&folder);
        else
            weir__close (folder.lock_fd); //  as if it had died
    }
}

START_TEST (only_one_of_many_processes_gets_a_name)
{
    contest_t *contest = test_shared (sizeof *contest);
    pid_t pids [CONTENDERS];
    for (int i = 0; i < CONTENDERS; i++)
        pids [i] = test_fork (contend, contest);
    for (int i = 0; i < CONTENDERS; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    weir__folder_t folder;
    ck_assert_int_eq (weir__folder_make ("prize", NULL, &folder), 0);
    weir__folder_remove (&folder);
    test_unshare (contest, sizeof *contest);
}
END_TEST

static void look_for_holders (void *arg)
{
    test_latch_t *done = arg;
    char path [WEIR__PATH_SIZE];
    test_must (weir__runtime_path ("prize", path) == 0);
    while (!test_latch_count (done))
        test_must (weir__folder_holder (path) > 0 || errno == ENOENT);
}

START_TEST (looking_for_a_holder_takes_no_lock_from_anybody)
{
    test_latch_t *done = test_latch_new ();
    pid_t pids [2];
    weir__folder_t folder;
    for (int i = 0; i < 2; i++)
        pids [i] = test_fork (look_for_holders, done);
    for (int i = 0; i < 500; i++) {
        ck_assert_msg (weir__folder_make ("prize", NULL, &folder) == 0, "%s",
                       weir_error ());
        ck_assert_int_eq (weir__folder_holder (folder.path), getpid ());
        if (i % 2)
            weir__folder_remove (&folder);
        else
            weir__close (folder.lock_fd);
    }
    test_latch_open (done);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    test_latch_destroy (&done);
}
END_TEST

static void *hold_in_thread (void *arg)
{
    for (int i = 0; i < 50; i++) {
        weir__folder_t folder;
        if (weir__folder_make (NULL, "thread", &folder) != 0 ||
            weir__folder_holder (folder.path) != getpid ())
            return arg;
        weir__folder_remove (&folder);
    }
    return NULL;
}

static void exit_at_once (void *unused)
{
    (void) unused;
}

START_TEST (threads_that_make_folders_while_others_fork_leave_no_lock)
{
    pthread_t threads [3];
    void *failed;
    for (int i = 0; i < 3; i++)
        pthread_create (&threads [i], NULL, hold_in_thread, threads);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq (test_join (test_fork (exit_at_once, NULL)), 0);
    for (int i = 0; i < 3; i++) {
        pthread_join (threads [i], &failed);
        ck_assert_ptr_null (failed);
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("runtime_race");
    TCase *tcase = test_case (suite, "many at once");
    tcase_add_test (tcase, only_one_of_many_processes_gets_a_name);
    tcase_add_test (tcase, looking_for_a_holder_takes_no_lock_from_anybody);
    tcase_add_test (tcase,
                    threads_that_make_folders_while_others_fork_leave_no_lock);
    return test_main (suite);
}
