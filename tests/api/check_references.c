/*  check_references.c - references sent between processes, and large values

    SPDX-License-Identifier: MPL-2.0
*/

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/shared.h"

static weir_value_t refer (const char *text)
{
    return weir_value_sized (WEIR_REFERENCE, text, strlen (text));
}

//  ---------------------------------------------------------------------------
//  Travelling

START_TEST (each_kind_has_references)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, "dict"), *dict2;
    weir_list_t *list = weir_list_new (owner, NULL), *list2;
    weir_var_t *var = weir_var_new (owner, NULL, 1), *var2;
    weir_lock_t *lock = weir_lock_new (owner, NULL), *lock2;
    weir_queue_t *queue = weir_queue_new (owner, NULL, 1), *queue2;
    exists (dict2 = weir_dict_from (weir_object_reference (dict)));
    exists (list2 = weir_list_from (weir_object_reference (list)));
    exists (var2 = weir_var_from (weir_object_reference (var)));
    exists (lock2 = weir_lock_from (weir_object_reference (lock)));
    exists (queue2 = weir_queue_from (weir_object_reference (queue)));
    works (weir_dict_set (dict2, 1, 1));
    works (weir_list_append (list2, 1));
    works (weir_var_add (var2, 1, NULL));
    works (weir_lock_acquire (lock2, -1));
    works (weir_queue_put (queue2, 1, -1));
    ck_assert_int_eq (weir_dict_size (dict), 1);
    ck_assert_int_eq (weir_list_size (list), 1);
    ck_assert_int_eq (weir_lock_locked (lock), 1);
    ck_assert_int_eq (weir_queue_full (queue), 1);
    ck_assert (weir_value_equal (weir_object_reference (dict),
                                 weir_object_reference (dict2)));
    ck_assert (!weir_value_equal (weir_object_reference (dict),
                                  weir_object_reference (list)));
    refuses_null (EINVAL, weir_list_from (weir_object_reference (dict)));
    refuses_null (EINVAL, weir_dict_from (weir_object_reference (queue)));
    weir_dict_destroy (&dict2);
    weir_list_destroy (&list2);
    weir_var_destroy (&var2);
    weir_lock_destroy (&lock2);
    weir_queue_destroy (&queue2);
    //  Destroying an opened handle ended no object.
    ck_assert_int_eq (weir_list_size (list), 1);
    weir_dict_destroy (&dict);
    weir_list_destroy (&list);
    weir_var_destroy (&var);
    weir_lock_destroy (&lock);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

//  Takes [object, destination] from a process that knows no more.
static void answer (void *arg)
{
    weir_queue_t *asked = arg;
    weir_value_t question;
    test_must (weir_queue_get (asked, &question, -1) == 0);
    weir_queue_t *reply = weir_queue_from (question.items [1]);
    test_must (reply != NULL);
    test_must (weir_queue_put (reply, question.items [0].integer * 2, -1) == 0);
    weir_value_clear (&question);
    weir_queue_destroy (&reply);
}

static void ask (void *arg)
{
    weir_queue_t *asked = ((void **) arg) [0];
    weir_queue_t *reply = weir_queue_new (((void **) arg) [1], NULL, 1);
    weir_value_t item;
    test_must (reply != NULL);
    test_must (weir_queue_put (asked,
                               weir_list_of (21, weir_object_reference (reply)),
                               -1) == 0);
    test_must (weir_queue_get (reply, &item, -1) == 0);
    test_must (item.integer == 42);
    weir_queue_destroy (&reply);
}

START_TEST (a_queue_is_sent_through_a_queue_as_the_address_for_replies)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *asked = weir_queue_new (owner, NULL, 0);
    void *both [] = {asked, owner};
    pid_t answerer = test_fork (answer, asked);
    pid_t asker = test_fork (ask, both);
    ck_assert_int_eq (test_join (asker), 0);
    ck_assert_int_eq (test_join (answerer), 0);
    weir_queue_destroy (&asked);
    shared_owner_end (&owner);
}
END_TEST

static void follow (void *arg)
{
    weir_dict_t *map = arg;
    weir_value_t reference;
    test_must (weir_dict_get (map, "there", &reference) == 0);
    weir_list_t *list = weir_list_from (reference);
    test_must (list != NULL);
    test_must (weir_list_append (list, getpid ()) == 0);
    weir_list_destroy (&list);
    weir_value_clear (&reference);
}

