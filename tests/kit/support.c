/*  support.c - shared parts of all test programs

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/support.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kit/leaks.h"

enum { MUST_CODE = 99, TEST_TIMEOUT_S = 30 };

static char program_directory [64];
static char test_directory [80];
static uint64_t seed;
static pid_t test_pid;
bool test_thread_owns;
static leaks_t at_start;

//  ---------------------------------------------------------------------------
//  The runtime directory, and leaks

const char *test_runtime_directory (void)
{
    return test_directory;
}

static void make_directory (const char *parent, char *path, size_t size)
{
    snprintf (path, size, "%s/weir-XXXXXX", parent);
    if (!mkdtemp (path)) {
        perror (path);
        exit (MUST_CODE);
    }
    setenv ("WEIR_RUNTIME_DIR", path, 1);
}

static int remove_one (const char *path, const struct stat *status, int type,
                       struct FTW *position)
{
    (void) status, (void) type, (void) position;
    return remove (path);
}

static int remove_empty (const char *path, const struct stat *status, int type,
                         struct FTW *position)
{
    (void) status, (void) type;
    if (position->level > 0)
        rmdir (path);
    return 0;
}

void test_leaves_nothing_behind (void)
{
    char report [LEAKS_REPORT_SIZE];
    bool clean = leaks_wait (&at_start, test_directory, report);
    ck_assert_msg (clean, "left behind:\n%s", report);
}

#if TEST_WITH_TSAN
static void *do_nothing (void *arg)
{
    return arg;
}

//  ThreadSanitizer starts a thread of its own with our first one. This happens
//  only here, after Check's fork: ThreadSanitizer stops watching a child that
//  is forked off a process with several threads.
static void begin_sanitizer (void)
{
    pthread_t thread;
    pthread_create (&thread, NULL, do_nothing, NULL);
    pthread_join (thread, NULL);
}

//  A child that is forked while another thread allocates would hang: up to
//  clang 14 ThreadSanitizer does not hold the locks of its allocator over a
//  fork, and programs cannot reach them. So no test forks while another thread
//  runs.
__attribute__ ((constructor (101))) static void guard_forks (void)
{
    pthread_atfork (test_await_others_blocked, NULL, NULL);
}
#else
static void begin_sanitizer (void)
{
}
#endif

#if TEST_WITH_ASAN
//  A child that is forked while another thread allocates would hang in
//  AddressSanitizer: up to gcc 13 and clang 16 it does not hold its own locks
//  over a fork. So this code does, with functions of its LeakSanitizer, which
//  are available only to a statically linked program. No thread hands freed
//  memory on to others, because that takes one more lock.
#define ASAN_FUNCTION(name, symbol) \
    void name (void) __asm__(symbol) __attribute__ ((weak));
ASAN_FUNCTION (lock_threads, "_ZN6__lsan18LockThreadRegistryEv")
ASAN_FUNCTION (unlock_threads, "_ZN6__lsan20UnlockThreadRegistryEv")
ASAN_FUNCTION (lock_allocator, "_ZN6__lsan13LockAllocatorEv")
ASAN_FUNCTION (unlock_allocator, "_ZN6__lsan15UnlockAllocatorEv")
ASAN_FUNCTION (lock_stacks, "_ZN11__sanitizer17StackDepotLockAllEv")
ASAN_FUNCTION (unlock_stacks, "_ZN11__sanitizer19StackDepotUnlockAllEv")

const char *__asan_default_options (void);

const char *__asan_default_options (void)
{
    return "thread_local_quarantine_size_kb=65536";
}

//  LeakSanitizer does not find blocks on the stack of another thread in a
//  forked child: the thread is not there.
int __lsan_is_turned_off (void);

int __lsan_is_turned_off (void)
{
    return test_thread_owns && getpid () != test_pid;
}

static void before_fork (void)
{
    lock_threads ();
    lock_allocator ();
    lock_stacks ();
}

static void after_fork (void)
{
    unlock_stacks ();
    unlock_allocator ();
    unlock_threads ();
}

//  This comes before the library registers its fork handlers: the first handler
//  registered is the last to lock.
__attribute__ ((constructor (101))) static void guard_forks (void)
{
    if (lock_threads && unlock_threads && lock_allocator && unlock_allocator &&
        lock_stacks && unlock_stacks)
        pthread_atfork (before_fork, after_fork, after_fork);
}
#endif

static void begin_test (void)
{
    begin_sanitizer ();
    test_pid = getpid ();
    test_thread_owns = false;
    //  Check's handler kills the whole process group of the test, and every
    //  forked child inherits it.
    signal (SIGTERM, SIG_DFL);
    make_directory (program_directory, test_directory, sizeof test_directory);
    leaks_look (&at_start);
}

static void end_test (void)
{
    test_leaves_nothing_behind ();
    rmdir (test_directory);
}

TCase *test_case (Suite *suite, const char *name)
{
    TCase *tcase = tcase_create (name);
    tcase_set_timeout (tcase, TEST_TIMEOUT_S);
    tcase_add_checked_fixture (tcase, begin_test, end_test);
    suite_add_tcase (suite, tcase);
    return tcase;
}

void test_plain_only (void)
{
    if (!TEST_IS_WATCHED)
        return;
    printf ("skipped: only the builds without a sanitizer run this program\n");
    exit (77);
}

int test_main (Suite *suite)
{
    //  The root is short on purpose: a socket's path has 107 bytes.
    const char *root = getenv ("TMPDIR");
    bool usable = root && *root == '/' && strlen (root) < 32;
    make_directory (usable ? root : "/tmp", program_directory,
                    sizeof program_directory);
    printf ("seed %" PRIu64 " (WEIR_TEST_SEED repeats it)\n", test_seed ());
    fflush (stdout);

    static leaks_t before;
    leaks_look (&before);
    SRunner *runner = srunner_create (suite);
    srunner_run_all (runner, CK_ENV);
    int failures = srunner_ntests_failed (runner);
    srunner_free (runner);
    fflush (stdout);

    //  A failed test leaves its directory; the failure was reported already. A
    //  test that was expected to exit leaves an empty one.
    if (failures == 0)
        nftw (program_directory, remove_empty, 16, FTW_DEPTH | FTW_PHYS);
    char report [LEAKS_REPORT_SIZE];
    bool clean =
        leaks_wait (&before, failures ? NULL : program_directory, report);
    if (!clean)
        fprintf (stderr, "the tests left behind:\n%s", report);
    nftw (program_directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return failures == 0 && clean ? EXIT_SUCCESS : EXIT_FAILURE;
}

//  ---------------------------------------------------------------------------
//  Random numbers

uint64_t test_seed (void)
{
    if (seed)
        return seed;
    const char *given = getenv ("WEIR_TEST_SEED");
    if (given && *given)
        seed = strtoull (given, NULL, 0);
    while (!seed)
        if (getrandom (&seed, sizeof seed, 0) != sizeof seed)
            seed = 0;
    return seed;
}

uint64_t test_random (uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

uint64_t test_random_below (uint64_t *state, uint64_t n)
{
    //  Numbers above the last full round of n would make some results more
    //  likely.
    uint64_t end = UINT64_MAX - UINT64_MAX % n;
    uint64_t number;
    do
        number = test_random (state);
    while (number >= end);
    return number % n;
}

//  ---------------------------------------------------------------------------
//  Shared memory and latches

void *test_shared (size_t size)
{
    void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_msg (memory != MAP_FAILED, "mmap: %s", strerror (errno));
    return memory;
}

void test_unshare (void *memory, size_t size)
{
    munmap (memory, size);
}

struct test_latch {
    atomic_uint count;
};

test_latch_t *test_latch_new (void)
{
    return test_shared (sizeof (test_latch_t));
}

void test_latch_destroy (test_latch_t **self_p)
{
    if (*self_p)
        test_unshare (*self_p, sizeof **self_p);
    *self_p = NULL;
}

void test_latch_open (test_latch_t *self)
{
    atomic_fetch_add (&self->count, 1);
    syscall (SYS_futex, &self->count, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

unsigned test_latch_count (test_latch_t *self)
{
    return atomic_load (&self->count);
}

bool test_latch_wait (test_latch_t *self, int timeout_ms)
{
    return test_latch_wait_for (self, 1, timeout_ms);
}

bool test_latch_wait_for (test_latch_t *self, unsigned count, int timeout_ms)
{
    struct timespec end;
    clock_gettime (CLOCK_MONOTONIC, &end);
    end.tv_sec += timeout_ms / 1000;
    end.tv_nsec += timeout_ms % 1000 * 1000000L;
    if (end.tv_nsec >= 1000000000L) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000L;
    }
    for (;;) {
        unsigned now = atomic_load (&self->count);
        if (now >= count)
            return true;
        //  FUTEX_WAIT_BITSET, because its timeout is a moment, not a duration.
        if (syscall (SYS_futex, &self->count, FUTEX_WAIT_BITSET, now, &end,
                     NULL, FUTEX_BITSET_MATCH_ANY) == -1 &&
            errno == ETIMEDOUT)
            return atomic_load (&self->count) >= count;
    }
}

//  ---------------------------------------------------------------------------
//  Processes

void test_must_ (bool good, const char *text, const char *file, int line)
{
    if (good)
        return;
    int error = errno;
    fprintf (stderr, "%s:%d: not so in process %d: %s (errno: %s)\n", file,
             line, (int) getpid (), text, strerror (error));
    _exit (MUST_CODE);
}

char test_thread_state (pid_t number)
{
    char path [64], state = 0;
    snprintf (path, sizeof path, "/proc/%d/stat", (int) number);
    FILE *file = fopen (path, "r");
    if (file && fscanf (file, "%*d (%*[^)]) %c", &state) != 1)
        state = 0;
    if (file)
        fclose (file);
    return state;
}

//  Returns whether another thread of this process runs. Returns false when no
//  descriptor is left to look with.
static bool is_another_busy (void)
{
    DIR *directory = opendir ("/proc/self/task");
    test_must (directory || errno == EMFILE);
    struct dirent *entry;
    bool busy = false;
    while (directory && !busy && (entry = readdir (directory)) != NULL) {
        pid_t number = atoi (entry->d_name); //  0: not a thread
        char state =
            number && number != gettid () ? test_thread_state (number) : 'S';
        busy = state == 'R' || state == 'D';
    }
    if (directory)
        closedir (directory);
    return busy;
}

void test_await_others_blocked (void)
{
    //  This looks twice, as the next thread may have woken one that was seen.
    while (is_another_busy () || is_another_busy ())
        continue;
}

pid_t test_fork (void (*fn) (void *arg), void *arg)
{
    fflush (stdout);
    fflush (stderr);
    pid_t pid = fork ();
    ck_assert_msg (pid >= 0, "fork: %s", strerror (errno));
    if (pid == 0) {
        fn (arg);
        fflush (stdout);
        _exit (0);
    }
    return pid;
}

int test_join (pid_t pid)
{
    int status;
    pid_t reaped;
    do
        reaped = waitpid (pid, &status, 0);
    while (reaped == -1 && errno == EINTR);
    ck_assert_msg (reaped == pid, "waitpid: %s", strerror (errno));
    return WIFSIGNALED (status) ? -WTERMSIG (status) : WEXITSTATUS (status);
}

void test_kill (pid_t pid)
{
    kill (pid, SIGKILL);
    while (waitpid (pid, NULL, 0) == -1 && errno == EINTR)
        ;
}

bool test_ends (pid_t pid, int timeout_ms)
{
    struct timespec start, now;
    clock_gettime (CLOCK_MONOTONIC, &start);
    int fd = pidfd_open (pid, 0);
    if (fd < 0)
        return errno == ESRCH;
    struct pollfd item = {.fd = fd, .events = POLLIN};
    long left_ms = timeout_ms;
    int count;
    while ((count = poll (&item, 1, (int) left_ms)) == -1 && errno == EINTR) {
        clock_gettime (CLOCK_MONOTONIC, &now);
        left_ms = timeout_ms - (now.tv_sec - start.tv_sec) * 1000 -
                  (now.tv_nsec - start.tv_nsec) / 1000000;
        if (left_ms < 0)
            left_ms = 0;
    }
    close (fd);
    return count == 1;
}
