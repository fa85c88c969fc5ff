/*  sort.c - sorting packed values

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/values/sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/order.h"
#include "machine/call.h"

//  Two adjacent sorted runs: [start, middle) and [middle, end).
typedef struct runs {
    size_t start, middle, end;
    bool reverse;
} runs_t;

//  Merges the two runs. Returns WEIR__SAME, or the reason why two blobs could
//  not be compared.
static weir__order_t merge (weir__blob_t *const *from, weir__blob_t **to,
                            const runs_t *runs)
{
    size_t left = runs->start, right = runs->middle;
    for (size_t place = runs->start; place < runs->end; place++) {
        bool take_right = left == runs->middle;
        if (!take_right && right < runs->end) {
            weir__order_t order =
                weir__packed_order (weir__blob_slice (from [right]),
                                    weir__blob_slice (from [left]));
            if (order > WEIR__AFTER)
                return order;
            take_right = order == (runs->reverse ? WEIR__AFTER : WEIR__BEFORE);
        }
        to [place] = from [take_right ? right++ : left++];
    }
    return WEIR__SAME;
}

static size_t at_most (size_t number, size_t bound)
{
    return number < bound ? number : bound;
}

bool weir__blobs_sort (weir__call_t *call, weir__blob_t **blobs, size_t count,
                       bool reverse)
{
    //  The merges alternate between the two halves of a copy.
    weir__blob_t **copy = calloc (2 * count + 1, sizeof *copy);
    weir__order_t order = copy ? WEIR__SAME : WEIR__NO_MEMORY;
    weir__blob_t **from = copy, **to = copy + count;
    if (copy && count)
        memcpy (from, blobs, count * sizeof *copy);
    for (size_t run = 1; order == WEIR__SAME && run < count; run *= 2) {
        runs_t runs = {.reverse = reverse};
        while (order == WEIR__SAME && runs.end < count) {
            runs.start = runs.end;
            runs.middle = at_most (runs.start + run, count);
            runs.end = at_most (runs.middle + run, count);
            order = merge (from, to, &runs);
        }
        weir__blob_t **other = from;
        from = to;
        to = other;
    }
    if (order == WEIR__SAME && count)
        memcpy (blobs, from, count * sizeof *blobs);
    free (copy);
    if (order == WEIR__UNORDERED)
        weir__refuse (call, EINVAL,
                      "two of its items cannot be compared; sort only numbers, "
                      "only strings, only bytes or only lists");
    else if (order == WEIR__NO_MEMORY)
        weir__refuse (call, ENOMEM, "out of memory");
    return order == WEIR__SAME;
}
