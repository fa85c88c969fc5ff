/*  check_damage.c - damaged entries and snapshots

    The machine refuses them or takes them as they are, but nothing breaks.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/history.h"
#include "kit/machine.h"
#include "kit/support.h"
#include "machine/snapshot.h"

static void ignore (void *context, weir__origin_t to, uint64_t number,
                    weir__bytes_t body)
{
    (void) context, (void) to, (void) number;
    //  Every byte of a reply is there.
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < body.size; i++)
        sum = (uint8_t) (sum + body.data [i]);
}

static void tell_history (void *context, weir__origin_t to, uint64_t number,
                          weir__bytes_t body)
{
    history_reply (context, to, number, body);
}

//  Applies that number of entries of a history.
static void live (weir__machine_t *machine, history_t *history, int entries)
{
    weir__sink_t sink = {tell_history, history};
    for (int i = 0; i < entries; i++) {
        history_next (history);
        weir__bytes_t entry = {history->entry.data, history->entry.size};
        ck_assert_int_eq (weir__machine_apply (machine, entry, &sink), 0);
    }
}

//  Makes a copy in a block of its own, so that a sanitizer sees reads past it.
static weir__bytes_t copy_of (weir__bytes_t bytes)
{
    uint8_t *copy = malloc (bytes.size ? bytes.size : 1);
    ck_assert_ptr_nonnull (copy);
    if (bytes.size)
        memcpy (copy, bytes.data, bytes.size);
    return (weir__bytes_t){copy, bytes.size};
}

static void free_copy (weir__bytes_t copy)
{
    free ((void *) copy.data);
}

//  Damages a few bytes.
static void damage (uint64_t *state, weir__bytes_t bytes)
{
    uint8_t *data = (uint8_t *) bytes.data;
    static const uint8_t values [] = {0, 1, 2, 3, 0x7f, 0x80, 0xff, 0xc0};
    for (uint64_t left = 1 + test_random_below (state, 3); left > 0; left--) {
        size_t place = (size_t) test_random_below (state, bytes.size);
        size_t from = (size_t) test_random_below (state, bytes.size);
        size_t longest = bytes.size - (from > place ? from : place);
        switch (test_random_below (state, 5)) {
        case 0:
            data [place] = (uint8_t) test_random (state);
            break;
        case 1:
            data [place] ^= (uint8_t) (1 << test_random_below (state, 8));
            break;
        case 2:
            memmove (data + place, data + from,
                     (size_t) test_random_below (state, longest + 1) % 32);
            break;
        default:
            data [place] = values [test_random_below (state, 8)];
        }
    }
}

//  A machine restored from damage must work: it lives on, repeats replies that
//  its links may have missed, ends its sessions, and can be restored again.
static void use (weir__machine_t *machine, uint64_t seed)
{
    weir__sink_t sink = {ignore, NULL};
    history_t *history = history_new (seed);
    for (int i = 0; i < 12; i++) {
        history_next (history);
        weir__bytes_t entry = {history->entry.data, history->entry.size};
        ck_assert_int_eq (weir__machine_apply (machine, entry, &sink), 0);
    }
    weir__entry_begin (&history->entry, UINT64_MAX);
    for (uint64_t session = 1; session <= HISTORY_SESSIONS; session++) {
        weir__record_t record = {.type = WEIR__RECORD_EXPIRE,
                                 .session = session};
        weir__entry_add (&history->entry, &record);
    }
    weir__bytes_t entry = {history->entry.data, history->entry.size};
    ck_assert_int_eq (weir__machine_apply (machine, entry, &sink), 0);
    history_destroy (&history);
}

static void try_snapshot (weir__bytes_t snapshot, uint64_t seed)
{
    errno = 0;
    weir__machine_t *machine = weir__machine_load (snapshot);
    if (!machine) {
        ck_assert_int_eq (errno, EPROTO);
        return;
    }
    weir__buffer_t again = WEIR__BUFFER_INIT;
    weir__machine_save (machine, &again);
    weir__machine_t *twin =
        weir__machine_load ((weir__bytes_t){again.data, again.size});
    ck_assert_ptr_nonnull (twin);
    ck_assert_uint_eq (weir__machine_hash (twin), weir__machine_hash (machine));
    weir__buffer_free (&again);
    weir__machine_destroy (&twin);
    use (machine, seed);
    weir__machine_destroy (&machine);
}

//  Takes the snapshot of a machine that has lived for a while.
static weir__buffer_t snapshot_after (uint64_t seed, int entries)
{
    history_t *history = history_new (seed);
    weir__machine_t *machine = weir__machine_new ();
    live (machine, history, entries);
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    weir__machine_save (machine, &snapshot);
    ck_assert (!snapshot.failed);
    weir__machine_destroy (&machine);
    history_destroy (&history);
    return snapshot;
}

START_TEST (a_snapshot_that_was_cut_is_refused)
{
    weir__buffer_t snapshot = snapshot_after (test_seed (), 120);
    for (size_t size = 0; size < snapshot.size; size++) {
        weir__bytes_t cut = copy_of ((weir__bytes_t){snapshot.data, size});
        errno = 0;
        ck_assert_ptr_null (weir__machine_load (cut));
        ck_assert_int_eq (errno, EPROTO);
        free_copy (cut);
    }
    weir__buffer_put_u8 (&snapshot, 0);
    ck_assert_ptr_null (
        weir__machine_load ((weir__bytes_t){snapshot.data, snapshot.size}));
    weir__buffer_free (&snapshot);
}
END_TEST

START_TEST (any_byte_of_a_snapshot_may_be_wrong)
{
    static const uint8_t values [] = {0, 1, 2, 5, 0x7f, 0xff};
    weir__buffer_t snapshot = snapshot_after (test_seed () + 1, 60);
    for (size_t place = 0; place < snapshot.size; place++) {
        weir__bytes_t copy =
            copy_of ((weir__bytes_t){snapshot.data, snapshot.size});
        ((uint8_t *) copy.data) [place] = values [place % sizeof values];
        try_snapshot (copy, place);
        free_copy (copy);
    }
    weir__buffer_free (&snapshot);
}
END_TEST

START_TEST (a_damaged_snapshot_breaks_nothing)
{
    uint64_t state = test_seed () + 100 + (uint64_t) _i;
    weir__buffer_t snapshot = snapshot_after (test_random (&state), 150);
    for (int i = 0; i < 300; i++) {
        weir__bytes_t copy =
            copy_of ((weir__bytes_t){snapshot.data, snapshot.size});
        damage (&state, copy);
        try_snapshot (copy, state);
        free_copy (copy);
    }
    weir__buffer_free (&snapshot);
}
END_TEST

START_TEST (damaged_entries_break_nothing)
{
    uint64_t state = test_seed () + 200 + (uint64_t) _i;
    history_t *history = history_new (test_random (&state));
    weir__machine_t *machine = weir__machine_new ();
    weir__sink_t sink = {ignore, NULL};
    for (int i = 0; i < 1000; i++) {
        live (machine, history, 1);
        weir__bytes_t entry =
            copy_of ((weir__bytes_t){history->entry.data, history->entry.size});
        damage (&state, entry);
        uint64_t time_us;
        //  Time stops: otherwise the history's deadlines would pass.
        memcpy (&time_us, history->entry.data, sizeof time_us);
        memcpy ((uint8_t *) entry.data, &time_us, i == 990 ? 0 : 8);
        int rc = weir__machine_apply (machine, entry, &sink);
        ck_assert (rc == 0 || errno == EPROTO);
        free_copy (entry);
    }
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    weir__machine_save (machine, &snapshot);
    try_snapshot ((weir__bytes_t){snapshot.data, snapshot.size}, 1);
    weir__buffer_free (&snapshot);
    weir__machine_destroy (&machine);
    history_destroy (&history);
}
END_TEST

START_TEST (random_bytes_are_no_entry_and_no_snapshot)
{
    uint64_t state = test_seed () + 300;
    weir__machine_t *machine = weir__machine_new ();
    uint64_t hash = weir__machine_hash (machine);
    weir__sink_t sink = {ignore, NULL};
    for (int i = 0; i < 20000; i++) {
        uint8_t bytes [64];
        size_t size = 9 + (size_t) test_random_below (&state, 56);
        for (size_t j = 0; j < size; j++)
            bytes [j] = (uint8_t) (test_random_below (&state, 2)
                                       ? test_random (&state)
                                       : test_random_below (&state, 3));
        weir__bytes_t copy = copy_of ((weir__bytes_t){bytes, size});
        int rc = weir__machine_apply (machine, copy, &sink);
        ck_assert (rc == 0 || errno == EPROTO);
        if (rc != 0)
            ck_assert_uint_eq (weir__machine_hash (machine), hash);
        hash = weir__machine_hash (machine);
        weir__machine_t *restored = weir__machine_load (copy);
        weir__machine_destroy (&restored);
        free_copy (copy);
    }
    weir__machine_destroy (&machine);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("machine, damaged");
    TCase *tcase = test_case (suite, "snapshots");
    tcase_add_test (tcase, a_snapshot_that_was_cut_is_refused);
    tcase_add_test (tcase, any_byte_of_a_snapshot_may_be_wrong);
    tcase_add_loop_test (tcase, a_damaged_snapshot_breaks_nothing, 0, 6);
    tcase = test_case (suite, "entries");
    tcase_add_loop_test (tcase, damaged_entries_break_nothing, 0, 6);
    tcase_add_test (tcase, random_bytes_are_no_entry_and_no_snapshot);
    return test_main (suite);
}
