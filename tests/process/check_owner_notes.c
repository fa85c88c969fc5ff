/*  check_owner_notes.c - an owner whose standard error is full or closed

    The owner continues, and reports later how many notes it dropped.

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>
#include <zmq.h>

#include "owner/notes.h"
#include "kit/shared.h"

enum { JUNK = 5, LINES = 3000, TEXT_SIZE = 1 << 20 };

//  Standard error of this test, while another file is in its place.
static int saved_fd;

static void replace_stderr (int fd)
{
    saved_fd = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
    ck_assert_int_eq (dup2 (fd, STDERR_FILENO), STDERR_FILENO);
}

static void restore_stderr (void)
{
    ck_assert_int_eq (dup2 (saved_fd, STDERR_FILENO), STDERR_FILENO);
    close (saved_fd);
}

static void set_nonblocking (int fd, bool on)
{
    int flags = fcntl (fd, F_GETFL);
    ck_assert_int_eq (
        fcntl (fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK), 0);
}

static void fill (int fd)
{
    static const char bytes [4096];
    set_nonblocking (fd, true);
    for (size_t size = sizeof bytes; size > 0; size /= 2)
        while (write (fd, bytes, size) > 0)
            ;
    set_nonblocking (fd, false);
}

//  Reads the bytes available now.
static size_t drain (int fd, char *text, size_t size)
{
    struct pollfd in = {.fd = fd, .events = POLLIN};
    size_t got = 0;
    while (got < size && poll (&in, 1, 0) == 1 && (in.revents & POLLIN)) {
        ssize_t part = read (fd, text + got, size - got);
        if (part <= 0)
            break;
        got += (size_t) part;
    }
    return got;
}

//  ---------------------------------------------------------------------------
//  Owners

//  Sends bytes that are not a frame to an owner, and awaits its answer to each.
static void send_junk (void *arg)
{
    char endpoint [256];
    int timeout_ms = TEST_PATIENCE_MS;
    void *context = zmq_ctx_new ();
    snprintf (endpoint, sizeof endpoint, "ipc://%s/%s/zmq",
              test_runtime_directory (), weir_owner_name (arg));
    for (int i = 0; i < JUNK; i++) {
        char answer [256];
        void *dealer = zmq_socket (context, ZMQ_DEALER);
        zmq_setsockopt (dealer, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
        test_must (zmq_connect (dealer, endpoint) == 0);
        test_must (zmq_send (dealer, "junk", 4, 0) == 4);
        test_must (zmq_recv (dealer, answer, sizeof answer, 0) > 0);
        zmq_close (dealer);
    }
    zmq_ctx_term (context);
}

static void *wait_in_vain (void *arg)
{
    refuses (ETIMEDOUT, weir_lock_acquire (arg, 50));
    return NULL;
}

//  Calls and timeouts of others go on while the owner has notes to write.
static void use_with_junk (weir_owner_t *owner)
{
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    exists (dict);
    works (weir_lock_acquire (lock, -1));
    ck_assert_int_eq (test_join (test_fork (send_junk, owner)), 0);
    shared_join (shared_thread (wait_in_vain, lock));
    works (weir_dict_add (dict, "n", 1, NULL));
    works (weir_lock_release (lock));
    weir_lock_destroy (&lock);
    weir_dict_destroy (&dict);
}

START_TEST (a_full_standard_error_blocks_nobody_and_gets_a_count_later)
{
    static char text [TEXT_SIZE];
    int fds [2];
    ck_assert_int_eq (pipe2 (fds, O_CLOEXEC), 0);
    fill (fds [1]);
    replace_stderr (fds [1]);
    weir_owner_t *owner = shared_owner (_i);
    use_with_junk (owner);
    ck_assert_uint_gt (drain (fds [0], text, sizeof text), 0);
    //  This needs no other note.
    struct pollfd in = {.fd = fds [0], .events = POLLIN};
    ck_assert_int_eq (poll (&in, 1, TEST_PATIENCE_MS), 1);
    text [drain (fds [0], text, sizeof text - 1)] = '\0';
    restore_stderr ();
    ck_assert_str_eq (text, "weir: and 5 more notes were dropped: standard "
                            "error could not take them\n");
    shared_owner_end (&owner);
    close (fds [0]);
    close (fds [1]);
}
END_TEST

START_TEST (an_owner_outlives_the_reader_of_its_standard_error)
{
    int fds [2];
    ck_assert_int_eq (pipe2 (fds, O_CLOEXEC), 0);
    close (fds [0]);
    replace_stderr (fds [1]);
    weir_owner_t *owner = shared_owner (_i);
    use_with_junk (owner);
    restore_stderr ();
    use_with_junk (owner);
    shared_owner_end (&owner);
    close (fds [1]);
}
END_TEST

static void use_without_standard (void *arg)
{
    weir_owner_t *(*make) (const char *name) =
        *(int *) arg == SHARED_THREAD ? weir_owner_new_thread : weir_owner_new;
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        close (fd);
    weir_owner_t *owner = make (NULL);
    if (!owner)
        _exit (1);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    pid_t pid = fork ();
    if (pid == 0) {
        send_junk (owner);
        _exit (0);
    }
    if (test_join (pid) != 0 || weir_dict_add (dict, "n", 1, NULL) != 0)
        _exit (2);
    weir_dict_destroy (&dict);
    weir_owner_destroy (&owner);
}

START_TEST (a_program_without_standard_descriptors_has_owners)
{
    ck_assert_int_eq (test_join (test_fork (use_without_standard, &_i)), 0);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Lines

enum { PIPE, SOCKET, TERMINAL, FILES };

static void open_pair (int kind, int ret_fds [2])
{
    if (kind == PIPE)
        ck_assert_int_eq (pipe2 (ret_fds, O_CLOEXEC), 0);
    else if (kind == SOCKET)
        ck_assert_int_eq (
            socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds), 0);
    else {
        struct termios raw;
        ret_fds [0] = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
        ck_assert_int_ge (ret_fds [0], 0);
        ck_assert_int_eq (grantpt (ret_fds [0]), 0);
        ck_assert_int_eq (unlockpt (ret_fds [0]), 0);
        ret_fds [1] =
            open (ptsname (ret_fds [0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
        ck_assert_int_ge (ret_fds [1], 0);
        tcgetattr (ret_fds [1], &raw);
        cfmakeraw (&raw);
        tcsetattr (ret_fds [1], TCSANOW, &raw);
    }
}

//  Counts the lines of a text, including those reported as dropped. All must be
//  whole and in order.
static unsigned long count_lines (char *text)
{
    unsigned long count = 0, number, dropped;
    char *end;
    for (; (end = strchr (text, '\n')) != NULL; text = end + 1) {
        int at = 0;
        *end = '\0';
        if (sscanf (text, "weir: line %lu of many, many lines%n", &number,
                    &at) == 1 &&
            text + at == end)
            ck_assert_uint_eq (number, count++);
        else if (sscanf (text,
                         "weir: and %lu more notes were dropped: standard "
                         "error could not take them%n",
                         &dropped, &at) == 1 &&
                 text + at == end)
            count += dropped;
        else
            ck_abort_msg ("a broken line: '%s'", text);
    }
    ck_assert_str_eq (text, "");
    return count;
}

START_TEST (every_line_is_whole_and_every_dropped_one_counted)
{
    static char text [TEXT_SIZE];
    size_t size = 0;
    weir__notes_t notes = {0};
    int fds [2];
    open_pair (_i, fds);
    replace_stderr (fds [1]);
    uint64_t state = test_seed ();
    for (int i = 0; i < LINES; i++) {
        //  The reader is slow and looks rarely.
        if (test_random_below (&state, 500) == 0)
            size += drain (fds [0], text + size, sizeof text - size - 1);
        weir__notes_add (&notes, "line %d of many, many lines", i);
    }
    int flags = fcntl (STDERR_FILENO, F_GETFL);
    do
        size += drain (fds [0], text + size, sizeof text - size - 1);
    while (!weir__notes_flush (&notes));
    struct pollfd in = {.fd = fds [0], .events = POLLIN};
    while (poll (&in, 1, 10) == 1)
        size += drain (fds [0], text + size, sizeof text - size - 1);
    restore_stderr ();
    text [size] = '\0';
    ck_assert_int_eq (flags & O_NONBLOCK, 0);
    ck_assert_uint_eq (count_lines (text), LINES);
    close (fds [0]);
    close (fds [1]);
}
END_TEST

START_TEST (notes_lost_to_a_closed_standard_error_are_reported_later)
{
    char text [256] = "";
    weir__notes_t notes = {0};
    int fds [2];
    ck_assert_int_eq (pipe2 (fds, O_CLOEXEC), 0);
    replace_stderr (fds [1]);
    close (STDERR_FILENO);
    weir__notes_add (&notes, "lost");
    //  Another file of the program has the number.
    ck_assert_int_eq (dup3 (fds [1], STDERR_FILENO, O_CLOEXEC), STDERR_FILENO);
    weir__notes_add (&notes, "lost");
    ck_assert (!weir__notes_flush (&notes));
    ck_assert_uint_eq (drain (fds [0], text, sizeof text), 0);
    dup2 (fds [1], STDERR_FILENO);
    weir__notes_add (&notes, "here");
    text [drain (fds [0], text, sizeof text - 1)] = '\0';
    restore_stderr ();
    ck_assert_str_eq (text, "weir: and 2 more notes were dropped: standard "
                            "error could not take them\nweir: here\n");
    close (fds [0]);
    close (fds [1]);
}
END_TEST

START_TEST (a_long_line_is_cut_and_ends)
{
    static char text [TEXT_SIZE], longer [2 * WEIR__NOTE_BYTES];
    weir__notes_t notes = {0};
    int fds [2];
    ck_assert_int_eq (pipe2 (fds, O_CLOEXEC), 0);
    replace_stderr (fds [1]);
    memset (longer, 'x', sizeof longer - 1);
    weir__notes_add (&notes, "%s", longer);
    size_t size = drain (fds [0], text, sizeof text);
    restore_stderr ();
    ck_assert_uint_gt (size, WEIR__NOTE_BYTES - 8);
    ck_assert_uint_le (size, WEIR__NOTE_BYTES);
    ck_assert_int_eq (text [size - 1], '\n');
    close (fds [0]);
    close (fds [1]);
}
END_TEST

static volatile sig_atomic_t signals;

static void count_signal (int number)
{
    (void) number;
    signals++;
}

START_TEST (a_file_at_its_limit_raises_no_signal)
{
    struct rlimit before, limit;
    weir__notes_t notes = {0};
    char text [256] = "";
    int fd = memfd_create ("stderr", MFD_CLOEXEC);
    signal (SIGXFSZ, count_signal);
    replace_stderr (fd);
    ck_assert_int_eq (getrlimit (RLIMIT_FSIZE, &before), 0);
    limit = (struct rlimit){0, before.rlim_max};
    //  Nothing of Check in between: it writes to a file, too.
    setrlimit (RLIMIT_FSIZE, &limit);
    weir__notes_add (&notes, "lost");
    setrlimit (RLIMIT_FSIZE, &before);
    ck_assert (weir__notes_flush (&notes));
    restore_stderr ();
    signal (SIGXFSZ, SIG_DFL);
    ck_assert_int_gt (pread (fd, text, sizeof text - 1, 0), 0);
    ck_assert_str_eq (text, "weir: and 1 more notes were dropped: standard "
                            "error could not take them\n");
    ck_assert_int_eq (signals, 0);
    close (fd);
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("owner_notes");
    TCase *tcase = test_case (suite, "owners");
    tcase_add_loop_test (
        tcase, a_full_standard_error_blocks_nobody_and_gets_a_count_later, 0,
        SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase,
                         an_owner_outlives_the_reader_of_its_standard_error, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase,
                         a_program_without_standard_descriptors_has_owners, 0,
                         SHARED_FORKING_FORMS);
    tcase = test_case (suite, "lines");
    tcase_add_loop_test (
        tcase, every_line_is_whole_and_every_dropped_one_counted, 0, FILES);
    tcase_add_test (tcase,
                    notes_lost_to_a_closed_standard_error_are_reported_later);
    tcase_add_test (tcase, a_long_line_is_cut_and_ends);
    tcase_add_test (tcase, a_file_at_its_limit_raises_no_signal);
    return test_main (suite);
}
