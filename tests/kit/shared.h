/*  shared.h - shared parts of the tests of the public API

    A test that runs over all forms of owners is a loop test:

        START_TEST (a_dict_knows_its_size)
        {
            weir_owner_t *owner = shared_owner (_i);
            ...
            shared_owner_end (&owner);
        }
        END_TEST

        tcase_add_loop_test (tcase, a_dict_knows_its_size, 0, SHARED_FORMS);

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_SHARED_H_INCLUDED
#define WEIR_TESTS_KIT_SHARED_H_INCLUDED

#include <errno.h>
#include <pthread.h>
#include <weir.h>

#include "kit/support.h"

typedef enum shared_form {
    SHARED_PROCESS, //  a child process of ours
    SHARED_OPENED,  //  a daemon, opened by name
    SHARED_THREAD,  //  a thread of ours
    SHARED_FORMS
} shared_form_t;

//  ThreadSanitizer of gcc 12 and clang 14 does not hold the lock of its
//  allocator over a fork: a child may wait for ever for a lock that a busy
//  thread of its parent held. With it, no test forks while an owner's thread,
//  or threads of its own, are busy. (For AddressSanitizer see support.c.)
#define SHARED_FORKING_FORMS (TEST_WITH_TSAN ? SHARED_THREAD : SHARED_FORMS)

//  Starts an owner in that form. SHARED_OPENED allows one at a time.
weir_owner_t *shared_owner (int form);

//  Ends the owner, with its process or thread.
void shared_owner_end (weir_owner_t **owner_p);

//  A daemon: a child that runs weir_owner_serve until it is stopped. Its name
//  is given. The start returns when it serves. The stop checks that its exit
//  code is 0.
typedef struct shared_daemon {
    pid_t pid;
    int stop_fd;
} shared_daemon_t;
shared_daemon_t shared_daemon_start (const char *name);
void shared_daemon_stop (shared_daemon_t *self);

//  Asserts that a call fails as documented: with that errno, and with a
//  sentence of its own.
#define refuses(error, call) \
    shared_refused ((call) == -1, error, #call, __FILE__, __LINE__)
#define refuses_null(error, call) \
    shared_refused ((call) == NULL, error, #call, __FILE__, __LINE__)
void shared_refused (bool failed, int error, const char *call, const char *file,
                     int line);

//  Asserts that a call succeeds; otherwise reports the sentence.
#define works(call) shared_worked ((call) == 0, #call, __FILE__, __LINE__)
#define exists(call) shared_worked ((call) != NULL, #call, __FILE__, __LINE__)
void shared_worked (bool good, const char *call, const char *file, int line);

//  Asserts that a value equals that Python literal, and clears it.
#define equals(value, literal) shared_equal (value, literal, __FILE__, __LINE__)
void shared_equal (weir_value_t *value, const char *literal, const char *file,
                   int line);

//  Starts a thread; must succeed.
pthread_t shared_thread (void *(*fn) (void *), void *arg);

//  Joins the thread.
void shared_join (pthread_t thread);

//  Sends SIGUSR1, for which the thread has a handler, until the thread opens
//  the latch: a signal just before a wait does not interrupt it. As one more
//  signal may come late, the thread must not wait again before it is told to.
void shared_interrupt (pthread_t thread, test_latch_t *interrupted);

//  Calls `reached (context)`, which asks an owner, until it returns true.
//  Returns false when TEST_PATIENCE_MS are over.
bool shared_await (bool (*reached) (void *context), void *context);

//  Returns the number of waiters at the object, of any kind.
int64_t shared_waiters (void *object);

//  Waits until the object has that number of waiters.
bool shared_await_waiters (void *object, int64_t count);

//  Waits until the lock has that number of waiters.
bool shared_await_waiting (weir_lock_t *lock, int64_t count);

//  Returns microseconds on the monotonic clock.
uint64_t shared_now_us (void);

//  Returns the number of descriptors of a process; 0 is this process.
int shared_descriptors (pid_t pid);

//  Waits until a new owner has swept the folders of dead ones.
void shared_sweep (void);

#endif
