/*  check_weir.c - the weir command lists and shows the objects of an owner

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weir.h>

#include "kit/support.h"

static weir_owner_t *owner;

static void open_shop (void)
{
    owner = weir_owner_new ("shop");
    ck_assert_ptr_nonnull (owner);
}

static void close_shop (void)
{
    weir_owner_destroy (&owner);
}

//  Runs `weir ARGUMENTS`; its output and errors must be `want`, and its exit
//  status `status`.
static void says (const char *arguments, int status, const char *want)
{
    char command [512], got [4096];
    snprintf (command, sizeof command, "%s %s 2>&1", WEIR_COMMAND, arguments);
    FILE *file = popen (command, "r");
    ck_assert_ptr_nonnull (file);
    size_t size = fread (got, 1, sizeof got - 1, file);
    got [size] = '\0';
    ck_assert_int_eq (WEXITSTATUS (pclose (file)), status);
    ck_assert_str_eq (got, want);
}

START_TEST (show_prints_a_value_as_python_does)
{
    weir_dict_t *dict = weir_dict_new (owner, "dict");
    ck_assert_int_eq (weir_dict_set (dict, "a\nb", 1), 0);
    says ("show shop dict", 0, "{'a\\nb': 1}\n");
    weir_dict_destroy (&dict);

    weir_list_t *list =
        weir_list_new_with (owner, "list", weir_list_of (1, "x"));
    says ("show shop list", 0, "[1, 'x']\n");
    weir_list_destroy (&list);

    weir_var_t *var = weir_var_new (owner, "var", 2.5);
    says ("show shop var", 0, "2.5\n");
    weir_var_destroy (&var);

    weir_namespace_t *names = weir_namespace_new (owner, "names");
    ck_assert_int_eq (weir_namespace_set (names, "x", 1), 0);
    says ("show shop names", 0, "Namespace(x=1)\n");
    weir_namespace_destroy (&names);

    weir_set_t *set = weir_set_new (owner, "set");
    ck_assert_int_ge (weir_set_add (set, 7), 0);
    says ("show shop set", 0, "{7}\n");
    weir_set_destroy (&set);

    weir_array_t *array = weir_array_new (owner, "array", WEIR_I32, 3);
    says ("show shop array", 0, "[0, 0, 0]\n");
    weir_array_destroy (&array);
}
END_TEST

START_TEST (show_prints_the_info_of_a_queue)
{
    weir_queue_t *queue = weir_queue_new (owner, "queue\t", 10);
    ck_assert_int_eq (weir_queue_put (queue, "x", 0), 0);
    says ("show shop \"$(printf 'queue\\t')\"", 0,
          "kind        'queue'\n"
          "name        'queue\\t'\n"
          "sequence    1\n"
          "size        1\n"
          "maxsize     10\n"
          "order       'fifo'\n"
          "closed      False\n"
          "unfinished  1\n"
          "leases      0\n"
          "waiting     0\n"
          "waiters     []\n"
          "holders     []\n");
    weir_queue_destroy (&queue);
}
END_TEST

START_TEST (show_prints_the_holder_of_a_lock)
{
    weir_lock_t *lock = weir_lock_new (owner, "lock");
    ck_assert_int_eq (weir_lock_acquire (lock, 0), 0);
    char want [512];
    snprintf (want, sizeof want,
              "kind       'lock'\n"
              "name       'lock'\n"
              "locked     True\n"
              "token      1\n"
              "abandoned  False\n"
              "waiting    0\n"
              "waiters    []\n"
              "holders    [{'pid': %d, 'thread': 1, 'token': 1, 'count': 1, "
              "'lease_ms': 0}]\n",
              (int) getpid ());
    says ("show shop lock", 0, want);
    weir_lock_destroy (&lock);
}
END_TEST

//  Checks the facts that `weir show` prints of an object named after its kind.
static void shows_facts (const char *kind)
{
    char command [512], line [512], want [64];
    snprintf (command, sizeof command, "%s show shop %s", WEIR_COMMAND, kind);
    snprintf (want, sizeof want, "'%s'\n", kind);
    FILE *file = popen (command, "r");
    ck_assert_ptr_nonnull (file);
    ck_assert_ptr_nonnull (fgets (line, sizeof line, file));
    ck_assert_int_eq (strncmp (line, "kind ", 5), 0);
    ck_assert_str_eq (strchr (line, '\''), want);
    while (fgets (line, sizeof line, file))
        continue;
    ck_assert_int_eq (pclose (file), 0);
}

START_TEST (show_knows_every_other_kind)
{
    weir_lock_t *lock = weir_lock_new (owner, "lock");
    weir_lock_t *rlock = weir_rlock_new (owner, "rlock");
    weir_condition_t *condition = weir_condition_new (owner, "condition", lock);
    weir_rwlock_t *rwlock = weir_rwlock_new (owner, "rwlock");
    weir_semaphore_t *semaphore = weir_semaphore_new (owner, "semaphore", 2);
    weir_event_t *event = weir_event_new (owner, "event");
    weir_barrier_t *barrier = weir_barrier_new (owner, "barrier", 3);
    shows_facts ("rlock");
    shows_facts ("condition");
    shows_facts ("rwlock");
    shows_facts ("semaphore");
    shows_facts ("event");
    shows_facts ("barrier");
    weir_lock_destroy (&lock);
    weir_lock_destroy (&rlock);
    weir_condition_destroy (&condition);
    weir_rwlock_destroy (&rwlock);
    weir_semaphore_destroy (&semaphore);
    weir_event_destroy (&event);
    weir_barrier_destroy (&barrier);
}
END_TEST

static void make_and_drop_one (void)
{
    weir_var_t *var = weir_var_new (owner, NULL, 0);
    ck_assert_int_eq (weir_object_drop (var), 0);
    weir_var_destroy (&var);
}

START_TEST (list_aligns_its_columns_and_escapes_names)
{
    static const char bad [] = "\x1b[31m\nlock 9 'x'";
    says ("list shop", 0, "");
    weir_namespace_t *names = weir_namespace_new (owner, "names");
    weir_var_t *nameless = weir_var_new (owner, NULL, 0);
    weir_var_t *var = weir_var_new (owner, bad, 5);
    for (int i = 4; i < 10; i++)
        make_and_drop_one ();
    weir_lock_t *lock = weir_lock_new (owner, "-");
    says ("list shop", 0,
          "namespace            1  'names'\n"
          "var                  2  -\n"
          "var                  3  \"\\x1b[31m\\nlock 9 'x'\"\n"
          "lock       25769803780  '-'\n");
    weir_lock_destroy (&lock);
    weir_namespace_destroy (&names);
    weir_var_destroy (&nameless);
    weir_var_destroy (&var);
}
END_TEST

START_TEST (show_reports_a_missing_object_in_a_sentence)
{
    says ("show shop $(printf 'a\\033b')", 1,
          "weir: object 'a\\x1bb': the owner has no object with this name; "
          "weir list shows the names\n");
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("weir");
    TCase *tcase = test_case (suite, "command");
    tcase_add_checked_fixture (tcase, open_shop, close_shop);
    tcase_add_test (tcase, show_prints_a_value_as_python_does);
    tcase_add_test (tcase, show_prints_the_info_of_a_queue);
    tcase_add_test (tcase, show_prints_the_holder_of_a_lock);
    tcase_add_test (tcase, show_knows_every_other_kind);
    tcase_add_test (tcase, list_aligns_its_columns_and_escapes_names);
    tcase_add_test (tcase, show_reports_a_missing_object_in_a_sentence);
    return test_main (suite);
}
