/*  check_snapshot.c - well formed snapshots that contradict themselves are
    refused

    SPDX-License-Identifier: MPL-2.0
*/

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"
#include "machine/snapshot.h"

//  Finds a number in a snapshot, from the end, and replaces it.
static bool replace_last (weir__buffer_t *snapshot, uint64_t number,
                          uint64_t other)
{
    uint8_t from [8], to [8];
    for (int i = 0; i < 8; i++) {
        from [i] = (uint8_t) (number >> (8 * i));
        to [i] = (uint8_t) (other >> (8 * i));
    }
    for (size_t place = snapshot->size - 7; place-- > 0;)
        if (memcmp (snapshot->data + place, from, 8) == 0) {
            memcpy (snapshot->data + place, to, 8);
            return true;
        }
    return false;
}

static bool is_refused (const weir__buffer_t *snapshot)
{
    weir__machine_t *machine =
        weir__machine_load ((weir__bytes_t){snapshot->data, snapshot->size});
    bool refused = !machine;
    weir__machine_destroy (&machine);
    return refused;
}

//  Contradictions that random damage seldom makes: the parts are well formed,
//  but do not fit together.
START_TEST (a_snapshot_must_not_contradict_itself)
{
    static const uint64_t other_ids [] = {
        0xffff,             //  no such object
        UINT64_C (1) << 32, //  the directory, of a wrong generation
        1,                  //  a dict: it has no holders
    };
    for (unsigned i = 0; i < sizeof other_ids / sizeof *other_ids; i++) {
        kit_t *kit = kit_new ();
        weir__buffer_t snapshot = WEIR__BUFFER_INIT;
        kit_create (kit, A, WEIR__DICT, "'d'");
        uint64_t lock = kit_create (kit, A, WEIR__LOCK, "'l'");
        kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, "");
        weir__machine_save (kit->machine, &snapshot);
        ck_assert (!is_refused (&snapshot));
        ck_assert (replace_last (&snapshot, lock, other_ids [i]));
        ck_assert (is_refused (&snapshot));
        weir__buffer_free (&snapshot);
        kit_destroy (&kit);
    }
    //  A named object that belongs to a session.
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    kit_create (kit, A, WEIR__DICT, "'d'");
    uint64_t lock = kit_create (kit, B, WEIR__LOCK, "None");
    weir__machine_save (kit->machine, &snapshot);
    ck_assert (!is_refused (&snapshot));
    ck_assert (replace_last (&snapshot, lock, 1));
    ck_assert (is_refused (&snapshot));
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_snapshot_has_one_holder_of_each)
{
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    uint64_t first = kit_create (kit, A, WEIR__LOCK, "'l'");
    uint64_t second = kit_create (kit, A, WEIR__LOCK, "'m'");
    kit_ask (kit, B, first, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, B, second, WEIR__LOCK_ACQUIRE, "");
    weir__machine_save (kit->machine, &snapshot);
    ck_assert (!is_refused (&snapshot));
    ck_assert (replace_last (&snapshot, second, first));
    ck_assert (is_refused (&snapshot));
    //  And one session that brings it along to its end.
    kit_create (kit, A, WEIR__DICT, "None");
    second = kit_create (kit, A, WEIR__DICT, "None");
    weir__buffer_clear (&snapshot);
    weir__machine_save (kit->machine, &snapshot);
    ck_assert (!is_refused (&snapshot));
    ck_assert (replace_last (&snapshot, second, second - 1));
    ck_assert (is_refused (&snapshot));
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

//  Offsets in a snapshot; see lib/machine/snapshot.c.
enum { GENERATIONS = 24 };

//  Of a waiting request, before and behind its body.
enum { SESSION_OF = 40, NUMBER_OF = 28, SIZE_OF = 4, RESERVED_OF = 10 };

//  A request of B that waits at an object, as the snapshot has its body.
static uint8_t *find_parked (const weir__buffer_t *snapshot,
                             const weir__request_body_t *body,
                             weir__bytes_t args)
{
    weir__buffer_t bytes = WEIR__BUFFER_INIT;
    weir__request_body_put (&bytes, body);
    weir__buffer_put (&bytes, args.data, args.size);
    uint8_t *place =
        memmem (snapshot->data, snapshot->size, bytes.data, bytes.size);
    ck_assert_ptr_nonnull (place);
    ck_assert_uint_eq (place [-SIZE_OF], bytes.size);
    weir__buffer_free (&bytes);
    return place;
}

START_TEST (a_waiter_in_a_snapshot_must_be_plausible)
{
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    kit->acks = false;
    uint64_t queue = kit_create (kit, B, WEIR__QUEUE, "'q'");
    kit_ask (kit, B, queue, WEIR__QUEUE_GET, "");
    weir__machine_save (kit->machine, &snapshot);
    ck_assert (!is_refused (&snapshot));
    weir__request_body_t get = {
        .object = queue, .timeout_ms = -1, .op = WEIR__QUEUE_GET};
    uint8_t *place = find_parked (&snapshot, &get, (weir__bytes_t){0});
    enum { OBJECT = 8, OP = 20 };
    const struct {
        int at;
        uint8_t wrong;
    } wrongs [] = {
        {-SESSION_OF, 99}, //  nobody's
        {-NUMBER_OF, 1},   //  it has a reply
        {OBJECT, 77},
        {OP, WEIR__QUEUE_PUT}, //  in the line of another operation
        {OP, WEIR__QUEUE_SIZE},
        {OP, 200},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        uint8_t right = place [wrongs [i].at];
        ck_assert_uint_ne (right, wrongs [i].wrong);
        place [wrongs [i].at] = wrongs [i].wrong;
        ck_assert (is_refused (&snapshot));
        place [wrongs [i].at] = right;
        ck_assert (!is_refused (&snapshot));
    }
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_waiter_in_a_snapshot_can_take_its_lock)
{
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    kit->acks = false;
    uint64_t lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, "");
    weir__machine_save (kit->machine, &snapshot);
    ck_assert (!is_refused (&snapshot));
    weir__request_body_t acquire = {
        .object = lock, .timeout_ms = -1, .op = WEIR__LOCK_ACQUIRE};
    uint8_t *place = find_parked (&snapshot, &acquire, (weir__bytes_t){0});
    uint8_t *reserved = place + place [-SIZE_OF] + RESERVED_OF;
    ck_assert_uint_eq (*reserved, 1);
    *reserved = 0;
    ck_assert (is_refused (&snapshot));
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

//  The position of a notice, which the owner keeps for others: of an ended wait
//  that now waits at the lock, and of one that has the lock.
START_TEST (a_snapshot_has_no_notice_that_was_never_given)
{
    enum { OUTCOME = 0, NOTICE = 2 };
    char args [24], lock_arg [24];
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    uint64_t lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    uint8_t packed [] = {(uint8_t) lock};
    snprintf (lock_arg, sizeof lock_arg, "%d", (int) lock);
    snprintf (args, sizeof args, "'c', %d", (int) lock);
    uint64_t condition = kit_create (kit, A, WEIR__CONDITION, args);
    kit->acks = false;
    kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, B, condition, WEIR__CONDITION_WAIT, lock_arg);
    kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, A, condition, WEIR__CONDITION_NOTIFY, "1");
    weir__machine_save (kit->machine, &snapshot);
    ck_assert (!is_refused (&snapshot));
    weir__request_body_t wait = {.object = condition,
                                 .timeout_ms = -1,
                                 .op = WEIR__CONDITION_WAIT,
                                 .argc = 1};
    uint8_t *place =
        find_parked (&snapshot, &wait, (weir__bytes_t){packed, sizeof packed});
    uint8_t *end = place + place [-SIZE_OF];
    uint8_t order = end [NOTICE];
    static const uint8_t wrongs [] = {0, 255}; //  no notice, and a future one
    for (size_t i = 0; i < sizeof wrongs; i++) {
        end [NOTICE] = wrongs [i];
        ck_assert (is_refused (&snapshot));
    }
    end [NOTICE] = order;
    end [OUTCOME] = 1; //  it timed out
    ck_assert (is_refused (&snapshot));
    kit_ask (kit, A, lock, WEIR__LOCK_RELEASE, "");
    weir__buffer_clear (&snapshot);
    weir__machine_save (kit->machine, &snapshot);
    ck_assert (!is_refused (&snapshot));
    ck_assert (replace_last (&snapshot, condition, 0));
    ck_assert (is_refused (&snapshot));
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_waiter_in_a_snapshot_has_all_its_arguments)
{
    enum { ARGC = 22, ARGS = 24 };
    static const uint8_t one [] = {0x91, 1}; //  [1]
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    kit->acks = false;
    uint64_t queue = kit_create (kit, B, WEIR__QUEUE, "'q', 1");
    kit_ask (kit, B, queue, WEIR__QUEUE_PUT, "0");
    kit_ask (kit, B, queue, WEIR__QUEUE_PUT, "[1]");
    weir__machine_save (kit->machine, &snapshot);
    ck_assert (!is_refused (&snapshot));
    weir__request_body_t put = {
        .object = queue, .timeout_ms = -1, .op = WEIR__QUEUE_PUT, .argc = 1};
    uint8_t *place =
        find_parked (&snapshot, &put, (weir__bytes_t){one, sizeof one});
    place [ARGC] = 2; //  1 and 1
    place [ARGS] = 1;
    ck_assert (is_refused (&snapshot));
    place [ARGC] = 0; //  none
    place [-SIZE_OF] = ARGS;
    memmove (place + ARGS, place + ARGS + 2,
             (size_t) (snapshot.data + snapshot.size - place) - ARGS - 2);
    snapshot.size -= 2;
    ck_assert (is_refused (&snapshot));
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_snapshot_has_each_slot_once)
{
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    for (int i = 1; i <= 3; i++)
        kit_create (kit, A, WEIR__DICT, "None");
    kit_ask (kit, A, 0, WEIR__DIRECTORY_DROP, "1");
    kit_ask (kit, A, 0, WEIR__DIRECTORY_DROP, "3");
    weir__machine_save (kit->machine, &snapshot);
    uint8_t *free_slots = snapshot.data + GENERATIONS + 4 * 4 + 4;
    ck_assert_uint_eq (free_slots [0], 1);
    ck_assert_uint_eq (free_slots [4], 3);
    static const uint8_t wrong [] = {0, 3, 4, 255};
    for (unsigned i = 0; i < sizeof wrong; i++) {
        free_slots [0] = wrong [i];
        ck_assert (is_refused (&snapshot));
    }
    free_slots [0] = 1;
    ck_assert (!is_refused (&snapshot));
    free_slots [-4] = 4;
    ck_assert (is_refused (&snapshot));
    free_slots [-4] = 2;
    snapshot.data [GENERATIONS] = 1;
    ck_assert (is_refused (&snapshot));
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_snapshot_has_no_item_that_was_never_put)
{
    enum { PUT = 8 }; //  behind maxsize and four bytes
    static const uint8_t maxsize [] = {0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0};
    for (int leased = 0; leased < 2; leased++) {
        kit_t *kit = kit_new ();
        weir__buffer_t snapshot = WEIR__BUFFER_INIT;
        uint64_t queue = kit_create (kit, A, WEIR__QUEUE, "'q', 0x12345678");
        kit_ask (kit, A, queue, WEIR__QUEUE_PUT, "'a'");
        if (leased)
            kit_ask (kit, A, queue, WEIR__QUEUE_GET_LEASE, "-1");
        weir__machine_save (kit->machine, &snapshot);
        uint8_t *place =
            memmem (snapshot.data, snapshot.size, maxsize, sizeof maxsize);
        ck_assert_ptr_nonnull (place);
        ck_assert_uint_eq (place [PUT], 1);
        place [PUT] = 0;
        ck_assert (is_refused (&snapshot));
        place [PUT] = 2;
        ck_assert (!is_refused (&snapshot));
        weir__buffer_free (&snapshot);
        kit_destroy (&kit);
    }
}
END_TEST