//  In a dict of one owner, to an object of another one.
START_TEST (a_reference_leads_from_owner_to_owner)
{
    weir_owner_t *here = shared_owner (_i);
    weir_owner_t *there = _i == SHARED_THREAD ? weir_owner_new (NULL)
                                              : weir_owner_new_thread (NULL);
    weir_dict_t *map = weir_dict_new (here, NULL);
    weir_list_t *list = weir_list_new (there, NULL);
    works (weir_dict_set (map, "there", weir_object_reference (list)));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (test_join (test_fork (follow, map)), 0);
    follow (map);
    ck_assert_int_eq (weir_list_size (list), 4);
    weir_dict_destroy (&map);
    weir_list_destroy (&list);
    weir_owner_destroy (&there);
    shared_owner_end (&here);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Objects inside others

static weir_owner_t *common;

//  Makes a list in a dict that stays, and ends.
static void nest (void *arg)
{
    weir_dict_t *map = arg;
    weir_list_t *list = weir_list_new (common, NULL);
    test_must (weir_list_append (list, 1) == 0);
    test_must (weir_dict_set (map, "list", weir_object_reference (list)) == 0);
    weir_list_destroy (&list);
    weir_value_t reference;
    test_must (weir_dict_get (map, "list", &reference) == 0);
    list = weir_list_from (reference);
    test_must (list && weir_list_size (list) == 1);
    weir_list_destroy (&list);
    weir_value_clear (&reference);
}

static bool is_gone (void *reference)
{
    weir_list_t *list = weir_list_from (*(weir_value_t *) reference);
    bool there = list != NULL;
    weir_list_destroy (&list);
    return !there;
}

//  It ends with its creator's process, not with its handle.
START_TEST (an_object_stored_in_another_outlives_its_handle)
{
    common = shared_owner (_i);
    weir_dict_t *map = weir_dict_new (common, NULL);
    weir_value_t reference;
    nest (map);
    for (int i = 0; i < 2; i++) {
        works (weir_dict_get (map, "list", &reference));
        weir_list_t *list = weir_list_from (reference);
        exists (list);
        weir_list_destroy (&list);
        weir_value_clear (&reference);
    }
    ck_assert_int_eq (test_join (test_fork (nest, map)), 0);
    works (weir_dict_get (map, "list", &reference));
    ck_assert (shared_await (is_gone, &reference));
    refuses_null (ENOENT, weir_list_from (reference));
    weir_value_clear (&reference);
    weir_dict_destroy (&map);
    shared_owner_end (&common);
}
END_TEST

static void *leave_a_list (void *reference)
{
    weir_list_t *list = weir_list_new (common, NULL);
    exists (list);
    works (weir_value_copy (weir_object_reference (list), reference));
    weir_list_destroy (&list);
    return NULL;
}

//  No thread of it is connected any more.
START_TEST (objects_of_an_ended_thread_end_with_the_last_handle)
{
    weir_value_t reference;
    common = shared_owner (SHARED_OPENED);
    shared_join (shared_thread (leave_a_list, &reference));
    weir_owner_destroy (&common);
    ck_assert (shared_await (is_gone, &reference));
    weir_value_clear (&reference);
    exists (common = weir_owner_open ("daemon"));
    shared_owner_end (&common);
}
END_TEST

//  ---------------------------------------------------------------------------
//  References to nothing

START_TEST (a_reference_to_a_dropped_object_opens_nothing)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_value_t reference;
    works (weir_value_copy (weir_object_reference (dict), &reference));
    works (weir_object_drop (dict));
    weir_dict_destroy (&dict);
    refuses_null (ENOENT, weir_dict_from (reference));
    //  Another object has its index by now.
    dict = weir_dict_new (owner, NULL);
    refuses_null (ENOENT, weir_dict_from (reference));
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
    refuses_null (ENOENT, weir_dict_from (reference));
    weir_value_clear (&reference);
}
END_TEST

