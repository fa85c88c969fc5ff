/*  machine.c - arbitrary entries and snapshots for the machine

    For libFuzzer; tests/fuzz/fuzz.sh builds and runs it. The input is cut into
    entries: a size (u16) and that number of bytes. A refused entry must leave
    the machine unchanged. Now and then the machine is restored from its own
    snapshot, which must give the same state. With a first byte 'S' the rest is
    a snapshot.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdint.h>
#include <stdlib.h>

#include "machine/machine.h"
#include "machine/snapshot.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void try_snapshot (weir__bytes_t bytes)
{
    weir__machine_t *machine = weir__machine_load (bytes);
    weir__buffer_t again = WEIR__BUFFER_INIT;
    if (machine)
        weir__machine_save (machine, &again);
    weir__machine_destroy (&machine);
    weir__buffer_free (&again);
}

static void must (bool condition)
{
    if (!condition)
        abort ();
}

static weir__machine_t *renewed (weir__machine_t *machine)
{
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    weir__machine_save (machine, &snapshot);
    weir__machine_t *twin =
        weir__machine_load ((weir__bytes_t){snapshot.data, snapshot.size});
    must (twin && weir__machine_hash (twin) == weir__machine_hash (machine));
    weir__buffer_free (&snapshot);
    weir__machine_destroy (&machine);
    return twin;
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    if (size > 0 && data [0] == 'S') {
        try_snapshot ((weir__bytes_t){data + 1, size - 1});
        return 0;
    }
    weir__machine_t *machine = weir__machine_new ();
    weir__reader_t reader = weir__reader (data, size);
    for (unsigned n = 0; !reader.failed && reader.size > 0; n++) {
        weir__bytes_t entry;
        entry.size = weir__reader_u16 (&reader);
        if (entry.size > reader.size)
            entry.size = reader.size;
        entry.data = weir__reader_take (&reader, entry.size);
        uint64_t before = weir__machine_hash (machine);
        if (entry.data && weir__machine_apply (machine, entry, NULL) != 0)
            must (weir__machine_hash (machine) == before);
        if (n % 4 == 3)
            machine = renewed (machine);
    }
    weir__machine_destroy (&machine);
    return 0;
}
