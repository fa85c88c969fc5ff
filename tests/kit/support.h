/*  support.h - shared parts of all test programs

    A program builds a suite out of test_case () and returns test_main ():

        int main (void)
        {
            Suite *suite = suite_create ("queue");
            TCase *tcase = test_case (suite, "closing");
            tcase_add_test (tcase, a_closed_queue_drains_first);
            return test_main (suite);
        }

    Every test of a test_case () has a runtime directory of its own, and fails
    when it leaves something behind: a file there, a descriptor, a thread or a
    process. The ZeroMQ contexts that the library keeps until exit are known
    and allowed. LeakSanitizer looks for lost memory when the forked test exits.

    Check's environment works as usual: CK_FORK=no, CK_RUN_CASE,
    CK_TIMEOUT_MULTIPLIER, CK_VERBOSITY. WEIR_TEST_SEED=N repeats a run.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_SUPPORT_H_INCLUDED
#define WEIR_TESTS_KIT_SUPPORT_H_INCLUDED

#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

//  The sanitizer that watches the program, which is then slow and large.
#if defined(__has_feature)
#define TEST_HAS(sanitizer) __has_feature (sanitizer)
#else
#define TEST_HAS(sanitizer) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || TEST_HAS(address_sanitizer)
#define TEST_WITH_ASAN 1
#else
#define TEST_WITH_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__) || TEST_HAS(thread_sanitizer)
#define TEST_WITH_TSAN 1
#else
#define TEST_WITH_TSAN 0
#endif
enum { TEST_IS_WATCHED = TEST_WITH_ASAN || TEST_WITH_TSAN };

//  Long enough for every expected event, even under valgrind on a busy machine.
//  A test that waits this long has failed.
enum { TEST_PATIENCE_MS = 10000 };

//  Adds a test case to the suite, with the checks described above.
TCase *test_case (Suite *suite, const char *name);

//  Ends the program as skipped when a sanitizer watches it.
void test_plain_only (void);

//  Runs the suite, frees it and looks for leaks. Returns the exit code for
//  main. The last line on stdout is Check's summary when all is well.
int test_main (Suite *suite);

//  Returns the runtime directory of the running test. Borrowed.
const char *test_runtime_directory (void);

//  Compares the process with its state at the start of the test, as the end of
//  the test does. Fails the test when something is left. Waits a moment for
//  threads and descriptors that are about to end.
void test_leaves_nothing_behind (void);

//  Returns the seed of this run, which test_main prints. Begin with a copy:
//  uint64_t state = test_seed ();
uint64_t test_seed (void);

//  Returns the next of a sequence of random numbers: splitmix64, of Steele, Lea
//  and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014),
//  with the constants of Sebastiano Vigna's public domain code.
uint64_t test_random (uint64_t *state);

//  Returns a number from 0 to n - 1, each equally likely; n > 0.
uint64_t test_random_below (uint64_t *state, uint64_t n);

//  To be set when a thread of this process is an owner; begins as false.
extern bool test_thread_owns;

//  Returns zeroed memory that this process shares with its forked children.
//  Given to the caller: test_unshare.
void *test_shared (size_t size);
void test_unshare (void *memory, size_t size);

//  A latch counts how often it was opened, across threads and across forked
//  processes. A killed process cannot leave it in disorder.
typedef struct test_latch test_latch_t;

test_latch_t *test_latch_new (void);
void test_latch_destroy (test_latch_t **self_p);
void test_latch_open (test_latch_t *self);
unsigned test_latch_count (test_latch_t *self);

//  Waits until the latch was opened once, or `count` times. A signal does not
//  end the wait. Returns false when the time is over.
bool test_latch_wait (test_latch_t *self, int timeout_ms);
bool test_latch_wait_for (test_latch_t *self, unsigned count, int timeout_ms);

//  Asserts that the call returns -1 and sets errno to this.
#define ck_assert_fails(call, error)       \
    do {                                   \
        errno = 0;                         \
        ck_assert_int_eq ((call), -1);     \
        ck_assert_int_eq (errno, (error)); \
    } while (0)

//  Ends the process with code 99 and a message on stderr when the condition
//  does not hold. For processes that a test forks; these must not use
//  ck_assert, which would report in the name of the parent.
#define test_must(condition) \
    test_must_ ((condition), #condition, __FILE__, __LINE__)
void test_must_ (bool good, const char *text, const char *file, int line);

//  Returns the state of a thread or process in the kernel: 'S' when it waits,
//  'T' when it is stopped, 0 when it does not exist.
char test_thread_state (pid_t number);

//  Waits until no other thread of this process runs, if a descriptor is free to
//  look with.
void test_await_others_blocked (void);

//  Forks a child that runs fn (arg) and ends with _exit (0), without the exit
//  functions of the library.
pid_t test_fork (void (*fn) (void *arg), void *arg);

//  Waits for a child and reaps it. Returns its exit code, or minus its signal.
int test_join (pid_t pid);

//  Kills a process with SIGKILL, and reaps it when it is our child.
void test_kill (pid_t pid);

//  Waits until a process, which need not be our child, has ended.
bool test_ends (pid_t pid, int timeout_ms);

#endif
