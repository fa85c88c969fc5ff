/*  check_runtime.c - the runtime directory and its folders

    check_runtime_race.c tests many processes that want one folder.
    check_runtime_foreign.c tests that the files of others stay.

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fork.h"
#include "kit/support.h"
#include "weir/error.h"

static bool exists (const char *path)
{
    struct stat status;
    return lstat (path, &status) == 0;
}

static void make_file (const char *folder, const char *name)
{
    char path [300];
    snprintf (path, sizeof path, "%s/%s", folder, name);
    int fd = open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    test_must (fd >= 0);
    close (fd);
}

//  As an owner or a pipe does, by bind.
static void make_socket (const char *folder, const char *name)
{
    char path [300];
    snprintf (path, sizeof path, "%s/%s", folder, name);
    test_must (mknod (path, S_IFSOCK | 0600, 0) == 0);
}

//  ---------------------------------------------------------------------------
//  The directory

START_TEST (the_directory_comes_from_the_environment)
{
    char path [WEIR__PATH_SIZE], wanted [300], own [100];
    snprintf (own, sizeof own, "%s", test_runtime_directory ());
    ck_assert_int_eq (weir__runtime_path ("counts", path), 0);
    snprintf (wanted, sizeof wanted, "%s/counts", own);
    ck_assert_str_eq (path, wanted);
    ck_assert (!exists (path));

    setenv ("XDG_RUNTIME_DIR", own, 1);
    setenv ("WEIR_RUNTIME_DIR", "", 1);
    ck_assert_int_eq (weir__runtime_path ("counts", path), 0);
    snprintf (wanted, sizeof wanted, "%s/weir/counts", own);
    ck_assert_str_eq (path, wanted);
    struct stat status;
    *strrchr (wanted, '/') = '\0';
    ck_assert_int_eq (stat (wanted, &status), 0);
    ck_assert_uint_eq (status.st_mode & 0777, 0700);
    rmdir (wanted);

    unsetenv ("XDG_RUNTIME_DIR");
    ck_assert_int_eq (weir__runtime_path ("counts", path), 0);
    snprintf (wanted, sizeof wanted, "/tmp/weir-%u/counts",
              (unsigned) geteuid ());
    ck_assert_str_eq (path, wanted);
    setenv ("WEIR_RUNTIME_DIR", own, 1);
}
END_TEST

START_TEST (a_directory_that_others_can_enter_is_refused)
{
    char path [WEIR__PATH_SIZE];
    const mode_t modes [] = {0777, 0750, 0701, 01700};
    chmod (test_runtime_directory (), modes [_i]);
    if (modes [_i] == 01700)
        ck_assert_int_eq (weir__runtime_path ("counts", path), 0);
    else {
        ck_assert_fails (weir__runtime_path ("counts", path), EACCES);
        ck_assert_ptr_nonnull (strstr (weir_error (), "mode 0700"));
        ck_assert_ptr_nonnull (
            strstr (weir_error (), test_runtime_directory ()));
    }
    chmod (test_runtime_directory (), 0700);
}
END_TEST

START_TEST (a_directory_of_another_user_is_refused)
{
    char path [WEIR__PATH_SIZE];
    if (geteuid () != 0)
        return; //  only root can give a directory away
    ck_assert_int_eq (chown (test_runtime_directory (), 12345, 12345), 0);
    ck_assert_fails (weir__runtime_path ("counts", path), EACCES);
    ck_assert_int_eq (chown (test_runtime_directory (), 0, 0), 0);
}
END_TEST

START_TEST (a_path_that_is_not_a_directory_is_refused)
{
    char path [WEIR__PATH_SIZE], own [100], odd [200];
    snprintf (own, sizeof own, "%s", test_runtime_directory ());
    snprintf (odd, sizeof odd, "%s/odd", own);
    setenv ("WEIR_RUNTIME_DIR", odd, 1);
    make_file (own, "odd");
    ck_assert_fails (weir__runtime_path ("counts", path), ENOTDIR);
    unlink (odd);
    //  A link could be redirected while we look.
    ck_assert_int_eq (symlink ("/tmp", odd), 0);
    ck_assert_fails (weir__runtime_path ("counts", path), ENOTDIR);
    unlink (odd);
    snprintf (odd, sizeof odd, "%s/not/there", own);
    setenv ("WEIR_RUNTIME_DIR", odd, 1);
    ck_assert_fails (weir__runtime_path ("counts", path), ENOENT);
    ck_assert_ptr_nonnull (strstr (weir_error (), "WEIR_RUNTIME_DIR"));
    setenv ("WEIR_RUNTIME_DIR", "relative/path", 1);
    ck_assert_fails (weir__runtime_path ("counts", path), EINVAL);
    ck_assert_ptr_nonnull (strstr (weir_error (), "absolute"));
    setenv ("WEIR_RUNTIME_DIR", own, 1);
}
END_TEST

START_TEST (a_name_that_is_not_a_file_name_is_refused)
{
    const char *const names [] = {"",          ".",     "..",   ".hidden",
                                  "a/b",       "../up", "a b",  "a\n",
                                  "a\303\244", "a*",    "a\\b", "a:b"};
    char path [WEIR__PATH_SIZE] = "untouched";
    weir__folder_t folder = {.path = "untouched"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ck_assert_fails (weir__runtime_path (names [i], path), EINVAL);
        ck_assert_fails (weir__folder_make (names [i], "owner", &folder),
                         EINVAL);
    }
    char long_name [257];
    memset (long_name, 'x', 256);
    long_name [256] = '\0';
    ck_assert_fails (weir__runtime_path (long_name, path), EINVAL);
    ck_assert_str_eq (path, "untouched");
    ck_assert_str_eq (folder.path, "untouched");
    ck_assert_int_eq (weir__runtime_path ("Az0.9_-", path), 0);
}
END_TEST

START_TEST (a_name_too_long_for_a_socket_is_refused_with_the_excess)
{
    char path [WEIR__PATH_SIZE], name [200];
    weir__folder_t folder;
    size_t room = 107 - 8 - strlen (test_runtime_directory ()) - 1;
    memset (name, 'x', sizeof name);
    name [room + 3] = '\0';
    ck_assert_fails (weir__runtime_path (name, path), ENAMETOOLONG);
    ck_assert_ptr_nonnull (strstr (weir_error (), " 3 bytes too long"));
    ck_assert_fails (weir__folder_make (name, NULL, &folder), ENAMETOOLONG);
    name [room] = '\0';
    ck_assert_int_eq (weir__runtime_path (name, path), 0);
    ck_assert_int_eq (weir__folder_make (name, NULL, &folder), 0);
    ck_assert_str_eq (folder.path, path);
    weir__folder_remove (&folder);

    char directory [300] = "/tmp/";
    memset (directory + 5, 'x', 100);
    setenv ("WEIR_RUNTIME_DIR", directory, 1);
    ck_assert_fails (weir__runtime_path ("x", path), ENAMETOOLONG);
    ck_assert_ptr_nonnull (strstr (weir_error (), "has 105 bytes"));
    setenv ("WEIR_RUNTIME_DIR", test_runtime_directory (), 1);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Folders

START_TEST (a_folder_is_private_and_is_removed_with_its_sockets)
{
    weir__folder_t folder;
    struct stat status;
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    ck_assert_int_eq (stat (folder.path, &status), 0);
    ck_assert_uint_eq (status.st_mode & 0777, 0700);
    ck_assert_int_eq (weir__folder_holder (folder.path), getpid ());
    make_socket (folder.path, "zmq");
    make_socket (folder.path, "a");
    weir__folder_remove (&folder);
    ck_assert_int_eq (folder.lock_fd, -1);
    ck_assert (!exists (folder.path));
    weir__folder_remove (&folder);
    ck_assert_fails (weir__folder_holder (folder.path), ENOENT);
}
END_TEST

START_TEST (fresh_folders_have_names_of_their_own)
{
    enum { FOLDERS = 50 };
    weir__folder_t folders [FOLDERS];
    char prefix [200];
    snprintf (prefix, sizeof prefix, "%s/pipe-%d-", test_runtime_directory (),
              (int) getpid ());
    for (int i = 0; i < FOLDERS; i++) {
        ck_assert_int_eq (weir__folder_make (NULL, "pipe", &folders [i]), 0);
        ck_assert_int_eq (strncmp (folders [i].path, prefix, strlen (prefix)),
                          0);
    }
    for (int i = 0; i < FOLDERS; i++)
        ck_assert_int_eq (weir__folder_holder (folders [i].path), getpid ());
    for (int i = 0; i < FOLDERS; i++)
        weir__folder_remove (&folders [i]);
}
END_TEST

START_TEST (a_name_that_is_held_is_refused)
{
    weir__folder_t folder, second;
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    make_socket (folder.path, "zmq");
    ck_assert_fails (weir__folder_make ("counts", "owner", &second), EEXIST);
    ck_assert_ptr_nonnull (strstr (weir_error (), "'counts'"));
    char path [300];
    snprintf (path, sizeof path, "%s/zmq", folder.path);
    ck_assert (exists (path));
    weir__folder_remove (&folder);
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &second), 0);
    weir__folder_remove (&second);
}
END_TEST

START_TEST (without_descriptors_nobody_loses_a_folder)
{
    weir__folder_t folder, second;
    char path [300];
    struct rlimit old, low;
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    make_socket (folder.path, "zmq");
    snprintf (path, sizeof path, "%s/zmq", folder.path);
    //  The lowest free numbers, of which _i are below the limit.
    int limits [4];
    for (int i = 1; i < 4; i++)
        limits [i] = dup (STDERR_FILENO) + 1;
    limits [0] = limits [1] - 1;
    for (int i = 1; i < 4; i++)
        close (limits [i] - 1);
    getrlimit (RLIMIT_NOFILE, &old);
    low = old;
    low.rlim_cur = (rlim_t) limits [_i];
    ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &low), 0);
    int result = weir__folder_make ("counts", "owner", &second);
    int error = errno;
    pid_t holder = weir__folder_holder (folder.path);
    int holder_error = errno;
    setrlimit (RLIMIT_NOFILE, &old);
    ck_assert_int_eq (result, -1);
    ck_assert_int_eq (error, _i < 3 ? EMFILE : EEXIST);
    ck_assert_int_eq (holder, _i < 2 ? -1 : getpid ());
    ck_assert (_i > 1 || holder_error == EMFILE);
    ck_assert (exists (path));
    weir__folder_remove (&folder);
}
END_TEST

//  Not every new folder causes a sweep when many were alive at the last one.
static void sweep (void)
{
    weir__folder_t folder;
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq (weir__folder_make (NULL, "owner", &folder), 0);
        weir__folder_remove (&folder);
    }
}

typedef struct holder {
    test_latch_t *ready;
    test_latch_t *done;
    pid_t *child;
} holder_t;

//  Holds a folder, and leaves a child behind when it is killed.
static void hold (void *arg)
{
    holder_t *holder = arg;
    weir__folder_t folder;
    test_must (weir__folder_make ("counts", "owner", &folder) == 0);
    make_socket (folder.path, "zmq");
    make_socket (folder.path, "a");
    if (fork () == 0)
        *holder->child = getpid ();
    test_latch_open (holder->ready);
    test_latch_wait (holder->done, TEST_PATIENCE_MS);
}

static holder_t have_a_holder (pid_t *ret_pid)
{
    holder_t holder = {.ready = test_latch_new (), .done = test_latch_new ()};
    holder.child = test_shared (sizeof *holder.child);
    *ret_pid = test_fork (hold, &holder);
    ck_assert (test_latch_wait_for (holder.ready, 2, TEST_PATIENCE_MS));
    return holder;
}

static void drop_holder (holder_t *holder)
{
    test_latch_open (holder->done);
    ck_assert (test_ends (*holder->child, TEST_PATIENCE_MS));
    test_unshare (holder->child, sizeof *holder->child);
    test_latch_destroy (&holder->ready);
    test_latch_destroy (&holder->done);
}

START_TEST (a_killed_holders_folder_is_swept_although_its_child_lives)
{
    pid_t pid;
    char path [WEIR__PATH_SIZE];
    weir__folder_t folder;
    holder_t holder = have_a_holder (&pid);
    ck_assert_int_eq (weir__runtime_path ("counts", path), 0);
    ck_assert_int_eq (weir__folder_holder (path), pid);
    ck_assert_fails (weir__folder_make ("counts", "owner", &folder), EEXIST);
    test_kill (pid);
    ck_assert_fails (weir__folder_holder (path), ENOENT);
    ck_assert (exists (path));
    sweep ();
    ck_assert (!exists (path));
    drop_holder (&holder);
}
END_TEST

START_TEST (the_name_of_a_killed_holder_is_free_and_its_folder_empty)
{
    pid_t pid;
    char path [WEIR__PATH_SIZE + 20];
    weir__folder_t folder, other;
    holder_t holder = have_a_holder (&pid);
    //  It sees a living one, so that the next one does not sweep.
    ck_assert_int_eq (weir__folder_make ("other", "owner", &other), 0);
    test_kill (pid);
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    ck_assert_int_eq (weir__folder_holder (folder.path), getpid ());
    snprintf (path, sizeof path, "%s/zmq", folder.path);
    ck_assert (!exists (path));
    weir__folder_remove (&folder);
    weir__folder_remove (&other);
    drop_holder (&holder);
}
END_TEST

//  A process that is killed while it makes or removes a folder leaves it under
//  this name, and some of its files.
START_TEST (a_half_made_folder_is_swept)
{
    weir__folder_t folder;
    char half [200];
    snprintf (half, sizeof half, "%s/.weir-stage", test_runtime_directory ());
    mkdir (half, 0700);
    if (_i > 0)
        make_file (half, "lock");
    if (_i > 1)
        make_socket (half, "zmq");
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    ck_assert (!exists (half));
    mkdir (half, 0700);
    weir__folder_remove (&folder);
    ck_assert (!exists (half));
}
END_TEST

START_TEST (a_forked_child_holds_nothing)
{
    weir__folder_t folder;
    test_latch_t *looked = test_latch_new (), *done = test_latch_new ();
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    pid_t pid = fork ();
    if (pid == 0) {
        test_must (fcntl (folder.lock_fd, F_GETFD) == -1);
        test_must (weir__folder_holder (folder.path) == getppid ());
        test_latch_open (looked);
        test_latch_wait (done, TEST_PATIENCE_MS);
        _exit (0);
    }
    ck_assert (test_latch_wait (looked, TEST_PATIENCE_MS));
    weir__folder_remove (&folder);
    ck_assert_int_eq (weir__folder_make ("counts", "owner", &folder), 0);
    weir__folder_remove (&folder);
    test_latch_open (done);
    ck_assert_int_eq (test_join (pid), 0);
    test_latch_destroy (&looked);
    test_latch_destroy (&done);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("runtime");
    TCase *tcase = test_case (suite, "directory");
    tcase_add_test (tcase, the_directory_comes_from_the_environment);
    tcase_add_loop_test (tcase, a_directory_that_others_can_enter_is_refused, 0,
                         4);
    tcase_add_test (tcase, a_directory_of_another_user_is_refused);
    tcase_add_test (tcase, a_path_that_is_not_a_directory_is_refused);
    tcase_add_test (tcase, a_name_that_is_not_a_file_name_is_refused);
    tcase_add_test (tcase,
                    a_name_too_long_for_a_socket_is_refused_with_the_excess);
    tcase = test_case (suite, "folders");
    tcase_add_test (tcase, a_folder_is_private_and_is_removed_with_its_sockets);
    tcase_add_test (tcase, fresh_folders_have_names_of_their_own);
    tcase_add_test (tcase, a_name_that_is_held_is_refused);
    tcase_add_loop_test (tcase, without_descriptors_nobody_loses_a_folder, 0,
                         4);
    tcase_add_test (tcase,
                    a_killed_holders_folder_is_swept_although_its_child_lives);
    tcase_add_test (tcase,
                    the_name_of_a_killed_holder_is_free_and_its_folder_empty);
    tcase_add_loop_test (tcase, a_half_made_folder_is_swept, 0, 3);
    tcase_add_test (tcase, a_forked_child_holds_nothing);
    return test_main (suite);
}
