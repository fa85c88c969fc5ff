/*  check_first_descriptor.c - a process without free descriptors connects

    For each number of free descriptors, a thread's first call and a pipe's
    first values either work or fail with EMFILE. Nothing hangs or ends the
    program, and the owner's socket stays in place. When descriptors are free
    again, all calls work.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "carrier/context.h"
#include "carrier/dealer.h"
#include "kit/shared.h"

enum {
    FREE_MAX = 12, //  more than all uses need, libzmq's threads included
    LIMIT = 96,    //  of descriptors
    HANG_S = 20
};

typedef struct scene {
    weir_owner_t *owner;
    weir_var_t *var;
    int spare;  //  the number of free descriptors
    bool warm;  //  libzmq's threads run before
    int *works; //  shared: the number of uses that worked at once
    int held [LIMIT], count;
} scene_t;

//  Takes all descriptors but some.
static void take_descriptors (scene_t *scene)
{
    struct rlimit files = {LIMIT, LIMIT};
    test_must (setrlimit (RLIMIT_NOFILE, &files) == 0);
    int fd;
    while ((fd = open ("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        scene->held [scene->count++] = fd;
    test_must (errno == EMFILE && scene->count > scene->spare);
    for (int i = 0; i < scene->spare; i++)
        close (scene->held [--scene->count]);
}

static void give_descriptors (scene_t *scene)
{
    while (scene->count > 0)
        close (scene->held [--scene->count]);
}

//  Returns whether the use has worked; EMFILE is the only failure allowed.
static bool has_worked (int result)
{
    if (result != 0 && errno != EMFILE)
        fprintf (stderr, "%s: %s\n", strerror (errno), weir_error ());
    test_must (result == 0 || errno == EMFILE);
    test_must (result == 0 || strstr (weir_error (), "escriptor") ||
               strstr (weir_error (), strerror (EMFILE)));
    return result == 0;
}

static void *call (void *arg)
{
    scene_t *scene = arg;
    bool worked = has_worked (weir_var_add (scene->var, 1, NULL));
    if (worked)
        ++*scene->works;
    give_descriptors (scene);
    test_must (worked || weir_var_add (scene->var, 1, NULL) == 0);
    return NULL;
}

static void run_thread (void *(*fn) (void *), scene_t *scene)
{
    pthread_t thread;
    alarm (HANG_S);
    test_must (pthread_create (&thread, NULL, fn, scene) == 0);
    test_must (pthread_join (thread, NULL) == 0);
}

//  With `warm` the process has a connection by another thread.
static void call_for_the_first_time (void *arg)
{
    scene_t *scene = arg;
    test_must (!scene->warm || weir_var_add (scene->var, 0, NULL) == 0);
    take_descriptors (scene);
    run_thread (call, scene);
}

//  Opens the owner by its name.
static void open_for_the_first_time (void *arg)
{
    scene_t *scene = arg;
    char name [200];
    snprintf (name, sizeof name, "%s", weir_owner_name (scene->owner));
    weir_var_destroy (&scene->var);
    weir_owner_destroy (&scene->owner);
    take_descriptors (scene);
    alarm (HANG_S);
    for (int i = 0; i < 2; i++) {
        weir_owner_t *owner = weir_owner_open (name);
        weir_var_t *var = owner ? weir_var_open (owner, "var") : NULL;
        bool worked = has_worked (var ? 0 : -1) &&
                      has_worked (weir_var_add (var, 1, NULL));
        test_must (worked || i == 0);
        weir_var_destroy (&var);
        weir_owner_destroy (&owner);
        if (worked) {
            *scene->works += i == 0;
            return;
        }
        give_descriptors (scene);
    }
}

static void use_pipe (void *arg)
{
    scene_t *scene = arg;
    weir_pipe_t *a = NULL, *b = NULL;
    weir_value_t value;
    alarm (HANG_S);
    if (scene->warm)
        test_must (weir_pipe_new (&a, &b, 0) == 0);
    take_descriptors (scene);
    bool made = scene->warm || has_worked (weir_pipe_new (&a, &b, 0));
    int sent = 0;
    if (made) {
        //  The receiver comes first, so that values go by libzmq.
        int rc = weir_pipe_poll (a, 0);
        test_must (rc == -1 && (errno == EAGAIN || !has_worked (rc)));
        sent += has_worked (weir_pipe_send (b, 0, 0));
        if (weir_pipe_recv (a, &value, 0) == 0)
            test_must (value.integer == 0 && sent == 1);
        else
            test_must (errno == EAGAIN || errno == EMFILE);
    }
    *scene->works += sent;
    give_descriptors (scene);
    test_must (made || weir_pipe_new (&a, &b, 0) == 0);
    test_must (weir_pipe_send (b, 7, -1) == 0);
    do
        test_must (weir_pipe_recv (a, &value, -1) == 0);
    while (value.integer != 7);
    weir_pipe_destroy (&b);
    test_must (weir_pipe_recv (a, &value, -1) == -1 && errno == EPIPE);
    weir_pipe_destroy (&a);
}

//  weir__context looks for four free descriptors when the context exists.
static void connect_with_a_context (void *arg)
{
    scene_t *scene = arg;
    test_must (weir__context (WEIR__CONTEXT_LINKS) != NULL);
    scene->spare = 5; //  one may still be on its way out
    take_descriptors (scene);
    weir__dealer_t *dealer = weir__dealer_new (test_runtime_directory (), true);
    test_must (dealer != NULL);
    weir__dealer_destroy (&dealer);
}

//  ---------------------------------------------------------------------------
//  Tests

static ino_t find_socket (const weir_owner_t *owner)
{
    char path [200];
    struct stat status;
    snprintf (path, sizeof path, "%s/%s/zmq", test_runtime_directory (),
              weir_owner_name (owner));
    ck_assert_msg (stat (path, &status) == 0, "%s: %s", path, strerror (errno));
    return status.st_ino;
}

static void run_with_few (void (*use) (void *), bool warm)
{
    scene_t scene = {.owner = weir_owner_new (NULL), .warm = warm};
    exists (scene.owner);
    scene.var = weir_var_new (scene.owner, "var", 0);
    exists (scene.var);
    scene.works = test_shared (sizeof *scene.works);
    ino_t inode = find_socket (scene.owner);
    for (scene.spare = 0; scene.spare <= FREE_MAX; scene.spare++) {
        int code = test_join (test_fork (use, &scene));
        ck_assert_msg (code == 0, "%d descriptors: %d", scene.spare, code);
        ck_assert_uint_eq (find_socket (scene.owner), inode);
    }
    //  Some had too few, and some had enough.
    ck_assert_int_gt (*scene.works, 0);
    ck_assert_int_lt (*scene.works, FREE_MAX + 1);
    printf ("%d of %d work at once\n", *scene.works, FREE_MAX + 1);
    works (weir_var_add (scene.var, 1, NULL));
    test_unshare (scene.works, sizeof *scene.works);
    weir_var_destroy (&scene.var);
    weir_owner_destroy (&scene.owner);
}

START_TEST (a_threads_first_call_with_few_descriptors_works_or_says_so)
{
    run_with_few (call_for_the_first_time, _i);
}
END_TEST

START_TEST (an_owner_is_opened_with_few_descriptors_or_says_so)
{
    run_with_few (open_for_the_first_time, false);
}
END_TEST

START_TEST (a_pipe_with_few_descriptors_works_or_says_so)
{
    run_with_few (use_pipe, _i);
}
END_TEST

START_TEST (a_context_needs_no_more_descriptors_for_its_threads)
{
    scene_t scene = {.spare = 0};
    ck_assert_int_eq (test_join (test_fork (connect_with_a_context, &scene)),
                      0);
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("first descriptor");
    TCase *tcase = test_case (suite, "few");
    tcase_add_loop_test (
        tcase, a_threads_first_call_with_few_descriptors_works_or_says_so, 0,
        2);
    tcase_add_test (tcase, an_owner_is_opened_with_few_descriptors_or_says_so);
    tcase_add_loop_test (tcase, a_pipe_with_few_descriptors_works_or_says_so, 0,
                         2);
    tcase_add_test (tcase, a_context_needs_no_more_descriptors_for_its_threads);
    return test_main (suite);
}
