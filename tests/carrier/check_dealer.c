/*  check_dealer.c - ZeroMQ on a link's side

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <unistd.h>

#include "carrier/dealer.h"
#include "carrier/router.h"
#include "kit/support.h"

enum { DEALERS = 20 };

//  The end of the test looks at what is left behind.
START_TEST (a_dealer_that_never_met_its_owner_leaves_nothing_behind)
{
    char path [200];
    snprintf (path, sizeof path, "%s/nobody", test_runtime_directory ());
    for (int i = 0; i < DEALERS; i++) {
        weir__dealer_t *dealer = weir__dealer_new (path, _i);
        ck_assert (dealer);
        ck_assert_int_eq (weir__dealer_send (dealer, "head", 4, "body", 4), 0);
        weir__dealer_destroy (&dealer);
    }
}
END_TEST

START_TEST (an_owner_can_begin_where_dealers_have_met_nobody)
{
    const char *path = test_runtime_directory ();
    weir__dealer_t *early = weir__dealer_new (path, true);
    weir__dealer_t *other = weir__dealer_new (path, true);
    ck_assert (early && other);
    ck_assert_int_eq (weir__dealer_send (early, "head", 4, "body", 4), 0);
    ck_assert_int_eq (weir__dealer_send (other, "head", 4, "body", 4), 0);
    weir__dealer_destroy (&other);
    weir__router_t *router = weir__router_new (path);
    ck_assert (router);
    weir__dealer_destroy (&early);
    weir__router_destroy (&router);
    char socket [200];
    snprintf (socket, sizeof socket, "%s/zmq", path);
    ck_assert_int_eq (unlink (socket), 0);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("dealer");
    TCase *tcase = test_case (suite, "ends");
    tcase_add_loop_test (
        tcase, a_dealer_that_never_met_its_owner_leaves_nothing_behind, 0, 2);
    tcase_add_test (tcase, an_owner_can_begin_where_dealers_have_met_nobody);
    return test_main (suite);
}