//  As after two thousand million objects that were there before it.
START_TEST (an_id_has_64_bits)
{
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    char text [60];
    kit_create (kit, A, WEIR__VAR, "'v', 5");
    weir__machine_save (kit->machine, &snapshot);
    snapshot.data [GENERATIONS + 4 + 3] = 0x80;
    weir__machine_destroy (&kit->machine);
    kit->machine =
        weir__machine_load ((weir__bytes_t){snapshot.data, snapshot.size});
    ck_assert_ptr_nonnull (kit->machine);
    int64_t id = INT64_MIN + 1;
    snprintf (text, sizeof text, "%d, 'v'", WEIR__VAR);
    const char *opened = kit_read (kit, 0, WEIR__DIRECTORY_OPEN, text);
    ck_assert_int_eq (strtoll (opened, NULL, 10), id);
    snprintf (text, sizeof text, "[[0, %" PRId64 ", %d, 1]]", id,
              WEIR__VAR_ADD);
    ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_TRANSACT, text),
                      "[6]");
    snprintf (text, sizeof text, "[[%" PRId64 ", 0]]", id);
    ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_POLL, text),
                      "{0: 1}");
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_snapshot_has_each_name_once)
{
    static const uint8_t block [] = {1, 0, 0, 0, 'd'};
    kit_t *kit = kit_new ();
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    kit_create (kit, A, WEIR__LOCK, "'l'");
    kit_create (kit, A, WEIR__DICT, "'d'");
    weir__machine_save (kit->machine, &snapshot);
    uint8_t *name = memmem (snapshot.data, snapshot.size, block, sizeof block);
    ck_assert_ptr_nonnull (name);
    name [4] = 'l';
    ck_assert (is_refused (&snapshot));
    name [4] = 0;
    ck_assert (is_refused (&snapshot));
    name [4] = 'e';
    ck_assert (!is_refused (&snapshot));
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("machine, snapshots");
    TCase *tcase = test_case (suite, "contradictions");
    tcase_add_test (tcase, a_snapshot_must_not_contradict_itself);
    tcase_add_test (tcase, a_snapshot_has_one_holder_of_each);
    tcase_add_test (tcase, a_waiter_in_a_snapshot_must_be_plausible);
    tcase_add_test (tcase, a_waiter_in_a_snapshot_can_take_its_lock);
    tcase_add_test (tcase, a_waiter_in_a_snapshot_has_all_its_arguments);
    tcase_add_test (tcase, a_snapshot_has_no_notice_that_was_never_given);
    tcase_add_test (tcase, a_snapshot_has_each_slot_once);
    tcase_add_test (tcase, a_snapshot_has_no_item_that_was_never_put);
    tcase_add_test (tcase, an_id_has_64_bits);
    tcase_add_test (tcase, a_snapshot_has_each_name_once);
    return test_main (suite);
}
