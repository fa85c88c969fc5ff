/*  select.h - a select, for the layers above

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__SELECT_SELECT_H_INCLUDED
#define WEIR__SELECT_SELECT_H_INCLUDED

#include "weir/select.h"

//  Adds the sentinel of a process. Returns as weir_select_add_fd.
int weir__select_add_sentinel (weir_select_t *self, int fd);

#endif
