/*  check_owner.c - names, users and ends of owners

    The program calls itself as `check_owner client NAME`, as a program that
    knows only the owner's name.

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/shared.h"

//  ---------------------------------------------------------------------------
//  Names

typedef weir_owner_t *(new_fn) (const char *name);

static new_fn *const forms [] = {weir_owner_new, weir_owner_new_thread};

START_TEST (a_name_belongs_to_one_running_owner)
{
    weir_owner_t *owner = forms [_i]("kitchen");
    exists (owner);
    ck_assert_str_eq (weir_owner_name (owner), "kitchen");
    for (int i = 0; i < 2; i++)
        refuses_null (EEXIST, forms [i]("kitchen"));
    refuses (EEXIST, weir_owner_serve ("kitchen", STDIN_FILENO, NULL));
    weir_owner_t *other = forms [1 - _i]("garden");
    exists (other);
    weir_owner_destroy (&other);
    weir_owner_destroy (&owner);
    for (int i = 0; i < 2; i++) {
        owner = forms [i]("kitchen");
        exists (owner);
        weir_owner_destroy (&owner);
    }
    weir_owner_destroy (&owner);
    weir_owner_destroy (NULL);
}
END_TEST

START_TEST (owners_without_a_name_get_different_names)
{
    weir_owner_t *owners [6];
    for (int i = 0; i < 6; i++) {
        owners [i] = forms [i % 2](NULL);
        exists (owners [i]);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne (weir_owner_name (owners [i]),
                              weir_owner_name (owners [j]));
    }
    for (int i = 0; i < 6; i++)
        weir_owner_destroy (&owners [i]);
}
END_TEST

START_TEST (a_bad_name_is_refused)
{
    char long_name [300];
    memset (long_name, 'n', sizeof long_name);
    long_name [256] = '\0';
    const char *const bad [] = {
        "", ".", "..", ".hidden", "a/b", "../x", "a b", "\xc3\xa4", long_name,
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        refuses_null (EINVAL, weir_owner_new (bad [i]));
        refuses_null (EINVAL, weir_owner_new_thread (bad [i]));
        refuses_null (EINVAL, weir_owner_open (bad [i]));
        refuses (EINVAL, weir_owner_serve (bad [i], STDIN_FILENO, NULL));
    }
    long_name [200] = '\0';
    refuses_null (ENAMETOOLONG, weir_owner_new (long_name));
    refuses_null (ENAMETOOLONG, weir_owner_new_thread (long_name));
    refuses_null (ENAMETOOLONG, weir_owner_open (long_name));
    refuses (ENAMETOOLONG, weir_owner_serve (long_name, STDIN_FILENO, NULL));
    refuses_null (EINVAL, weir_owner_open (NULL));
    refuses_null (ENOENT, weir_owner_open ("nobody"));
    //  The longest name that fits into a socket's path.
    long_name [107 - strlen (test_runtime_directory ()) - 9] = '\0';
    weir_owner_t *owner = weir_owner_new (long_name);
    exists (owner);
    weir_owner_destroy (&owner);
}
END_TEST

START_TEST (a_runtime_directory_that_is_not_ours_is_refused)
{
    char before [200];
    snprintf (before, sizeof before, "%s", test_runtime_directory ());
    ck_assert_int_eq (chmod (before, 0755), 0);
    for (int i = 0; i < 2; i++)
        refuses_null (EACCES, forms [i]("owner"));
    refuses_null (EACCES, weir_owner_open ("owner"));
    ck_assert_int_eq (chmod (before, 0700), 0);
    setenv ("WEIR_RUNTIME_DIR", "relative", 1);
    for (int i = 0; i < 2; i++)
        refuses_null (EINVAL, forms [i]("owner"));
    setenv ("WEIR_RUNTIME_DIR", before, 1);
}
END_TEST

START_TEST (a_killed_owners_name_is_free_and_its_folder_swept)
{
    weir_owner_t *owner = weir_owner_new ("kitchen");
    exists (owner);
    kill (weir_owner_pid (owner), SIGKILL);
    ck_assert (test_ends (weir_owner_pid (owner), TEST_PATIENCE_MS));
    refuses_null (ENOENT, weir_owner_open ("kitchen"));
    weir_owner_t *next = forms [_i]("kitchen");
    exists (next);
    weir_owner_t *opened = weir_owner_open ("kitchen");
    exists (opened);
    ck_assert_int_eq (weir_owner_pid (opened), weir_owner_pid (next));
    weir_owner_destroy (&owner);
    weir_owner_destroy (&opened);
    kill (weir_owner_pid (next), _i == 0 ? SIGKILL : 0);
    weir_owner_destroy (&next);
    shared_sweep ();
}
END_TEST

//  ---------------------------------------------------------------------------
//  Opening owners

//  `check_owner client NAME`: adds 1 to the number found there.
static int run_client (const char *name)
{
    weir_owner_t *owner = weir_owner_open (name);
    weir_dict_t *dict = owner ? weir_dict_open (owner, "dict") : NULL;
    if (!dict || weir_dict_add (dict, "count", 1, NULL) != 0) {
        fprintf (stderr, "client: %s\n", weir_error ());
        return 1;
    }
    weir_dict_destroy (&dict);
    weir_owner_destroy (&owner);
    return 0;
}

static void exec_client (void *name)
{
    execl ("/proc/self/exe", "check_owner", "client", name, (char *) NULL);
    _exit (127);
}

START_TEST (an_unrelated_program_opens_an_owner_by_its_name)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, "dict");
    pid_t pids [4];
    char *name = strdup (weir_owner_name (owner));
    for (int i = 0; i < 4; i++)
        pids [i] = test_fork (exec_client, name);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    free (name);
    int64_t count = 0;
    works (weir_dict_get_int (dict, "count", &count));
    ck_assert_int_eq (count, 4);
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

typedef struct inherited {
    weir_owner_t *owner;
    weir_dict_t *dict;
    char name [100];
} inherited_t;

static void open_anew (void *arg)
{
    inherited_t *inherited = arg;
    weir_dict_destroy (&inherited->dict);
    weir_owner_destroy (&inherited->owner);
    test_must (run_client (inherited->name) == 0);
}

START_TEST (a_child_clears_inherited_handles_and_opens_by_name)
{
    inherited_t parent = {.owner = shared_owner (_i)};
    parent.dict = weir_dict_new (parent.owner, "dict");
    snprintf (parent.name, sizeof parent.name, "%s",
              weir_owner_name (parent.owner));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (test_join (test_fork (open_anew, &parent)), 0);
    int64_t count = 0;
    works (weir_dict_get_int (parent.dict, "count", &count));
    ck_assert_int_eq (count, 3);
    weir_dict_destroy (&parent.dict);
    shared_owner_end (&parent.owner);
}
END_TEST

START_TEST (an_owner_is_opened_many_times_in_one_process)
{
    weir_owner_t *owner = shared_owner (_i), *others [5];
    for (int i = 0; i < 5; i++) {
        others [i] = weir_owner_open (weir_owner_name (owner));
        exists (others [i]);
        ck_assert_int_eq (weir_owner_pid (others [i]), weir_owner_pid (owner));
    }
    weir_dict_t *dict = weir_dict_new (others [0], NULL);
    for (int i = 0; i < 5; i++)
        weir_owner_destroy (&others [i]); //  this ends nothing
    works (weir_dict_set (dict, 1, 1));
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Serving

static void see_path (const char *path)
{
    test_must (strncmp (path, test_runtime_directory (),
                        strlen (test_runtime_directory ())) == 0);
    test_must (strcmp (strrchr (path, '/'), "/served") == 0);
}

START_TEST (serving_ends_when_its_descriptor_is_readable_or_hangs_up)
{
    int fds [2];
    for (int hangs_up = 0; hangs_up < 2; hangs_up++) {
        ck_assert_int_eq (pipe (fds), 0);
        if (hangs_up)
            close (fds [1]);
        else
            ck_assert_int_eq (write (fds [1], "x", 1), 1);
        works (weir_owner_serve ("served", fds [0], see_path));
        works (weir_owner_serve (NULL, fds [0], NULL));
        close (fds [0]);
        if (!hangs_up)
            close (fds [1]);
    }
}
END_TEST

START_TEST (serving_needs_a_descriptor_that_can_be_polled)
{
    int fd = dup (STDERR_FILENO);
    close (fd);
    refuses (EINVAL, weir_owner_serve ("served", -1, NULL));
    refuses (EINVAL, weir_owner_serve ("served", fd, NULL));
    fd = open ("/proc/self/exe", O_RDONLY);
    refuses (EINVAL, weir_owner_serve ("served", fd, NULL));
    close (fd);
}
END_TEST

START_TEST (a_daemon_ends_and_begins_again)
{
    weir_dict_t *dict = NULL;
    for (int i = 0; i < 3; i++) {
        shared_daemon_t daemon = shared_daemon_start ("again");
        weir_owner_t *owner = weir_owner_open ("again");
        exists (owner);
        ck_assert_int_eq (weir_owner_pid (owner), daemon.pid);
        refuses_null (ENOENT, weir_dict_open (owner, "dict"));
        if (dict)
            refuses (EOWNERDEAD, weir_dict_set (dict, 1, 1));
        weir_dict_destroy (&dict);
        dict = weir_dict_new (owner, "dict");
        exists (dict);
        shared_daemon_stop (&daemon);
        weir_owner_destroy (&owner);
    }
    weir_dict_destroy (&dict);
}
END_TEST

int main (int argc, char **argv)
{
    if (argc == 3 && strcmp (argv [1], "client") == 0)
        return run_client (argv [2]);
    Suite *suite = suite_create ("owner");
    TCase *tcase = test_case (suite, "names");
    tcase_add_loop_test (tcase, a_name_belongs_to_one_running_owner, 0, 2);
    tcase_add_test (tcase, owners_without_a_name_get_different_names);
    tcase_add_test (tcase, a_bad_name_is_refused);
    tcase_add_test (tcase, a_runtime_directory_that_is_not_ours_is_refused);
    tcase_add_loop_test (
        tcase, a_killed_owners_name_is_free_and_its_folder_swept, 0, 2);
    tcase = test_case (suite, "opening");
    tcase_add_loop_test (tcase, an_unrelated_program_opens_an_owner_by_its_name,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         a_child_clears_inherited_handles_and_opens_by_name, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, an_owner_is_opened_many_times_in_one_process, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "serving");
    tcase_add_test (tcase,
                    serving_ends_when_its_descriptor_is_readable_or_hangs_up);
    tcase_add_test (tcase, serving_needs_a_descriptor_that_can_be_polled);
    tcase_add_test (tcase, a_daemon_ends_and_begins_again);
    return test_main (suite);
}
