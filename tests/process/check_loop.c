/*  check_loop.c - what an owner finds that looks late

    The test has an owner that listens and does not look yet, so it decides what
    has happened before.

    SPDX-License-Identifier: MPL-2.0
*/

#include <pthread.h>
#include <unistd.h>

#include "carrier/context.h"
#include "carrier/folder.h"
#include "client/owner.h"
#include "client/uplink.h"
#include "codec/ops.h"
#include "kit/shared.h"
#include "owner/loop.h"

typedef struct stage {
    weir__folder_t folder;
    weir__loop_t *loop;
    int stop [2];
} stage_t;

static void *run (void *arg)
{
    const stage_t *stage = arg;
    works (weir__loop_run (stage->loop, stage->stop [0]));
    return NULL;
}

//  Asks for an event, waits for no answer and ends.
static void ask_and_end (void *arg)
{
    const stage_t *stage = arg;
    weir__remote_t *remote = weir__remote_attach (stage->folder.path);
    test_must (remote);
    weir__uplink_t *uplink = weir__uplink_new (remote);
    test_must (uplink);
    const weir_value_t args [] = {weir_value_int (WEIR__EVENT),
                                  weir_value_string ("made")};
    weir__operation_t ask = {.op = WEIR__DIRECTORY_CREATE,
                             .argc = 2,
                             .args = args,
                             .timeout_ms = -1};
    uint64_t number;
    test_must (weir__uplink_ask (uplink, &ask, &number) == 0);
    //  The end of the context waits until the owner's socket has it.
    weir__uplink_destroy (&uplink);
    weir__context_end (WEIR__CONTEXT_LINKS);
}

START_TEST (what_a_process_asked_is_done_though_it_died_before_it_was_known)
{
    stage_t stage;
    pthread_t thread;
    ck_assert_int_eq (pipe (stage.stop), 0);
    works (weir__folder_make ("late", "owner", &stage.folder));
    exists (stage.loop = weir__loop_new (&stage.folder));
    ck_assert_int_eq (test_join (test_fork (ask_and_end, &stage)), 0);
    test_thread_owns = true;
    ck_assert_int_eq (pthread_create (&thread, NULL, run, &stage), 0);
    weir_owner_t *owner = weir_owner_open ("late");
    exists (owner);
    weir_event_t *event = weir_event_open (owner, "made");
    exists (event);
    weir_event_destroy (&event);
    weir_owner_destroy (&owner);
    ck_assert_int_eq (write (stage.stop [1], "x", 1), 1);
    pthread_join (thread, NULL);
    weir__loop_destroy (&stage.loop);
    weir__folder_remove (&stage.folder);
    close (stage.stop [0]);
    close (stage.stop [1]);
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("loop");
    TCase *tcase = test_case (suite, "late");
    tcase_add_test (
        tcase, what_a_process_asked_is_done_though_it_died_before_it_was_known);
    return test_main (suite);
}
