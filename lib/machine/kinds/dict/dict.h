/*  dict.h - what the kinds dict and namespace share

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_DICT_DICT_H_INCLUDED
#define WEIR__MACHINE_KINDS_DICT_DICT_H_INCLUDED

#include "codec/ops.h"
#include "machine/core/kind.h"
#include "machine/values/table.h"

//  The operations of both kinds.
extern const weir__op_t weir__dict_ops [WEIR__DICT_OPS];

//  The hook `create` of a kind with these rules.
bool weir__dict_create (weir__object_t *object, weir__call_t *call,
                        const weir__table_rules_t *rules);

//  The hook `restore` of a kind with these rules.
bool weir__dict_load (weir__object_t *object, weir__reader_t *from,
                      const weir__table_rules_t *rules);

//  The hook `destroy`.
void weir__dict_destroy (weir__object_t *object);

//  The hook `snapshot`.
void weir__dict_save (const weir__object_t *object, weir__buffer_t *to);

#endif
