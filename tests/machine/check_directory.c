/*  check_directory.c - creation and end of objects, links and sessions

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t var;
static uint64_t lock;

static void begin (void)
{
    kit = kit_new ();
    var = kit_create (kit, B, WEIR__VAR, "'v', 0");
    lock = kit_create (kit, B, WEIR__LOCK, "'l'");
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *add_one (weir__origin_t who)
{
    return kit_ask (kit, who, var, WEIR__VAR_ADD, "1");
}

static const char *add_one_as (weir__origin_t who, uint64_t number)
{
    kit_forget (kit);
    kit->number = number;
    return add_one (who);
}

static const char *acquire (weir__origin_t who)
{
    return kit_ask (kit, who, lock, WEIR__LOCK_ACQUIRE, "");
}

static const char *release (weir__origin_t who)
{
    return kit_ask (kit, who, lock, WEIR__LOCK_RELEASE, "");
}

//  ---------------------------------------------------------------------------
//  Links and sessions that go

START_TEST (a_closed_link_ends_its_waits_and_begins_anew)
{
    acquire (A);
    ck_assert_str_eq (acquire (A2), "");
    ck_assert_str_eq (acquire (B), "");
    uint64_t number = kit_last (kit, B);
    kit_forget (kit);
    kit_record (kit, WEIR__RECORD_CLOSE, A2, 0);
    ck_assert_uint_eq (kit->reply_count, 0);
    kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
    ck_assert_uint_eq (kit->reply_count, 1);
    ck_assert_str_eq (kit_reply (kit, B, number), "[2, True]");
    ck_assert_str_eq (add_one_as (A, 1), "EPROTO");
    kit_record (kit, WEIR__RECORD_OPEN, A, 0);
    kit_record (kit, WEIR__RECORD_OPEN, A, 0);
    ck_assert_str_eq (add_one_as (A, 1), "1");
    kit_record (kit, WEIR__RECORD_CLOSE, (weir__origin_t){1, 9}, 0);
}
END_TEST

START_TEST (a_temporary_object_ends_with_its_session_not_with_its_link)
{
    uint64_t dict = kit_create (kit, A, WEIR__DICT, "None");
    uint64_t named = kit_create (kit, A, WEIR__DICT, "'d'");
    kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
    kit_record (kit, WEIR__RECORD_CLOSE, A2, 0);
    kit_restore (kit);
    ck_assert_str_eq (kit_ask (kit, B, dict, WEIR__DICT_SET, "1, 2"), "None");
    kit_record (kit, WEIR__RECORD_EXPIRE, A, 0);
    ck_assert_str_eq (kit_ask (kit, B, dict, WEIR__DICT_GET, "1"), "ENOENT");
    ck_assert_str_eq (kit_ask (kit, B, named, WEIR__DICT_SIZE, ""), "0");
    kit_record (kit, WEIR__RECORD_EXPIRE, A, 0);
}
END_TEST

START_TEST (waits_at_a_temporary_object_end_with_it)
{
    uint64_t temporary = kit_create (kit, A, WEIR__LOCK, "None");
    uint64_t queue = kit_create (kit, A2, WEIR__QUEUE, "None, 1");
    kit_ask (kit, A, temporary, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, B, temporary, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, B, queue, WEIR__QUEUE_GET, "");
    kit_ask (kit, A2, queue, WEIR__QUEUE_GET, "");
    kit_restore (kit);
    kit_forget (kit);
    kit_record (kit, WEIR__RECORD_EXPIRE, A, 0);
    ck_assert_uint_eq (kit->reply_count, 2);
    ck_assert_str_eq (kit_reply (kit, B, kit_last (kit, B) - 1), "ENOENT");
    ck_assert_str_eq (kit_reply (kit, B, kit_last (kit, B)), "ENOENT");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "dropped while"));
}
END_TEST

START_TEST (no_hold_passes_between_links_of_a_dead_session)
{
    acquire (A);
    ck_assert_str_eq (acquire (A2), "");
    ck_assert_str_eq (acquire (B), "");
    uint64_t number = kit_last (kit, B);
    kit_forget (kit);
    kit_record (kit, WEIR__RECORD_EXPIRE, A, 0);
    ck_assert_uint_eq (kit->reply_count, 1);
    ck_assert_str_eq (kit_reply (kit, B, number), "[2, True]");
    ck_assert_str_eq (add_one_as (A, 1), "EPROTO");
}
END_TEST

//  A machine goes with requests parked at temporary objects of others.
START_TEST (a_machine_can_be_destroyed_at_any_time)
{
    uint64_t temporary = kit_create (kit, A, WEIR__LOCK, "None");
    kit_ask (kit, A, temporary, WEIR__LOCK_ACQUIRE, "");
    kit->timeout_ms = 100;
    kit_ask (kit, B, temporary, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, A2, temporary, WEIR__LOCK_ACQUIRE, "");
    weir__machine_t *none = NULL;
    weir__machine_destroy (&none);
}
END_TEST

//  ---------------------------------------------------------------------------
//  The directory

static const char *directory (unsigned op, const char *args)
{
    return kit_ask (kit, A, 0, op, args);
}

START_TEST (objects_are_found_by_name_and_by_id)
{
    char args [64];
    snprintf (args, sizeof args, "%d, %d", WEIR__VAR, (int) var);
    ck_assert_int_eq (atoi (directory (WEIR__DIRECTORY_OPEN, "3, 'v'")),
                      (int) var);
    ck_assert_int_eq (atoi (directory (WEIR__DIRECTORY_OPEN, args)), (int) var);
    ck_assert_str_eq (directory (WEIR__DIRECTORY_OPEN, "3, 'w'"), "ENOENT");
    ck_assert_str_eq (kit_sentence (kit), "there is no var named 'w'");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_OPEN, "4, 'v'"), "EINVAL");
    ck_assert_str_eq (kit_sentence (kit), "'v' is a var, not a lock");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_OPEN, "3, 77"), "ENOENT");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_OPEN, "3, None"), "EINVAL");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_OPEN, "3, 0"), "EINVAL");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_OPEN, "0, 'v'"), "EINVAL");
    ck_assert_str_eq (kit_read (kit, 0, WEIR__DIRECTORY_LIST, ""),
                      "[[1, 'var', 'v'], [2, 'lock', 'l']]");
}
END_TEST

START_TEST (a_name_is_unique_and_must_be_valid)
{
    char args [300] = "1, '";
    ck_assert_str_eq (directory (WEIR__DIRECTORY_CREATE, "1, 'v'"), "EEXIST");
    ck_assert_str_eq (
        kit_sentence (kit),
        "a var named 'v' exists already; open it, or choose another name");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_CREATE, "1, ''"), "EINVAL");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_CREATE, "1, 5"), "EINVAL");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_CREATE, "1, 'a\\0b'"),
                      "EINVAL");
    memset (args + 4, 'n', 255);
    strcpy (args + 4 + 255, "'");
    kit_create (kit, A, WEIR__DICT, args + 3);
    kit_restore (kit);
    ck_assert_str_eq (directory (WEIR__DIRECTORY_CREATE, args), "EEXIST");
    strcpy (args + 4 + 255, "n'");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_CREATE, args), "EINVAL");
}
END_TEST

START_TEST (only_known_kinds_are_created_and_with_their_arguments)
{
    static const char *const wrong [] = {
        "0, 'x'",   "99, 'x'",   "-1, 'x'",   "'dict', 'x'",
        "1.0, 'x'", "1, 'x', 1", "4, 'x', 1", "3, 'x'",
    };
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_str_eq (directory (WEIR__DIRECTORY_CREATE, wrong [i]),
                          "EINVAL");
    ck_assert_str_eq (kit_sentence (kit),
                      "var 'x': its creation takes 1 to 1 arguments, not 0");
    ck_assert_uint_eq (kit_create (kit, A, WEIR__VAR, "'x', 1"), 3);
}
END_TEST

START_TEST (tools_see_the_content_of_an_object)
{
    static const struct {
        int kind;
        const char *args, *facts;
    } objects [] = {
        {WEIR__DICT, "None, {1: 2}", "'size': 1"},
        {WEIR__NAMESPACE, "None, {'a': 2}", "'size': 1"},
        {WEIR__LIST, "None, [1, 2, 3]", "'size': 3"},
        {WEIR__SET, "None, [1, 2, 1]", "'size': 2"},
        {WEIR__ARRAY, "None, 9, 4", "'size': 4, 'type': 'f64'"},
        {WEIR__VAR, "None, 1.5", "'type': 'real'"},
    };
    for (unsigned i = 0; i < sizeof objects / sizeof *objects; i++) {
        uint64_t id = kit_create (kit, A, objects [i].kind, objects [i].args);
        ck_assert_ptr_nonnull (
            strstr (kit_read (kit, id, WEIR__INFO, ""), objects [i].facts));
    }
}
END_TEST

START_TEST (an_id_is_not_given_twice)
{
    uint64_t seen [100];
    for (int i = 0; i < 100; i++) {
        char args [32];
        seen [i] = kit_create (kit, A, WEIR__DICT, "None");
        for (int j = 0; j < i; j++)
            ck_assert_uint_ne (seen [i], seen [j]);
        snprintf (args, sizeof args, "%llu", (unsigned long long) seen [i]);
        if (i % 3 != 0)
            ck_assert_str_eq (directory (WEIR__DIRECTORY_DROP, args), "None");
        if (i % 10 == 0)
            kit_restore (kit);
        ck_assert_str_eq (kit_ask (kit, A, seen [i], WEIR__DICT_SIZE, ""),
                          i % 3 ? "ENOENT" : "0");
    }
}
END_TEST

START_TEST (dropping_an_object_ends_its_waits)
{
    acquire (A);
    ck_assert_str_eq (acquire (A2), "");
    ck_assert_str_eq (acquire (B), "");
    uint64_t number = kit_last (kit, B);
    ck_assert_str_eq (directory (WEIR__DIRECTORY_DROP, "2"), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "ENOENT");
    ck_assert_str_eq (kit_reply (kit, B, number), "ENOENT");
    ck_assert_str_eq (release (A), "ENOENT");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_DROP, "2"), "ENOENT");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_DROP, "0"), "ENOENT");
    ck_assert_str_eq (directory (WEIR__DIRECTORY_DROP, "'l'"), "EINVAL");
    lock = kit_create (kit, B, WEIR__LOCK, "'l'");
    ck_assert_str_eq (acquire (B), "[1, False]");
    kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("directory");
    TCase *tcase = test_case (suite, "links");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_closed_link_ends_its_waits_and_begins_anew);
    tcase_add_test (tcase,
                    a_temporary_object_ends_with_its_session_not_with_its_link);
    tcase_add_test (tcase, waits_at_a_temporary_object_end_with_it);
    tcase_add_test (tcase, no_hold_passes_between_links_of_a_dead_session);
    tcase_add_test (tcase, a_machine_can_be_destroyed_at_any_time);
    tcase = test_case (suite, "objects");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, objects_are_found_by_name_and_by_id);
    tcase_add_test (tcase, a_name_is_unique_and_must_be_valid);
    tcase_add_test (tcase,
                    only_known_kinds_are_created_and_with_their_arguments);
    tcase_add_test (tcase, tools_see_the_content_of_an_object);
    tcase_add_test (tcase, an_id_is_not_given_twice);
    tcase_add_test (tcase, dropping_an_object_ends_its_waits);
    return test_main (suite);
}