START_TEST (a_value_that_is_not_a_reference_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_value_t good = weir_object_reference (dict);
    char text [300], long_path [300];
    refuses_null (EINVAL, weir_dict_from (weir_value_int (1)));
    refuses_null (EINVAL, weir_dict_from (weir_value_nil ()));
    refuses_null (EINVAL, weir_dict_from (weir_value_string (good.string)));
    refuses_null (EINVAL, weir_dict_from (weir_object_reference (NULL)));
    refuses_null (EINVAL,
                  weir_dict_from (weir_value_sized (WEIR_REFERENCE, NULL, 0)));
    memset (long_path, 'p', sizeof long_path);
    snprintf (text, sizeof text, "dict:1.0123456789abcdef@/%.200s", long_path);
    const char *const bad [] = {
        "",
        "dict",
        "dict:",
        "dict:1",
        "dict:1@/tmp",
        "dict:1.@/tmp",
        "dict:x.0123456789abcdef@/tmp",
        "dict:1.0123456789abcde@/tmp",
        "dict:1.0123456789abcdefg@/tmp",
        "dict:1.0123456789abcdef@tmp",
        "dict:1.0123456789abcdef",
        ":1.0123456789abcdef@/tmp",
        "list:1.0123456789abcdef@/tmp",
        text,
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuses_null (EINVAL, weir_dict_from (refer (bad [i])));
    refuses_null (ENOENT,
                  weir_dict_from (refer ("dict:1.0123456789abcdef@/nowhere")));
    //  Of another epoch: of an owner that ended.
    snprintf (text, sizeof text, "%.*s", (int) good.size, good.string);
    char *epoch = strchr (text, '.') + 1;
    *epoch = *epoch == '0' ? '1' : '0';
    refuses_null (ENOENT, weir_dict_from (refer (text)));
    //  Cut at any byte, it never opens another object.
    for (uint32_t size = 0; size < good.size; size++) {
        weir_dict_t *from = weir_dict_from (
            weir_value_sized (WEIR_REFERENCE, good.string, size));
        ck_assert_ptr_null (from);
        ck_assert (errno == EINVAL || errno == ENOENT);
    }
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Large values

//  Fills memory with bytes that equal no shifted copy of themselves.
static weir_value_t make_large (size_t size)
{
    char *data = malloc (size);
    ck_assert_ptr_nonnull (data);
    uint64_t random = test_seed ();
    for (size_t i = 0; i + 8 <= size; i += 8) {
        uint64_t number = test_random (&random);
        memcpy (data + i, &number, 8);
    }
    return weir_value_bytes (data, size);
}

static void same (weir_value_t *value, weir_value_t wanted)
{
    ck_assert_int_eq (value->type, WEIR_BYTES);
    ck_assert_uint_eq (value->size, wanted.size);
    ck_assert (memcmp (value->bytes, wanted.bytes, wanted.size) == 0);
    weir_value_clear (value);
}

static void pass_on_large (void *arg)
{
    weir_queue_t *queue = arg;
    weir_value_t value;
    test_must (weir_queue_get (queue, &value, -1) == 0);
    test_must (weir_queue_put (queue, value, -1) == 0);
    weir_value_clear (&value);
}

//  The largest values are tested with one form of owner only.
START_TEST (large_values_go_and_come)
{
    weir_owner_t *owner = shared_owner (_i);
    const size_t sizes [] = {10 << 20, 60 << 20};
    for (int i = 0; i < (_i == SHARED_PROCESS ? 2 : 1); i++) {
        weir_value_t large = make_large (sizes [i]), value;
        weir_dict_t *dict = weir_dict_new (owner, NULL);
        works (weir_dict_set (dict, "large", large));
        works (weir_dict_get (dict, "large", &value));
        same (&value, large);
        weir_dict_destroy (&dict);
        weir_list_t *list = weir_list_new (owner, NULL);
        works (weir_list_append (list, large));
        works (weir_list_pop (list, -1, &value));
        same (&value, large);
        weir_list_destroy (&list);
        weir_var_t *var = weir_var_new (owner, NULL, weir_value_bytes ("", 0));
        works (weir_var_set (var, large));
        works (weir_var_exchange (var, weir_value_bytes ("", 0), &value));
        same (&value, large);
        weir_var_destroy (&var);
        weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
        works (weir_queue_put (queue, large, -1));
        ck_assert_int_eq (test_join (test_fork (pass_on_large, queue)), 0);
        works (weir_queue_get (queue, &value, -1));
        same (&value, large);
        weir_queue_destroy (&queue);
        free ((void *) large.bytes);
    }
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_value_that_is_too_large_is_refused_without_harm)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_list_t *list = weir_list_new (owner, NULL);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    size_t size = (64 << 20) + 1;
    char *data = calloc (1, size);
    weir_value_t large = weir_value_bytes (data, size), value;
    refuses (EMSGSIZE, weir_dict_set (dict, "large", large));
    refuses (EMSGSIZE, weir_list_append (list, large));
    refuses (EMSGSIZE, weir_queue_put (queue, large, -1));
    refuses_null (EMSGSIZE, weir_var_new (owner, NULL, large));
    large.size = 40 << 20;
    refuses (EMSGSIZE, weir_list_extend (list, weir_list_of (large, large)));
    //  One by one they fit; together they do not.
    works (weir_list_append (list, large));
    works (weir_list_append (list, large));
    refuses (EMSGSIZE, weir_list_items (list, &value));
    ck_assert_int_eq (weir_list_size (list), 2);
    ck_assert_int_eq (weir_dict_size (dict), 0);
    ck_assert_int_eq (weir_queue_size (queue), 0);
    works (weir_dict_set (dict, "small", 1));
    free (data);
    weir_dict_destroy (&dict);
    weir_list_destroy (&list);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("references");
    TCase *tcase = test_case (suite, "references");
    tcase_add_loop_test (tcase, each_kind_has_references, 0, SHARED_FORMS);
    tcase_add_loop_test (
        tcase, a_queue_is_sent_through_a_queue_as_the_address_for_replies, 0,
        SHARED_FORMS);
    tcase_add_loop_test (tcase, a_reference_leads_from_owner_to_owner, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, an_object_stored_in_another_outlives_its_handle,
                         0, SHARED_FORKING_FORMS);
    tcase_add_test (tcase, objects_of_an_ended_thread_end_with_the_last_handle);
    tcase_add_loop_test (tcase, a_reference_to_a_dropped_object_opens_nothing,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_value_that_is_not_a_reference_is_refused, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "large");
    tcase_set_timeout (tcase, 300); //  slower since messages are sent whole
    tcase_add_loop_test (tcase, large_values_go_and_come, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         a_value_that_is_too_large_is_refused_without_harm, 0,
                         SHARED_OPENED);
    return test_main (suite);
}
